import assert from "node:assert/strict";
import { LockConflictError, LockUnavailableError, UnknownOutcomeError } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5);

Deno.test("case 13: a stop releases the record by one update, keeping the transitions", async () => {
  const baz = await new Candidate({ stored: { leaderTransitions: 3 } }).run(5_000);
  await baz.stop();

  assert.deepEqual(baz.timeline, [
    "0 get",
    "0 update",
    '0 new leader "baz"',
    "0 started 4",
    "5000 aborted 4",
    "5000 stopped 4 stopped",
    "5000 update",
    '5000 new leader ""',
  ]);
  baz.shows({ outcome: "ended", holder: "", transitions: 4 });
  assert.equal(baz.record?.leaseDurationSeconds, 1);
  assert.equal(baz.record?.renewTime, START + 5_000);
  baz.shows({ isLeader: false, leader: undefined, role: "idle" });
});

for (
  const [what, fate] of [
    ["fails", { before: 3_000, refuse: new LockUnavailableError("cancelled") }],
    ["took effect", { after: 3_000 }],
  ] as const
) {
  Deno.test(`case 14: a stop while a renewal is in flight that ${what} still releases`, async () => {
    await using baz = await new Candidate({ fate: on("update", fate, 1) }).run(16_000);
    await baz.stop(20_000);

    baz.shows({ outcome: "ended", holder: "" });
    assert.deepEqual(baz.lock.recorded, ["became leader", "stopped leading"]);
  });
}

Deno.test("case 15: a release that conflicts with the leader's own write is made again", async () => {
  const baz = await new Candidate().run();
  baz.lock.fate = on("update", { refuse: new LockConflictError("moved on") }, 1);
  await baz.clock.advance(1_000);
  await baz.stop();

  assert.deepEqual(baz.calls.slice(2), ["1000 update", "1000 get", "1000 update"]);
  baz.shows({ holder: "", outcome: "ended" });
});

Deno.test("case 15: a release that conflicts with a successor leaves its record alone", async () => {
  const baz = await new Candidate().run();
  const successor = byBing(60, 1);
  await writeAs(baz.store, successor);
  await baz.stop(60_000);

  assert.deepEqual(baz.calls.slice(2), ["0 update", "0 get"]);
  baz.shows({ writes: 2, holder: "bing", outcome: "ended" });
});

Deno.test("case 15: a release that conflicts with the same identity's other session leaves it alone", async () => {
  const baz = await new Candidate().run();
  const twin = new MemoryLock("baz", baz.store);
  const held = { holderIdentity: "baz", leaseDurationSeconds: 60, leaderTransitions: 1 };
  await writeAs(baz.store, held, twin);
  await baz.stop(60_000);

  baz.shows({ writes: 2, holder: "baz", outcome: "ended" });
});

Deno.test("case 15: a release whose answer is lost is looked for and not made twice", async () => {
  const baz = await new Candidate().run();
  baz.lock.fate = on("update", { lose: new UnknownOutcomeError("cut off") }, 1);
  await baz.stop(60_000);

  baz.shows({ writes: 2, holder: "", outcome: "ended" });
});

Deno.test("case 17: onStoppedLeading is not called where no term began", async () => {
  const baz = await new Candidate({ stored: byBing(60) }).run(30_000);
  await baz.stop();

  assert.deepEqual(baz.events, ['0 new leader "bing"']);
  assert.deepEqual(baz.lock.recorded, []);
  baz.shows({ outcome: "ended", writes: 1 });
});

Deno.test("a stop before the first look makes no call", async () => {
  const baz = new Candidate();
  const signal = AbortSignal.abort(new Error("never mind"));
  await baz.follow(baz.elector.run({ signal }));
  await baz.clock.advance(60_000);

  assert.deepEqual(baz.timeline, []);
  assert.notEqual(baz.outcome, "running");
});

Deno.test("a stop during the first look writes nothing", async () => {
  const baz = await new Candidate({ fate: () => ({ after: 2_000 }) }).run(1_000);
  await baz.stop(60_000);

  baz.shows({ timeline: ["0 get"], outcome: "ended" });
});

Deno.test("a stop between two polls makes no other call", async () => {
  const baz = await new Candidate({ stored: byBing(60) }).run(7_000);
  await baz.stop(120_000);

  baz.shows({ calls: ["0 get", "5000 get"], outcome: "ended" });
});

Deno.test("a stop during an acquisition begins no term and leaves no lease behind", async () => {
  const baz = await new Candidate({ fate: on("create", { before: 1_000, after: 2_000 }) }).run();
  await baz.clock.advance(1_500);
  await baz.stop(30_000);

  assert.deepEqual(baz.terms, []);
  assert.deepEqual(baz.lock.recorded, []);
  assert.ok(!baz.events.some((event) => /started|stopped/.test(event)), baz.events.join());
  baz.shows({ holder: "", outcome: "ended" });
});

Deno.test("a stop during an acquisition that another candidate won does not touch its record", async () => {
  const baz = await new Candidate({ fate: on("create", { before: 2_000 }) }).run();
  await writeAs(baz.store, byBing(60));
  await baz.clock.advance(1_000);
  await baz.stop(30_000);

  baz.shows({ writes: 1, holder: "bing", outcome: "ended" });
});

for (
  const [how, fate] of [
    ["hangs is given up after", { hang: "before" }],
    ["is refused is given up within", { refuse: new LockUnavailableError("away") }],
  ] as const
) {
  Deno.test(`a release that ${how} two request time-outs`, async () => {
    const baz = await new Candidate().run();
    baz.lock.fate = () => fate;
    await baz.stop(19_999);
    if ("hang" in fate) assert.equal(baz.outcome, "running");
    await baz.clock.advance(1);
    baz.shows({ outcome: "ended", holder: "baz" });
    const { length } = baz.calls;
    await baz.clock.advance(100_000);
    assert.equal(baz.calls.length, length);
  });
}

Deno.test("a stop under a renewal that hangs ends run() within three request time-outs", async () => {
  const baz = await new Candidate().run();
  baz.lock.fate = () => ({ hang: "before" });
  await baz.clock.advance(16_000);
  await baz.stop();

  assert.equal(baz.term.signal.aborted, true);
  await baz.clock.advance(30_000);
  baz.shows({ outcome: "ended", writes: 1 });
});

Deno.test("a term that expires is not released: whether the lock is still its own is unknown", async () => {
  const baz = await new Candidate().run();
  baz.lock.fate = ({ at }) =>
    at < 40_000 ? { refuse: new LockUnavailableError("away") } : undefined;
  await baz.clock.advance(45_000);
  await baz.stop();

  baz.shows({ writes: 1, holder: "baz", outcome: "ended" });
});

Deno.test("a signal that aborts twice, or after the end, changes nothing", async () => {
  const baz = await new Candidate().run();
  await baz.stop();
  await baz.stop();
  const { length } = baz.timeline;
  await baz.end();
  assert.equal(baz.timeline.length, length);
  assert.equal(baz.outcome, "ended");
});

for (
  const [how, fate] of [
    ["is given up when its signal aborts", { before: 86_400_000 }],
    ["ignores its signal", { hang: "before" }],
  ] as const
) {
  Deno.test(`a stop during an acquisition that hangs and ${how} ends run()`, async () => {
    const baz = await new Candidate({ fate: on("create", fate) }).run(1_000);
    await baz.stop(30_000);
    baz.shows({ outcome: "ended", terms: 0 });
  });
}

Deno.test("a release that fails after its lease has ended passes its token to no later term", async () => {
  const baz = await new Candidate().run();
  baz.lock.fate = ({ record }) => record?.holderIdentity === "" ? { hang: "before" } : undefined;
  await baz.clock.advance(1_000);
  baz.elector.stepDown();
  await baz.clock.advance(100);
  // Suspended while the release is under way.
  baz.clock.skip(60_000);
  await baz.clock.advance(200_000);

  assert.equal(baz.outcome, "running");
  assert.deepEqual(baz.terms.map(({ token }) => token), [1, 2]);
  baz.shows({ isValid: true, transitions: 2 });
  await baz.end();
  assert.equal(baz.outcome, "ended");
});
