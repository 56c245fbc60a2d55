import assert from "node:assert/strict";
import { HAS_TERMINALS, STDERR_SETUPS, type StderrKind } from "./hostile_stderr.ts";
import {
  aliveIn,
  type ElectorProcess,
  TIMINGS,
  until,
  untilGone,
  World,
} from "./elector_process.ts";

/** A command with a child, both of which ignore TERM. */
const STUBBORN = ["sh", "-c", "trap '' TERM; echo $$; sleep 1000 & while :; do sleep 0.1; done"];

const KINDS = (Object.keys(STDERR_SETUPS) as StderrKind[]).filter((kind) => kind !== "read");

function testEach(name: string, test: (world: World, stderr: StderrKind) => Promise<void>): void {
  for (const stderr of KINDS) {
    Deno.test({
      name: `${name}, where its stderr is a ${stderr}`,
      ignore: Deno.build.os !== "linux" || (stderr.endsWith("terminal") && !HAS_TERMINALS),
      fn: async () => {
        await using world = new World();
        await test(world, stderr);
      },
    });
  }
}

/** The keeper has gone through the end of the command as well: nothing is left to come. */
async function endsWith(run: ElectorProcess, code: number): Promise<void> {
  let actual: number | undefined;
  run.code.then((ended) => actual = ended);
  assert.equal(await until(() => actual, () => "the end"), code);
}

testEach(
  "elector run that loses its lease ends the command in time, and leads again",
  async (world, stderr) => {
    const command = ["sh", "-c", `echo token $LEADER_TOKEN; ${STUBBORN[2]}`];
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
);

testEach(
  "elector run whose campaigner is stopped ends the command before anyone leads",
  async (world, stderr) => {
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
);

testEach(
  "elector run that is killed leaves no command behind, and frees the lock",
  async (world, stderr) => {
    const run = world.elector(["run", "--identity=me", "--", ...STUBBORN], {}, { stderr });
    const group = await run.group();
    const [keeper, campaigner] = [await run.keeper(), await run.campaigner()];
    Deno.kill(keeper, "SIGKILL");
    await until(() => world.holder === "", () => "the release");
    assert.deepEqual(await aliveIn(group), []);
    await until(async () => (await aliveIn(campaigner)).length === 0, () => "the campaigner's end");
  },
);

testEach("elector run ends with the code of its command", async (world, stderr) => {
  const run = world.elector(["run", "--", "sh", "-c", "exit 7"], {}, { stderr });
  await endsWith(run, 7);
  assert.equal(world.holder, "");
});

testEach("elector tells what is wrong by its exit code", async (world, stderr) => {
  await endsWith(world.elector(["rnu"], {}, { stderr }), 64);
});
