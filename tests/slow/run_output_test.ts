import assert from "node:assert/strict";
import { HOSTILE_KINDS, isMissing, type StderrKind } from "../support/hostile_stderr.ts";
import {
  aliveIn,
  SHORT,
  STUBBORN,
  STUBBORN_SCRIPT,
  until,
  untilGone,
  World,
} from "../support/elector_process.ts";
import { freePort, statusOf } from "../support/served_url.ts";

/** What must be so whatever becomes of stderr. */
const CASES: Readonly<Record<string, (stderr: StderrKind) => Promise<void>>> = {
  "loses its lease ends the command in time, and leads again": async (stderr) => {
    await using world = new World(SHORT);
    const script = STUBBORN_SCRIPT.replace("do", "do echo on and on;");
    const command = ["sh", "-c", `echo token $LEADER_TOKEN of $$; ${script}`];
    const run = world.elector(["run", "--identity=me", "--", ...command], {}, { stderr });
    const groupOf = async (term: RegExp) => Number((await run.printed(term)).split(" ").at(-1));
    const first = await groupOf(/^token 1 /);
    const startedAt = performance.now();
    await until(() => world.lastWriteAt > startedAt + 600, () => "renewals");
    world.cut();
    const heldFor = await untilGone(first) - world.lastWriteAt;
    assert.ok(heldFor > 500 && heldFor < SHORT.leaseDuration, `${heldFor} ms`);
    world.heal();
    const second = await groupOf(/^token [2-9] /);
    Deno.kill(await run.keeper(), "SIGTERM");
    assert.equal(await run.ended(), 137);
    assert.deepEqual(await aliveIn(second), []);
    assert.equal(world.holder, "");
  },

  "has its campaigner stopped ends the command before anyone leads, and never reports that it leads":
    async (stderr) => {
      await using world = new World(SHORT);
      const port = freePort();
      const args = ["run", `--http=${port}`, "--identity=me", "--", ...STUBBORN];
      const run = world.elector(args, {}, { stderr });
      const group = await run.group();
      const leads = async () => await statusOf(`http://127.0.0.1:${port}/leader`) === 200;
      await until(leads, () => "its endpoint");
      const [keeper, campaigner] = [await run.keeper(), await run.campaigner()];
      const rival = world.rival();
      Deno.kill(campaigner, "SIGSTOP");
      await using _rival = await rival;
      assert.deepEqual(await aliveIn(group), []);
      Deno.kill(campaigner, "SIGCONT");
      for (let look = 0; look < 30; look++) assert.equal(await leads(), false);
      Deno.kill(keeper, "SIGTERM");
      assert.equal(await run.ended(), 143);
      assert.equal(world.holder, "rival");
    },

  "has its keeper killed leaves no command behind, and releases the lock": async (stderr) => {
    await using world = new World();
    const run = world.elector(["run", "--identity=me", "--", ...STUBBORN], {}, { stderr });
    const group = await run.group();
    const [keeper, campaigner] = [await run.keeper(), await run.campaigner()];
    assert.equal(world.holder, "me");
    Deno.kill(keeper, "SIGKILL");
    await until(() => world.holder === "", () => "the release");
    assert.deepEqual(await aliveIn(group), []);
    if (stderr === "read") await run.said(/the keeper is gone: the command was ended/);
    await untilGone(campaigner);
  },

  "has a command ends with its code": async (stderr) => {
    await using world = new World();
    const run = world.elector(["run", "--", "sh", "-c", "exit 7"], {}, { stderr });
    assert.equal(await run.ended(), 7);
    assert.equal(world.holder, "");
    assert.equal(await world.elector(["rnu"], {}, { stderr }).ended(), 64);
  },
};

for (const [what, check] of Object.entries(CASES)) {
  for (const stderr of ["read", ...HOSTILE_KINDS] as const) {
    Deno.test({
      name: `elector run that ${what}, with stderr as ${stderr}`,
      ignore: isMissing(stderr),
      fn: () => check(stderr),
    });
  }
}
