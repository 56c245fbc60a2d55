import assert from "node:assert/strict";
import { systemFetch } from "../../lock/system.ts";
import { aliveIn, TIMINGS, until, untilGone, World } from "../support/elector_process.ts";

/** A command with a child, both of which ignore TERM. */
const STUBBORN = ["sh", "-c", "trap '' TERM; echo $$; sleep 1000 & while :; do sleep 0.1; done"];

/** Whether any endpoint reports that it leads; one that is gone does not. */
async function isLeader(port: number): Promise<boolean> {
  const leader = await ask(port, "/leader");
  const root = await ask(port, "/");
  return leader?.status === 200 || root?.body.isLeader === true;
}

async function ask(port: number, path: string) {
  try {
    const response = await systemFetch(new Request(`http://127.0.0.1:${port}${path}`));
    return { status: response.status, body: await response.json() };
  } catch {
    return undefined;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("elector run whose campaigner is killed ends the command, and exits", async () => {
  await using world = new World();
  const run = world.elector(["run", "--", ...STUBBORN]);
  const group = await run.group();
  Deno.kill(await run.campaigner(), "SIGKILL");
  const goneAt = await untilGone(group);
  assert.ok(goneAt - world.lastWriteAt < TIMINGS.leaseDuration);
  assert.equal(await run.code, 70);
});

Deno.test("elector run that is killed leaves no command behind, and releases the lock", async () => {
  await using world = new World();
  const run = world.elector(["run", "--identity", "me", "--", ...STUBBORN]);
  const group = await run.group();
  const campaigner = await run.campaigner();
  assert.equal(world.holder, "me");
  run.signal("SIGKILL");
  await until(() => world.holder === "", () => "the release");
  assert.deepEqual(await aliveIn(group), []);
  assert.match(run.stderr.join("\n"), /the keeper is gone: the command was ended/);
  await until(async () => (await aliveIn(campaigner)).length === 0, () => "the campaigner's end");
});

Deno.test("elector run whose campaigner is stopped ends the command before another candidate can lead, and never reports that it leads", async () => {
  await using world = new World();
  const port = freePort();
  const run = world.elector(["run", `--http=${port}`, "--identity=me", "--", ...STUBBORN]);
  const group = await run.group();
  assert.equal(await isLeader(port), true);
  const rival = world.rival();
  const campaigner = await run.campaigner();
  Deno.kill(campaigner, "SIGSTOP");
  await using _rival = await rival;
  assert.deepEqual(await aliveIn(group), []);
  Deno.kill(campaigner, "SIGCONT");
  for (let look = 0; look < 30; look++) assert.equal(await isLeader(port), false);
  run.signal("SIGTERM");
  assert.equal(await run.code, 143);
  assert.equal(world.holder, "rival");
});

Deno.test("elector run that is stopped has no command left when another candidate leads, and never reports that it leads when continued", async () => {
  await using world = new World();
  const port = freePort();
  const run = world.elector(["run", `--http=${port}`, "--identity=me", "--", ...STUBBORN]);
  const group = await run.group();
  const rival = world.rival();
  run.signal("SIGSTOP");
  await using _rival = await rival;
  assert.deepEqual(await aliveIn(group), []);
  run.signal("SIGCONT");
  for (let look = 0; look < 10; look++) assert.equal(await isLeader(port), false);
  assert.notEqual(await run.code, 0);
  assert.equal(world.holder, "rival");
});
