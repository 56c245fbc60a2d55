import assert from "node:assert/strict";
import { type LeaderElectionRecord, LockUnavailableError } from "../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../store/mod.ts";
import { byBing, Candidate, record, writeAs } from "./candidate.ts";
import { either, on } from "./probe_lock.ts";

const CUT_OFF = new LockUnavailableError("cut off");
const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** The session that a candidate's record names: 128 random bits. */
function sessionOf({ record }: Candidate): string {
  assert.match(record?.session ?? "", /^[0-9a-f]{32}$/);
  return record?.session ?? "";
}

/** A record of a term that began at the start, but for what each write changes. */
function ownRecord(baz: Candidate, written: Partial<LeaderElectionRecord>): LeaderElectionRecord {
  const lease = { holderIdentity: "baz", leaseDurationSeconds: 60, acquireTime: START, rank: 0 };
  return record({ ...lease, session: sessionOf(baz), protocol: "memory", ...written });
}

Deno.test("run() writes each campaign's records under a session of its own, numbered by its calls", async () => {
  await using baz = await new Candidate().run(30_000);
  await baz.stop();
  await baz.run();

  const written = baz.lock.calls.flatMap(({ record }) => record ? [record] : []);
  assert.deepEqual(written.map(({ sequence }) => sequence), [2, 3, 4, 5, 2]);
  const [first, , , released, again] = written.map(({ session }) => session);
  assert.equal(released, first);
  assert.notEqual(again, first);
  assert.equal(again, sessionOf(baz));
});

Deno.test("case 1: where nothing is stored, run() gets, creates and leads", async () => {
  await using baz = await new Candidate().run();

  assert.deepEqual(baz.timeline, ["0 get", "0 create", '0 new leader "baz"', "0 started 1"]);
  const written = { renewTime: START, leaderTransitions: 1, sequence: 2, base: "nothing" };
  assert.deepEqual(baz.record, ownRecord(baz, written));
  baz.shows({ isLeader: true, leader: "baz" });
});

for (
  const [name, stored] of [
    ["case 2: an empty record is taken over at once", {}],
    ["case 4: a zero record is taken over at once", { leaseDurationSeconds: 0, renewTime: null }],
    [
      "case 6: a record without a holder is taken at once, though it changed just now",
      { leaseDurationSeconds: 10, renewTime: START },
    ],
  ] as const
) {
  Deno.test(`${name}, with transitions 1`, async () => {
    await using baz = await new Candidate({ stored: { holderIdentity: "", ...stored } }).run();
    baz.shows({ calls: ["0 get", "0 update"], lastEvent: "0 started 1", transitions: 1 });
    assert.equal(baz.record?.acquireTime, START);
  });
}

Deno.test("case 3: the lease runs for as long as the record says, not as the options say", async () => {
  await using baz = await new Candidate({ stored: byBing(3) }).run(2_999);
  baz.shows({ timeline: ["0 get", '0 new leader "bing"'], isLeader: false });
  await baz.clock.advance(1);
  assert.deepEqual(baz.timeline.slice(2), [
    "3000 get",
    "3000 update",
    '3000 new leader "baz"',
    "3000 started 1",
  ]);
  assert.equal(baz.record?.leaderTransitions, 1);
});

for (
  const [name, seconds] of [
    ["case 3: a record's lease longer than the option's is waited for", 100],
    ["case 3: a holder in Go whose lease of under a second reads as 0 has a second", 0],
    ["case 5: a lease that is not renewed is taken over once it has expired", 10],
  ] as const
) {
  Deno.test(name, async () => {
    // What the record's times say does not count.
    const stored = { ...byBing(seconds), acquireTime: 0, renewTime: 0 };
    const lapse = Math.max(1, seconds) * 1_000;
    await using baz = await new Candidate({ stored }).run(lapse - 1);
    const polls = Array.from(
      { length: Math.ceil(lapse / 5_000) },
      (_, nth) => `${nth * 5_000} get`,
    );
    baz.shows({ calls: polls, events: ['0 new leader "bing"'] });
    await baz.clock.advance(1);
    assert.deepEqual(baz.calls.slice(polls.length), [`${lapse} get`, `${lapse} update`]);
    assert.deepEqual(baz.events.slice(1), [`${lapse} new leader "baz"`, `${lapse} started 1`]);
  });
}

Deno.test("case 5: the lease of a holder that renews does not expire", async () => {
  const store = new MemoryStore();
  const bing = new MemoryLock("bing", store);
  const lease = record(byBing(10));
  let seen = await bing.create(lease);
  await using baz = await new Candidate({ store }).run();

  for (let round = 0; round < 6; round++) {
    await baz.clock.advance(8_000);
    seen = await bing.update(lease, seen);
  }
  // The last renewal, at 48 s, is first seen by the poll at 50 s.
  await baz.clock.advance(50_000 + 10_000 - 48_000 - 1);
  assert.equal(store.writes, 7);
  await baz.clock.advance(1);
  assert.deepEqual(baz.calls.slice(-2), ["60000 get", "60000 update"]);
});

Deno.test("case 7: a record that changed just now has a holder, as one get shows", async () => {
  await using baz = await new Candidate({ stored: byBing(10) }).run();

  assert.deepEqual(baz.timeline, ["0 get", '0 new leader "bing"']);
  baz.shows({ isLeader: false, leader: "bing", transitions: 0 });
});

Deno.test("case 8: a renewal keeps the transitions and the time of acquisition", async () => {
  await using baz = await new Candidate({ stored: { holderIdentity: "", leaderTransitions: 6 } })
    .run(15_000);
  assert.deepEqual(baz.calls, ["0 get", "0 update", "15000 update"]);
  const renewed = { renewTime: START + 15_000, leaderTransitions: 7, sequence: 3, base: "2" };
  assert.deepEqual(baz.record, ownRecord(baz, renewed));
  assert.equal(baz.term.token, 7);
});

Deno.test("case 8: the same identity from another session is another holder", async () => {
  const store = new MemoryStore();
  const twin = new MemoryLock("baz", store);
  await twin.create(record({ holderIdentity: "baz", leaseDurationSeconds: 10 }));
  await using baz = await new Candidate({ store }).run(9_999);
  baz.shows({ calls: ["0 get", "5000 get"], isLeader: false });
  await baz.clock.advance(1);
  assert.deepEqual(baz.calls.slice(2), ["10000 get", "10000 update"]);
  assert.equal(baz.term.token, 1);
});

Deno.test("case 8: the same identity from another session is taken over once it releases", async () => {
  const store = new MemoryStore();
  const twin = new MemoryLock("baz", store);
  const held = { holderIdentity: "baz", leaseDurationSeconds: 10, leaderTransitions: 4 };
  await twin.create(record(held));
  await using baz = await new Candidate({ store }).run();

  await writeAs(store, { ...held, holderIdentity: "" }, twin);
  await baz.clock.advance(5_000);
  baz.shows({ calls: ["0 get", "5000 get", "5000 update"], token: 5 });
});

Deno.test("case 8: a write whose answer is lost is not mistaken for one of another session", async () => {
  await using baz = new Candidate();
  const twin = new MemoryLock("baz", baz.store);
  baz.lock.fate = on("create", { before: 1_000, refuse: CUT_OFF });
  await baz.run();
  await twin.create(record({ holderIdentity: "baz", leaseDurationSeconds: 10 }));

  await baz.clock.advance(1_000 + 9_999);
  baz.shows({ terms: 0, writes: 1 });
});

Deno.test("a first write that takes effect after its own deadline begins no term", async () => {
  await using baz = await new Candidate({
    fate: either(on("create", { before: 45_000 }, 1), on("create", { refuse: CUT_OFF })),
  }).run(100_000);
  assert.equal(baz.store.writes, 1);
  assert.ok(baz.calls.filter((call) => call.endsWith("create")).length >= 2);
  assert.deepEqual(baz.terms, []);
  await baz.clock.advance(15_000);
  assert.equal(baz.elector.isLeader(), true);
  assert.ok(baz.term.token > 0);
});

Deno.test("case 11: after a failed get nothing is written, and it is reported", async () => {
  await using baz = await new Candidate({
    fate: () => ({ refuse: new LockUnavailableError("the store is away") }),
  }).run(120_000);
  assert.deepEqual(new Set(baz.lock.calls.map(({ verb }) => verb)), new Set(["get"]));
  baz.shows({ events: ["0 error LockUnavailableError"], isLeader: false, leader: undefined });
  assert.equal(baz.elector.status().lastError, "the store is away");

  baz.lock.fate = () => undefined;
  await baz.clock.advance(5_000);
  assert.equal(baz.events.at(-1)?.split(" ").slice(1).join(" "), "started 1");
  assert.equal(baz.elector.status().lastError, undefined);
});

Deno.test("case 11: an error that is not a lock's is reported like one, and nothing is written", async () => {
  await using baz = await new Candidate({
    fate: ({ nth }) => nth === 1 ? { refuse: new Error("unforeseen") } : undefined,
  }).run();
  assert.deepEqual(baz.timeline, ["0 get", "0 error Error"]);
});

Deno.test("run() tries to take a lock whose record is another's only by conditional writes", async () => {
  await using baz = await new Candidate({ stored: byBing(3) }).run(3_000);
  assert.equal(baz.lock.calls.at(-1)?.seen, "1");
  await baz.clock.advance(15_000);
  assert.equal(baz.lock.calls.at(-1)?.seen, "2");
});
