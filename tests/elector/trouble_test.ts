import assert from "node:assert/strict";
import {
  InvalidRecordError,
  LockDeletedError,
  LockUnavailableError,
  MAX_LEADER_TRANSITIONS,
  type Observed,
} from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { byBing, Candidate, record, writeAs } from "./candidate.ts";
import { either, on, type ProbeLock } from "./probe_lock.ts";

const GONE = new LockDeletedError("the file is gone");
const AWAY = new LockUnavailableError("the store is away");

/** From now on the store holds a text that is no record, under the version that it has now. */
function spoil(candidate: Candidate, options: { tokenFloor?: number } = {}): void {
  const version = candidate.store.current?.version;
  if (version === undefined) throw new Error("nothing is stored yet");
  candidate.lock.fate = ({ verb }) =>
    verb === "get" && candidate.store.current?.version === version
      ? { refuse: new InvalidRecordError("Cannot read the record", { version, ...options }) }
      : undefined;
}

/** Every second look shows what is old. */
function everySecondLook(old: Observed, turn: number): ProbeLock["fate"] {
  return on("get", () => turn++ % 2 === 0 ? { answer: { is: old } } : {});
}

async function copy(candidate: Candidate): Promise<Observed> {
  const seen = await new MemoryLock("reader", candidate.store).get();
  if (!seen) throw new Error("nothing is stored yet");
  return seen;
}

Deno.test("case 12: garbage is waited out for this candidate's own L, reported once, and then replaced", async () => {
  await using baz = new Candidate({
    leaseDuration: 20_000,
    renewDeadline: 15_000,
    retryPeriod: 6_000,
    requestTimeout: 5_000,
    stored: {},
  });
  spoil(baz);
  await baz.run(19_999);
  assert.deepEqual(baz.timeline, [
    "0 get",
    "0 error InvalidRecordError",
    "5000 get",
    "10000 get",
    "15000 get",
  ]);
  assert.equal(baz.store.writes, 1);
  await baz.clock.advance(1);
  assert.deepEqual(baz.calls.slice(4), ["20000 get", "20000 update"]);
  // It names no token: that of a first term is high enough.
  baz.shows({ isLeader: true, errors: 1, token: 1 });
});

Deno.test("case 12: garbage that changes is waited out again", async () => {
  await using baz = new Candidate({ stored: {} });
  let version = "1";
  baz.lock.fate = on("get", () => ({ refuse: new InvalidRecordError("Cannot read", { version }) }));
  await baz.run(50_000);
  version = "2";
  await baz.clock.advance(64_999);
  assert.equal(baz.store.writes, 1);
  assert.equal(baz.lock.calls.every(({ verb }) => verb === "get"), true);
});

Deno.test("case 12: garbage without a version is never replaced", async () => {
  await using baz = await new Candidate({
    stored: {},
    fate: on("get", { refuse: new InvalidRecordError("Cannot read the record") }),
  }).run(300_000);
  assert.equal(baz.store.writes, 1);
  assert.equal(baz.lock.calls.every(({ verb }) => verb === "get"), true);
});

Deno.test("case 12: garbage in the place of a longer lease is waited out for that one", async () => {
  await using baz = await new Candidate({ stored: byBing(300) }).run();
  await writeAs(baz.store, {});
  spoil(baz);
  await baz.clock.advance(304_999);
  assert.equal(baz.store.writes, 2);
  await baz.clock.advance(1);
  assert.equal(baz.store.writes, 3);
});

Deno.test("case 12: a token rises above the one that could still be read from garbage", async () => {
  await using baz = new Candidate({ stored: {} });
  spoil(baz, { tokenFloor: 41 });
  await baz.run(60_000);
  baz.shows({ token: 42, transitions: 42 });
});

Deno.test("case 12: garbage that names a token beyond the limit keeps no candidate from leading later", async () => {
  await using baz = new Candidate();
  const lease = byBing(10, 4);
  await writeAs(baz.store, lease);
  baz.lock.fate = on("get", () => {
    const garbage = { content: '{"leaderTransitions":999999999999999,', version: "garbage" };
    baz.store.current = garbage;
    return {};
  }, 2);
  await baz.run(6_000);
  await writeAs(baz.store, { ...lease, holderIdentity: "", leaderTransitions: 5 });
  await baz.clock.advance(4_000);
  assert.deepEqual(baz.events.slice(-2), ['10000 new leader "baz"', "10000 started 6"]);
});

Deno.test("case 12: a token rises above all that were seen before the garbage", async () => {
  await using baz = await new Candidate({ stored: byBing(60, 6) }).run();
  await writeAs(baz.store, {});
  spoil(baz);
  await baz.clock.advance(65_000);
  assert.equal(baz.term.token, 7);
});

Deno.test("case 12: a leader whose record turns to garbage ends its term, and overwrites nothing for L", async () => {
  await using baz = await new Candidate().run(10_000);
  await writeAs(baz.store, {});
  spoil(baz);
  const { writes } = baz.store;

  await baz.clock.advance(30_000);
  baz.shows({ isValid: false, isAborted: true });
  await baz.clock.advance(34_999);
  assert.equal(baz.store.writes, writes);
  await baz.clock.advance(10_000);
  assert.equal(baz.terms.length, 2);
  assert.ok(baz.term.token > 0);
});

Deno.test("a stale read does not depose a leader", async () => {
  await using baz = new Candidate({ stored: byBing(3) });
  const old = await copy(baz);
  await baz.run(3_000);
  assert.equal(baz.elector.isLeader(), true);
  // Its next renewal fails, and the look that follows is answered with what was there before it led.
  baz.lock.fate = either(on("get", { answer: { is: old } }), () => ({ refuse: AWAY }));
  await baz.clock.advance(27_000);
  baz.lock.fate = () => undefined;
  await baz.clock.advance(30_000);
  baz.shows({ terms: 1, isValid: true });
  assert.equal(baz.events.some((event) => event.includes("stopped")), false);
});

Deno.test("a read of its own older write does not renew a leader's term", async () => {
  await using baz = await new Candidate().run(5_000);
  const first = await copy(baz);
  await baz.clock.advance(10_000);
  const renewed = baz.term.validUntil;
  assert.equal(renewed, 15_000 + 40_000);
  const older = { answer: { is: { ...first, own: true } } };
  baz.lock.fate = either(on("get", older), () => ({ refuse: AWAY }));
  await baz.clock.advance(39_999);
  assert.equal(baz.term.validUntil, renewed);
  assert.equal(baz.term.isValid(), true);
  await baz.clock.advance(1);
  baz.shows({ isValid: false, lastEvent: "55000 stopped 1 expired" });
});

Deno.test("a stale read frees no lease: an older, released record is not taken", async () => {
  await using baz = new Candidate();
  const bing = new MemoryLock("bing", baz.store);
  await writeAs(baz.store, byBing(10), bing);
  const old = await copy(baz);
  await baz.run();
  const lease = byBing(10);
  let seen = old;
  const stale = (from: number, to: number) =>
    baz.lock.fate = ({ at, verb }) =>
      verb === "get" && at >= from && at < to ? { answer: { is: old } } : undefined;
  stale(9_000, 21_000);

  // Renewed at 4 s, seen at 5 s; from 9 s on reads are stale, though bing goes on renewing.
  for (let at = 4_000; at <= 28_000; at += 4_000) {
    await baz.clock.advance(at - baz.clock.monotonic());
    seen = await bing.update(record(lease), seen);
  }
  baz.shows({ terms: 0, updates: [] });
});

Deno.test("a stale read that flips between two old versions does not count as a renewal indefinitely", async () => {
  await using baz = new Candidate({ stored: byBing(10) });
  const old = await copy(baz);
  await baz.run(4_000);
  await writeAs(baz.store, byBing(10));
  await baz.clock.advance(1_000);
  // Seen anew at 5 s; every second look is stale now.
  baz.lock.fate = everySecondLook(old, 0);
  await baz.clock.advance(25_000);
  assert.equal(baz.elector.isLeader(), true, baz.calls.join());
  assert.equal(baz.term.token, 1);
});

Deno.test("a read that is many writes old does not count as a renewal", async () => {
  await using baz = new Candidate();
  const lease = byBing(12);
  await writeAs(baz.store, lease);
  const old = await copy(baz);
  await baz.run();
  for (let round = 0; round < 20; round++) {
    await baz.clock.advance(5_000);
    await writeAs(baz.store, lease);
  }
  // The last renewal, at 100 s, is seen at 105 s; every second look after it is stale.
  baz.lock.fate = everySecondLook(old, 1);
  await baz.clock.advance(30_000);
  assert.equal(baz.elector.isLeader(), true, baz.calls.slice(20).join());
});

Deno.test("a stale, released record is not taken: its version is known to be replaced", async () => {
  await using baz = new Candidate({
    stored: { holderIdentity: "", leaseDurationSeconds: 1, leaderTransitions: 3 },
  });
  const released = await copy(baz);
  baz.lock.fate = on("update", { refuse: AWAY });
  await baz.run();
  await writeAs(baz.store, byBing(60, 4));
  await baz.clock.advance(6_000);
  assert.equal(baz.elector.leader(), "bing");
  const { updates } = baz;
  baz.lock.fate = on("get", { answer: { is: released } });

  await baz.clock.advance(40_000);
  baz.shows({ updates, leader: "bing" });
});

Deno.test("a record that disappears under a follower is never created again", async () => {
  await using baz = await new Candidate({ stored: byBing(10) }).run();
  baz.store.current = undefined;

  await baz.clock.advance(300_000);
  baz.shows({ writes: 1, updates: [], outcome: "running" });
  assert.ok(baz.errors.length >= 1);
});

for (
  const [what, remove] of [
    ["disappears", (baz: Candidate) => baz.store.current = undefined],
    ["a LockDeletedError reports", (baz: Candidate) => baz.lock.fate = () => ({ refuse: GONE })],
  ] as const
) {
  Deno.test(`a record that ${what} under its leader is never created again, and its term ends in time`, async () => {
    const baz = await new Candidate().run(10_000);
    remove(baz);
    await baz.clock.advance(30_000);
    baz.shows({ isValid: false, isAborted: true });
    await baz.clock.advance(300_000);
    baz.shows({ writes: 1, terms: 1, outcome: "running" });
    await baz.end();
    assert.equal(baz.lock.calls.filter(({ verb }) => verb === "create").length, 1);
    const told = baz.events.filter((event) => event.endsWith("LockDeletedError"));
    assert.equal(told.length, 1, baz.events.join());
  });
}

Deno.test("a deleted record that a person brings back is led on, with a higher token", async () => {
  await using baz = await new Candidate().run(10_000);
  const { current } = baz.store;
  baz.store.current = undefined;
  await baz.clock.advance(90_000);
  baz.store.current = current;

  await baz.clock.advance(70_000);
  baz.shows({ isLeader: true, token: 2 });
});

Deno.test("no candidate claims a lock whose leaderTransitions are at their limit, and an error says so", async () => {
  await using baz = await new Candidate({ stored: { leaderTransitions: MAX_LEADER_TRANSITIONS } })
    .run(120_000);
  baz.shows({ writes: 1, updates: [], errors: 1 });
  assert.match((baz.errors[0] as Error).message, /leaderTransitions/);
});

Deno.test("the last token is given out, and its leader renews", async () => {
  await using baz = await new Candidate({
    stored: { leaderTransitions: MAX_LEADER_TRANSITIONS - 1 },
  }).run(30_000);
  assert.equal(baz.term.token, MAX_LEADER_TRANSITIONS);
  assert.deepEqual(baz.calls.slice(2), ["15000 update", "30000 update"]);
});

Deno.test("a salvaged token beyond the limit is refused, never wrapped", async () => {
  await using baz = new Candidate({ stored: {} });
  spoil(baz, { tokenFloor: 1e15 - 1 });
  await baz.run(200_000);
  baz.shows({ writes: 1, terms: 0 });
});

Deno.test("a lease of a day, the longest that is read, is waited for", async () => {
  await using baz = await new Candidate({ pollPeriod: 3_600_000, stored: byBing(86_400) }).run();
  await baz.clock.advance(86_399_999);
  assert.equal(baz.store.writes, 1);
  await baz.clock.advance(1);
  assert.equal(baz.store.writes, 2);
});
