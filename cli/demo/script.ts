import type { Stage } from "./stage.ts";

/** The candidates, named like the regions that they would run in. */
export const REGIONS = ["eu-west-1", "us-east-1", "ap-south-1"] as const;

/**
 * What the demo shows: an election; a leader that dies without a word, whose lease has to run out; one that is stopped
 * and releases the lock; and the dead one, back again, that takes over in its turn.
 */
export async function playScript(stage: Stage): Promise<void> {
  for (const region of REGIONS) stage.start(region);
  await stage.leader();
  await stage.pause(2_500);
  const killed = await stage.endLeader("SIGKILL");
  await stage.leader();
  await stage.pause(2_500);
  await stage.endLeader("SIGTERM");
  await stage.leader();
  await stage.pause(1_500);
  stage.start(killed);
  await stage.pause(2_000);
  await stage.endLeader("SIGTERM");
  await stage.leader();
  await stage.pause(2_000);
}
