import assert from "node:assert/strict";
import { DEADLINE, GRACE, World } from "./two_processes.ts";

/** What goes wrong in the middle of a term, 20 s after its beginning. */
const IN_A_TERM: Readonly<Record<string, (world: World) => void>> = {
  "the campaigner hangs": (world) => world.hangCampaigner(),
  "the campaigner hangs with a question under way": (world) => {
    world.toCampaigner.onSend = ({ type }) => type === "ask" && world.hangCampaigner();
  },
  "the keeper is stopped": (world) => world.stopKeeper(),
  "the keeper is stopped with an answer under way": (world) => {
    world.toKeeper.onSend = ({ type }) => type === "answer" && world.stopKeeper();
  },
  "the pipe to the campaigner is stuck": (world) => world.toCampaigner.isStuck = true,
  "the pipe to the keeper is stuck": (world) => world.toKeeper.isStuck = true,
  "both pipes are stuck": (world) => world.toKeeper.isStuck = world.toCampaigner.isStuck = true,
  "the campaigner is gone": (world) => {
    world.hangCampaigner();
    world.keeper.onCampaignerGone();
  },
  "the keeper is gone": (world) => {
    world.stopKeeper();
    world.campaigner.onKeeperGone();
  },
  "the term ends while nothing is asked": (world) => world.elector.stepDown(),
  "the term ends, and the message is lost": (world) => {
    world.toKeeper.loses = "changed";
    world.elector.stepDown();
  },
  "the term ends, and the keeper is stopped": (world) => {
    world.stopKeeper();
    world.elector.stepDown();
  },
};

for (const [fault, act] of Object.entries(IN_A_TERM)) {
  Deno.test(`The command is gone before another candidate leads: ${fault}`, async () => {
    const world = new World();
    await world.clock.advance(20_000);
    assert.equal(world.group.exists(), true);
    assert.deepEqual(world.group.timeline, []);
    act(world);
    await world.play();
    assert.equal(world.isExclusive, true);
    await world.end();
  });
}

Deno.test("A term that ends while nothing is asked ends its command at once", async () => {
  const world = new World();
  await world.clock.advance(22_500);
  world.elector.stepDown();
  await world.clock.advance(GRACE);
  assert.deepEqual(world.group.timeline, ["22500 SIGTERM", "32500 SIGKILL"]);
  assert.deepEqual(world.stops, []);
  await world.end();
});

Deno.test("A machine that was suspended ends its command within a second of waking, and in less time", async () => {
  const world = new World();
  await world.clock.advance(22_500);
  world.clock.stepWall(DEADLINE);
  await world.clock.advance(GRACE);
  // The deadline, 15 + 40 s, passed 8 s before.
  assert.deepEqual(world.group.timeline, ["23000 SIGTERM", "25000 SIGKILL"]);
  await world.end();
});

Deno.test("A campaigner that hangs has its command ended at the deadline that was granted last", async () => {
  const world = new World();
  // It was renewed at 15 s, and the keeper has asked since.
  await world.clock.advance(22_500);
  world.hangCampaigner();
  await world.clock.advance(DEADLINE);
  assert.deepEqual(world.group.timeline, ["55000 SIGTERM"]);
  await world.end();
});

Deno.test("A keeper that misses the start of a term costs the lead, and no command runs", async () => {
  const world = new World();
  world.toKeeper.loses = "changed";
  await world.play();
  assert.deepEqual([world.groups, world.isExclusive, world.stops], [[], true, ["keeper stopped"]]);
  await world.end();
});

Deno.test("A keeper that was stopped as a term began starts no command after it", async () => {
  const world = new World();
  world.stopKeeper();
  await world.play();
  assert.equal(world.isExclusive, true);
  await world.end();
  assert.deepEqual(world.groups, []);
});

Deno.test("The two processes say little: nothing while another leads, in a term as much as each D/8", async () => {
  const world = new World();
  const asked: number[] = [];
  world.toCampaigner.onSend = ({ type }) => type === "ask" && asked.push(world.clock.monotonic());
  await world.clock.advance(3_600_000);
  assert.equal(world.group.exists(), true);
  assert.equal(asked.length, 1 + 3_600 / 5);
  await world.end();
});
