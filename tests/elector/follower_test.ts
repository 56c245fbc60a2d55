import assert from "node:assert/strict";
import { LockUnavailableError } from "../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../store/mod.ts";
import { byBing, Candidate, type CandidateOptions, Pair, record, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

/** The largest number below 1. */
const ALMOST_ONE = 1 - Number.EPSILON / 2;

async function followerOf(
  leaseDurationSeconds: number,
  options: CandidateOptions = {},
): Promise<Candidate> {
  return await new Candidate({ stored: byBing(leaseDurationSeconds), ...options }).run();
}

function gaps(candidate: Candidate): number[] {
  return candidate.lock.calls.slice(1).map(({ at }, index) =>
    at - (candidate.lock.calls[index]?.at ?? 0)
  );
}

for (const [jitter, part] of [[0, 1], [0.5, 0.9], [ALMOST_ONE, 0.8]] as const) {
  Deno.test(`a follower polls after ${part} P where the jitter is ${jitter}`, async () => {
    await using baz = await followerOf(86_400, { random: () => jitter });
    await baz.clock.advance(25_000);
    assert.equal(gaps(baz).length, Math.floor(5 / part));
    for (const gap of gaps(baz)) assert.ok(Math.abs(gap - 5_000 * part) < 0.001, String(gap));
  });
}

Deno.test("a follower polls again P after the answer at the latest, never while a look is under way", async () => {
  await using baz = await new Candidate({ stored: byBing(86_400), fate: () => ({ after: 9_000 }) })
    .run();
  await baz.clock.advance(45_000);
  for (const gap of gaps(baz)) assert.ok(gap >= 9_000 && gap <= 14_000, String(gap));
  assert.ok(gaps(baz).length >= 3);
});

for (
  const [name, random, spread] of [
    ["no spread", 0, 0],
    ["half the spread", 0.5, 500],
    ["almost all the spread", 0.999, 999],
  ] as const
) {
  Deno.test(`a follower wakes when the lease lapses, with ${name}, looks, and only then writes`, async () => {
    await using baz = await followerOf(3, { random: () => random });
    const due = 3_000 + spread;

    await baz.clock.advance(due - 1);
    assert.deepEqual(baz.calls, ["0 get"]);
    await baz.clock.advance(1);
    assert.deepEqual(baz.lock.calls.map(({ verb }) => verb), ["get", "get", "update"]);
    assert.deepEqual(baz.lock.calls.slice(1).map(({ at }) => at), [due, due]);
  });
}

Deno.test("a follower whose polls are further apart than the lease wakes at the lapse", async () => {
  await using baz = await followerOf(7, { pollPeriod: 5_000 });
  await baz.clock.advance(7_000);
  assert.deepEqual(baz.calls, ["0 get", "5000 get", "7000 get", "7000 update"]);
});

Deno.test("a follower that looks a moment before the lapse does not write", async () => {
  await using baz = await followerOf(10, { pollPeriod: 4_999.75 });
  await baz.clock.advance(9_999.5);
  assert.deepEqual(baz.calls, ["0 get", "4999.75 get", "9999.5 get"]);
  await baz.clock.advance(0.5);
  assert.deepEqual(baz.calls.slice(3), ["10000 get", "10000 update"]);
});

Deno.test("a follower that reads after the expiry and sees a renewal waits a full lease again", async () => {
  const store = new MemoryStore();
  const bing = new MemoryLock("bing", store);
  const lease = record(byBing(7));
  const seen = await bing.create(lease);
  await using baz = await new Candidate({ store }).run(6_000);
  await bing.update(lease, seen);

  await baz.clock.advance(7_999);
  assert.deepEqual(baz.calls, ["0 get", "5000 get", "7000 get", "12000 get"]);
  assert.equal(store.writes, 2);
  await baz.clock.advance(1);
  assert.deepEqual(baz.calls.slice(4), ["14000 get", "14000 update"]);
});

Deno.test("a lease is counted from when its answer came, not from when the look was sent", async () => {
  await using baz = await new Candidate({
    stored: byBing(7),
    fate: ({ nth }) => nth === 1 ? { after: 2_000 } : undefined,
  }).run(8_999);
  assert.equal(baz.store.writes, 1);
  await baz.clock.advance(1);
  assert.deepEqual(baz.calls.slice(-2), ["9000 get", "9000 update"]);
});

Deno.test("a follower counts by its monotonic clock alone", async () => {
  await using baz = await followerOf(7);
  baz.clock.stepWall(3_600_000);
  await baz.clock.advance(6_999);
  assert.equal(baz.store.writes, 1);
  baz.clock.stepWall(-7_200_000);
  await baz.clock.advance(1);
  assert.equal(baz.store.writes, 2);
});

Deno.test("a candidate that lost the race waits a full lease again", async () => {
  await using baz = await followerOf(3);
  baz.lock.fate = on("update", { before: 500 });
  await baz.clock.advance(3_200);
  await writeAs(baz.store, { ...byBing(10, 1), holderIdentity: "boo" });
  await baz.clock.advance(300);
  assert.equal(baz.timeline[3], "3000 update");
  const { writes } = baz.store;

  await baz.clock.advance(9_999);
  assert.equal(baz.store.writes, writes);
  await baz.clock.advance(10_000);
  baz.shows({ isLeader: true, token: 2 });
  const [, again = NaN] = baz.updates;
  assert.ok(again >= 3_500 + 10_000, String(again));
});

Deno.test("a candidate that lost the race waits a full lease again, although its reads are stale", async () => {
  await using baz = await followerOf(20);
  const stale = await new MemoryLock("reader", baz.store).get();
  baz.lock.fate = ({ verb, at }) =>
    verb === "update" ? { before: 500 } : at > 20_000 ? { answer: { is: stale } } : undefined;
  await baz.clock.advance(20_200);
  await writeAs(baz.store, { ...byBing(20, 1), holderIdentity: "boo" });

  await baz.clock.advance(20_299);
  baz.shows({ updates: [20_000] });
});

Deno.test("of two candidates that see the lapse at once, one leads and the other follows it", async () => {
  await using pair = await new Pair(byBing(7)).run();
  const { one, two } = pair;
  await one.clock.advance(60_000);

  assert.deepEqual([one, two].map(({ elector }) => elector.isLeader()), [true, false]);
  one.shows({ terms: 1, errors: 0, leader: "one" });
  two.shows({ terms: 0, errors: 0, leader: "one" });
});

Deno.test("two live electors hand the lock over: the second leads at its next look after a release", async () => {
  await using pair = await new Pair().run();
  const { one, two } = pair;
  await one.clock.advance(7_000);
  await one.stop();
  assert.equal(two.elector.isLeader(), false);
  await one.clock.advance(3_000);

  assert.deepEqual(two.calls, ["0 get", "5000 get", "10000 get", "10000 update"]);
  assert.deepEqual(two.events, [
    '0 new leader "one"',
    '10000 new leader ""',
    '10000 new leader "two"',
    "10000 started 2",
  ]);
});

Deno.test("two live electors: a dead leader's lock is taken L after its last renewal was seen", async () => {
  await using pair = await new Pair().run();
  const { one, two } = pair;
  await one.clock.advance(16_000);
  one.lock.fate = () => ({ refuse: new LockUnavailableError("cut off") });

  // The renewal at 15 s was seen by the poll at 15 s or at 20 s.
  await one.clock.advance(58_999);
  assert.equal(two.elector.isLeader(), false);
  await one.clock.advance(5_001);
  two.shows({ isLeader: true, token: 2 });
  one.shows({ isLeader: false, lastEvent: "55000 stopped 1 expired" });
});

Deno.test("a released record is taken at the next look, with no wait and no second look", async () => {
  await using baz = await new Candidate({ stored: byBing(60) }).run(6_000);
  await writeAs(baz.store, { holderIdentity: "", leaseDurationSeconds: 1, leaderTransitions: 5 });

  await baz.clock.advance(4_000);
  baz.shows({ calls: ["0 get", "5000 get", "10000 get", "10000 update"], token: 6 });
});

Deno.test("a follower that cannot look does not write, though the lease has lapsed", async () => {
  await using baz = await followerOf(7);
  baz.lock.fate = on("get", { refuse: new LockUnavailableError("x") });
  await baz.clock.advance(120_000);
  assert.equal(baz.store.writes, 1);
  assert.equal(baz.lock.calls.every(({ verb }) => verb === "get"), true);
});

Deno.test("a follower whose looks hang gives each up after the request time-out", async () => {
  await using baz = await followerOf(86_400);
  baz.lock.fate = () => ({ hang: "before" });
  await baz.clock.advance(60_000);
  assert.ok(baz.calls.length >= 4, baz.calls.join());
  const pause = gaps(baz).slice(1);
  assert.ok(pause.every((gap) => gap >= 10_000 && gap <= 15_000), pause.join());
});

Deno.test("onNewLeader reports each holder once, in order", async () => {
  await using baz = await new Candidate({ stored: { ...byBing(60), holderIdentity: "a" } }).run();
  for (const holderIdentity of ["a", "b"]) {
    await baz.clock.advance(10_000);
    await writeAs(baz.store, { ...byBing(60), holderIdentity });
  }
  await baz.clock.advance(10_000);
  assert.deepEqual(baz.events, ['0 new leader "a"', '25000 new leader "b"']);
});
