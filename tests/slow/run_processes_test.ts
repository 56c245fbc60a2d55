import assert from "node:assert/strict";
import { aliveIn, SHORT, STUBBORN, until, untilGone, World } from "../support/elector_process.ts";
import { freePort } from "../support/served_url.ts";

Deno.test("elector run whose campaigner is killed ends the command, and exits", async () => {
  await using world = new World(SHORT);
  const run = world.elector(["run", "--", ...STUBBORN]);
  const group = await run.group();
  Deno.kill(await run.campaigner(), "SIGKILL");
  const goneAt = await untilGone(group);
  assert.ok(goneAt - world.lastWriteAt < SHORT.leaseDuration);
  assert.equal(await run.code, 70);
});

Deno.test("elector run that is stopped has no command left when another candidate leads, and never reports that it leads when continued", async () => {
  await using world = new World(SHORT);
  const port = freePort();
  /** Whether any endpoint reports that it leads; one that is gone does not. */
  const isLeader = async () => {
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    const [leader, status] = await Promise.all(
      [ask("/leader"), ask("/")].map((asked) =>
        asked.then(async (response) => ({ ok: response.ok, ...await response.json() }))
          .catch(() => undefined)
      ),
    );
    return leader?.ok || status?.isLeader;
  };
  const run = world.elector(["run", `--http=${port}`, "--identity=me", "--", ...STUBBORN]);
  const group = await run.group();
  await until(isLeader, () => "its endpoint");
  const rival = world.rival();
  run.signal("SIGSTOP");
  await using _rival = await rival;
  assert.deepEqual(await aliveIn(group), []);
  run.signal("SIGCONT");
  for (let look = 0; look < 10; look++) assert.ok(!await isLeader());
  assert.notEqual(await run.code, 0);
  assert.equal(world.holder, "rival");
});
