import assert from "node:assert/strict";
import { TermEndedError } from "../../elector/mod.ts";
import { LockConflictError, LockUnavailableError, UnknownOutcomeError } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { byBing, Candidate, record, writeAs } from "./candidate.ts";
import { either, on } from "./probe_lock.ts";

const away = new LockUnavailableError("the store is away");
const UNKNOWN = new UnknownOutcomeError("the answer was cut off");

Deno.test("case 9: a leader renews by one update every R, without a get", async () => {
  await using baz = await new Candidate().run(60_000);
  assert.deepEqual(baz.calls, [
    "0 get",
    "0 create",
    "15000 update",
    "30000 update",
    "45000 update",
    "60000 update",
  ]);
  assert.deepEqual(baz.lock.calls.slice(2).map(({ seen }) => seen), ["1", "2", "3", "4"]);
});

Deno.test("case 9: the next renewal is R after the last was sent, not after its answer", async () => {
  await using baz = await new Candidate({ fate: () => ({ before: 2_000, after: 3_000 }) }).run();
  await baz.clock.advance(50_000);
  assert.deepEqual(baz.timeline, [
    "0 get",
    "5000 create",
    '10000 new leader "baz"',
    "10000 started 1",
    "20000 update",
    "35000 update",
    "50000 update",
  ]);
  assert.equal(baz.term.validUntil, 35_000 + 40_000);
});

Deno.test("case 9: a renewal whose answer takes longer than R is not doubled", async () => {
  await using baz = await new Candidate({
    retryPeriod: 5_000,
    fate: on("update", { before: 8_000 }),
  }).run(13_000);
  assert.deepEqual(baz.calls, ["0 get", "0 create", "5000 update", "13000 update"]);
  assert.equal(baz.term.validUntil, 5_000 + 40_000);
});

Deno.test("case 10: after a conflict the leader reads, finds its own record and renews", async () => {
  await using baz = await new Candidate({
    fate: on("update", { refuse: new LockConflictError("moved on") }, 2),
  }).run(45_000);
  assert.deepEqual(baz.calls, [
    "0 get",
    "0 create",
    "15000 update",
    "30000 update",
    "30000 get",
    "30000 update",
    "45000 update",
  ]);
  baz.shows({ terms: 1, transitions: 1 });
});

Deno.test("a renewal whose answer is lost is found by a get, and counts from when it was sent", async () => {
  await using baz = await new Candidate({
    fate: either(on("update", { after: 4_000, lose: UNKNOWN }, 1), on("get", { after: 1_000 }, 2)),
  }).run(20_000);
  assert.deepEqual(baz.calls, ["0 get", "0 create", "15000 update", "19000 get"]);
  assert.equal(baz.term.validUntil, 15_000 + 40_000);
  await baz.clock.advance(10_000);
  assert.equal(baz.calls.at(-1), "30000 update");
});

Deno.test("an unknown outcome that did not take effect does not move the deadline on", async () => {
  await using baz = await new Candidate({
    fate: either(on("update", { refuse: UNKNOWN }, 1), on("get", { after: 3_000 }, 2)),
  }).run(17_999);
  baz.shows({ calls: ["0 get", "0 create", "15000 update", "15000 get"], validUntil: 40_000 });
  await baz.clock.advance(1);
  assert.equal(baz.calls.at(-1), "18000 update");
  assert.equal(baz.term.validUntil, 18_000 + 40_000);
});

Deno.test("of several renewals of unknown outcome, the deadline counts from the earliest", async () => {
  await using baz = new Candidate();
  // The first takes effect late, at 28.5 s; nobody can tell it from those that were sent after it.
  baz.lock.fate = either(on("update", { before: 13_500 }, 1), on("update", { refuse: UNKNOWN }));
  await baz.run(29_999);
  assert.ok(baz.calls.filter((call) => call.endsWith("update")).length >= 3, baz.calls.join());
  baz.shows({ writes: 2, validUntil: 15_000 + 40_000 });
});

Deno.test("a call that is aborted is reported once", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = () => ({ hang: "before" });
  await baz.clock.advance(39_000);
  assert.deepEqual(baz.events.slice(2), ["25000 error LockUnavailableError"]);
  assert.match((baz.errors[0] as Error).message, /the probe of baz/);
});

Deno.test("a first write whose answer is lost begins the term once a get finds it", async () => {
  await using baz = await new Candidate({
    fate: on("create", { after: 2_000, lose: UNKNOWN }),
  }).run(2_000);
  assert.deepEqual(baz.timeline, [
    "0 get",
    "0 create",
    "2000 error UnknownOutcomeError",
    "2000 get",
    '2000 new leader "baz"',
    "2000 started 1",
  ]);
  baz.shows({ validUntil: 40_000, writes: 1 });
});

Deno.test("the leader ends its term at once when it sees another holder", async () => {
  await using baz = await new Candidate().run(14_000);
  await writeAs(baz.store, byBing(60, 2));
  await baz.clock.advance(1_000);
  assert.deepEqual(baz.calls.slice(2), ["15000 update", "15000 get"]);
  assert.deepEqual(baz.events.slice(2), [
    "15000 aborted 1",
    "15000 stopped 1 lost",
    '15000 new leader "bing"',
  ]);
  baz.shows({ isValid: false, isLeader: false });
  const { reason } = baz.term.signal as { reason: TermEndedError };
  assert.ok(reason instanceof TermEndedError);
  assert.equal(reason.reason, "lost");
});

Deno.test("the leader ends its term at once when it sees its own identity from another session", async () => {
  await using baz = await new Candidate().run();
  const twin = new MemoryLock("baz", baz.store);
  await writeAs(
    baz.store,
    { holderIdentity: "baz", leaseDurationSeconds: 60, leaderTransitions: 2 },
    twin,
  );

  await baz.clock.advance(15_000);
  assert.equal(baz.term.isValid(), false);
  assert.ok(baz.events.includes("15000 stopped 1 lost"));
});

Deno.test("the term of a leader cut off ends exactly D after its last good write was sent", async () => {
  await using baz = await new Candidate({
    fate: ({ at }) => at > 15_000 ? { refuse: away } : { before: 1_000, after: 500 },
  }).run();
  // The get takes 1.5 s, so the term's first write leaves at 1.5 s.
  await baz.clock.advance(41_499);
  baz.shows({ validUntil: 41_500, isValid: true, remaining: 1, isAborted: false });

  await baz.clock.advance(1);
  baz.shows({ isValid: false, remaining: 0 });
  assert.deepEqual(baz.events.slice(-2), ["41500 aborted 1", "41500 stopped 1 expired"]);
  assert.equal(baz.term.signal.reason.reason, "expired");
});

Deno.test("a leader cut off tries several times before its deadline, and then ends its term", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = () => ({ refuse: away });

  await baz.clock.advance(40_000);
  const attempts = baz.lock.calls.filter(({ at }) => at >= 15_000 && at < 40_000).length;
  assert.ok(attempts >= 4, `${attempts} attempts`);
  assert.ok(attempts <= 40, `${attempts} attempts`);
  assert.deepEqual(baz.events.slice(2), [
    "15000 error LockUnavailableError",
    "40000 aborted 1",
    "40000 stopped 1 expired",
  ]);
});

Deno.test("a leader whose calls all hang makes at least three before its deadline", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = () => ({ hang: "before" });

  await baz.clock.advance(40_000);
  assert.deepEqual(baz.calls.slice(2, 4), ["15000 update", "25000 get"]);
  assert.ok(baz.calls.length >= 5, baz.calls.join());
  assert.deepEqual(baz.events.slice(-2), ["40000 aborted 1", "40000 stopped 1 expired"]);
});

Deno.test("a leader whose calls hang once is back before its deadline", async () => {
  await using baz = await new Candidate({ fate: on("update", { hang: "before" }, 1) }).run(25_000);
  assert.deepEqual(baz.calls.slice(2), ["15000 update", "25000 get", "25000 update"]);
  baz.shows({ validUntil: 25_000 + 40_000, terms: 1 });
});

Deno.test("an answer that comes after its call was given up does not move the deadline on", async () => {
  await using baz = new Candidate();
  // Takes effect at 16 s, answers at 27 s: after its time-out at 25 s. All else is refused.
  await baz.run();
  baz.lock.fate = either(
    on("update", { before: 1_000, after: 11_000 }, 1),
    () => ({ refuse: away }),
  );
  await baz.clock.advance(39_999);
  assert.equal(baz.term.validUntil, 40_000);
  await baz.clock.advance(1);
  assert.equal(baz.events.at(-1), "40000 stopped 1 expired");
});

Deno.test("a write sent in the term's last moment whose answer comes after it revives nothing", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = ({ at }) => at < 36_000 ? { refuse: away } : { before: 500, after: 4_500 };
  await baz.clock.advance(42_000);
  baz.shows({ token: 1, isValid: false, terms: 1, lastEvent: "40000 stopped 1 expired" });
});

Deno.test("an acquisition whose answer comes D after it was sent begins no term", async () => {
  await using baz = new Candidate({
    leaseDuration: 20_000,
    renewDeadline: 10_000,
    retryPeriod: 3_000,
    requestTimeout: 5_000,
  });
  // The create takes effect, but until 10 s nobody can know.
  baz.lock.fate = either(
    on("create", { lose: UNKNOWN }),
    ({ nth, at }) => nth > 1 && at < 10_000 ? { refuse: away } : undefined,
  );
  await baz.run(19_000);
  baz.shows({ terms: 0, isLeader: false });
  await baz.clock.advance(40_000);
  baz.shows({ terms: 1, token: 2 });
});

Deno.test("an acquisition after a term that expired is a new term with a higher token", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = () => ({ refuse: away });
  await baz.clock.advance(40_000);
  const [first] = baz.terms;
  baz.lock.fate = () => undefined;

  await baz.clock.advance(100_000);
  assert.equal(baz.terms.length, 2);
  assert.notEqual(baz.term, first);
  baz.shows({ token: 2, transitions: 2 });
  assert.ok(baz.record?.acquireTime && baz.record.acquireTime > Date.UTC(2026, 0, 2, 3, 4, 45));
  assert.equal(first?.remaining(), 0);
  assert.throws(() => first?.assertValid(), TermEndedError);
  assert.equal(baz.term.isValid(), true);
});

Deno.test("loss, then release: a lost lock is taken again once its new holder releases it", async () => {
  await using baz = await new Candidate().run();
  const bing = new MemoryLock("bing", baz.store);
  const held = byBing(60, 1);
  await writeAs(baz.store, held, bing);
  await baz.clock.advance(17_000);
  assert.equal(baz.elector.leader(), "bing");

  await writeAs(baz.store, { ...held, holderIdentity: "", leaseDurationSeconds: 1 }, bing);
  await baz.clock.advance(3_000);
  assert.deepEqual(baz.calls.slice(-2), ["20000 get", "20000 update"]);
  baz.shows({ token: 2, holder: "baz" });
});

Deno.test("an unlucky writer is a follower: its lost race is no error", async () => {
  await using baz = new Candidate();
  const bing = new MemoryLock("bing", baz.store);
  baz.lock.fate = on("create", { before: 1_000 });
  await baz.run();
  await bing.create(record(byBing(60)));

  await baz.clock.advance(10_000);
  baz.shows({ events: ['6000 new leader "bing"'], outcome: "running" });
});
