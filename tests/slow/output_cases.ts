import assert from "node:assert/strict";
import { HAS_TERMINALS, STDERR_SETUPS, type StderrKind } from "../support/hostile_stderr.ts";
import {
  aliveIn,
  type ElectorProcess,
  TIMINGS,
  until,
  untilGone,
  World,
} from "../support/elector_process.ts";

/** A command with a child, both of which ignore TERM. */
export const STUBBORN_SCRIPT = "trap '' TERM; echo $$; sleep 1000 & while :; do sleep 0.1; done";
const STUBBORN = ["sh", "-c", STUBBORN_SCRIPT];

/** Every stderr that takes no line, or that nobody reads. */
export const HOSTILE_KINDS: readonly StderrKind[] = (Object.keys(STDERR_SETUPS) as StderrKind[])
  .filter((kind) => kind !== "read");

/** Whether this machine has such a stderr. */
export function isMissing(stderr: StderrKind): boolean {
  return Deno.build.os !== "linux" || (stderr.endsWith("terminal") && !HAS_TERMINALS);
}

async function endsWith(run: ElectorProcess, code: number): Promise<void> {
  let actual: number | undefined;
  run.code.then((ended) => actual = ended);
  await until(() => actual !== undefined, () => `an end with ${code}`);
  assert.equal(actual, code);
}

/** What must be so whatever becomes of stderr. */
export const OUTPUT_CASES: Readonly<Record<string, (stderr: StderrKind) => Promise<void>>> = {
  "loses its lease ends the command in time, and leads again": async (stderr) => {
    await using world = new World();
    const command = ["sh", "-c", `echo token $LEADER_TOKEN; ${STUBBORN_SCRIPT}`];
    const run = world.elector(["run", "--identity=me", "--", ...command], {}, { stderr });
    const group = await run.group();
    const startedAt = performance.now();
    await until(() => world.lastWriteAt > startedAt + 600, () => "renewals");
    world.cut();
    const goneAt = await untilGone(group);
    assert.ok(goneAt - world.lastWriteAt < TIMINGS.leaseDuration);
    world.heal();
    await run.printed(/^token 2$/);
    const second = Number(await until(() => run.stdout[3], () => "the second command"));
    Deno.kill(await run.keeper(), "SIGTERM");
    await endsWith(run, 137);
    assert.deepEqual(await aliveIn(second), []);
    assert.equal(world.holder, "");
  },

  "has its campaigner stopped ends the command before anyone leads": async (stderr) => {
    await using world = new World();
    const run = world.elector(["run", "--identity=me", "--", ...STUBBORN], {}, { stderr });
    const group = await run.group();
    const [keeper, campaigner] = [await run.keeper(), await run.campaigner()];
    const rival = world.rival();
    Deno.kill(campaigner, "SIGSTOP");
    await using _rival = await rival;
    assert.deepEqual(await aliveIn(group), []);
    Deno.kill(campaigner, "SIGCONT");
    Deno.kill(keeper, "SIGTERM");
    await endsWith(run, 143);
    assert.equal(world.holder, "rival");
  },

  "has its keeper killed leaves no command behind, and releases the lock": async (stderr) => {
    await using world = new World();
    const run = world.elector(["run", "--identity=me", "--", ...STUBBORN], {}, { stderr });
    const group = await run.group();
    const [keeper, campaigner] = [await run.keeper(), await run.campaigner()];
    Deno.kill(keeper, "SIGKILL");
    await until(() => world.holder === "", () => "the release");
    assert.deepEqual(await aliveIn(group), []);
    await until(async () => (await aliveIn(campaigner)).length === 0, () => "the campaigner's end");
  },

  "has a command ends with its code": async (stderr) => {
    await using world = new World();
    const run = world.elector(["run", "--", "sh", "-c", "exit 7"], {}, { stderr });
    await endsWith(run, 7);
    assert.equal(world.holder, "");
    await endsWith(world.elector(["rnu"], {}, { stderr }), 64);
  },
};
