import assert from "node:assert/strict";
import { LockAccessError, LockUnavailableError } from "../../lock/mod.ts";
import { findFault } from "../../elector/health.ts";
import { DEFAULT_TIMINGS, DuplicateIdentityError } from "../../elector/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";
import { LEADER } from "./machine/situation.ts";
import { on } from "./probe_lock.ts";

const away = new LockUnavailableError("the store is away");

const follower = () => new Candidate({ stored: byBing(86_400) }).run();
const leader = () => new Candidate().run();

for (
  const [name, make] of [
    ["case 18: check() has no objection to a follower", follower],
    ["case 19: check() has no objection to a leader that renewed just now", leader],
  ] as const
) {
  Deno.test(name, async () => {
    await using baz = await make();
    baz.shows({ fault: undefined });
    await baz.clock.advance(300_000);
    baz.shows({ fault: undefined });
  });
}

Deno.test("case 18: check() has no objection where no campaign runs", async () => {
  const baz = new Candidate();
  baz.clock.skip(300_000);
  baz.shows({ fault: undefined });
  await baz.run();
  await baz.stop();
  baz.clock.skip(300_000);
  baz.shows({ fault: undefined });
});

Deno.test("case 20: check() names the lock where a leader renewed longer ago than L and the tolerance", async () => {
  await using baz = await new Candidate().run(15_000);

  // The event loop is blocked; only the health endpoint's own thread of thought goes on.
  baz.clock.skip(60_000);
  assert.equal(baz.elector.check(0), undefined);
  baz.clock.skip(1);
  assert.match(baz.elector.check(0)?.message ?? "", /the probe of baz/);
  assert.equal(baz.elector.check(1_000), undefined);
  baz.clock.skip(1_000);
  assert.ok(baz.elector.check(1_000) instanceof Error);
});

Deno.test("case 21: check() objects to a follower that has not reached the store for L and the tolerance", async () => {
  await using baz = await follower();
  await baz.clock.advance(5_000);
  baz.lock.fate = () => ({ refuse: away });

  await baz.clock.advance(60_000);
  assert.equal(baz.elector.check(), undefined);
  await baz.clock.advance(1);
  const { message } = baz.elector.check() ?? {};
  assert.match(message ?? "", /the probe of baz was last reached 60001 ms ago/);
  assert.equal(baz.elector.check(5_000), undefined);
  await baz.clock.advance(5_000);
  assert.ok(baz.elector.check(5_000) instanceof Error);

  baz.lock.fate = () => undefined;
  await baz.clock.advance(5_000);
  assert.equal(baz.elector.check(0), undefined);
});

Deno.test("case 21: check() objects to a candidate that never reached the store", async () => {
  await using baz = await new Candidate({ fate: () => ({ hang: "before" }) }).run(60_000);
  assert.equal(baz.elector.check(0), undefined);
  await baz.clock.advance(1);
  assert.ok(baz.elector.check(0) instanceof Error);
});

/** What `status()` gives besides the record, which has tests of its own. */
function statusOf({ elector }: Candidate) {
  const { observed: _, ...status } = elector.status();
  return status;
}

Deno.test("status() describes a campaign from its start to its end", async () => {
  const baz = new Candidate();
  const idle = {
    identity: "baz",
    lock: "the probe of baz",
    role: "idle",
    leader: undefined,
    token: undefined,
    remaining: 0,
    lastContact: undefined,
    lastError: undefined,
    refusedFor: undefined,
    pollPeriod: 5_000,
    rank: 0,
    ready: undefined,
    preferredHolder: undefined,
  };
  const read = { ...idle, ready: true, preferredHolder: "" };
  assert.deepEqual(statusOf(baz), idle);

  await writeAs(baz.store, byBing(10));
  await baz.run(2_000);
  const follower = { ...read, role: "follower", leader: "bing", lastContact: 2_000 };
  assert.deepEqual(statusOf(baz), follower);

  await baz.clock.advance(9_000);
  const term = { role: "leader", leader: "baz", token: 1, remaining: 39_000 };
  assert.deepEqual(statusOf(baz), { ...read, ...term, lastContact: 1_000 });

  baz.lock.fate = () => ({ refuse: away });
  await baz.clock.advance(20_000);
  assert.equal(baz.elector.status().lastError, "the store is away");
  baz.lock.fate = () => undefined;
  await baz.stop();
  assert.deepEqual(statusOf(baz), { ...read, lastContact: 0 });
});

const SOURCES = {
  lock: "the lock",
  state: undefined,
  isOverdue: false,
  refusal: undefined,
  now: { monotonic: 0, wall: 0 },
  since: { monotonic: 0, wall: 0 },
  tolerance: 0,
  timings: DEFAULT_TIMINGS,
};

/** What is wrong with a leader whose last renewal left at 90 s, and whom the store has answered since. */
function faultAt(monotonic: number, wall = 400_000 + monotonic): string | undefined {
  const now = { monotonic, wall };
  const state = { ...LEADER, contactAt: monotonic };
  return findFault({ ...SOURCES, state, now, since: now })?.message;
}

Deno.test("findFault() judges a leader by its renewals, though the store answers its reads", () => {
  assert.equal(faultAt(150_000), undefined);
  assert.match(faultAt(150_001) ?? "", /last renewed 60001 ms ago/);
});

Deno.test("findFault() judges a leader by the clock that says that more time has passed", () => {
  assert.match(faultAt(100_000, 600_000) ?? "", /last renewed 110000 ms ago/);
});

Deno.test("findFault() passes on why writes are refused, whatever it is", () => {
  const refusal = new LockUnavailableError("no");
  assert.equal(findFault({ ...SOURCES, refusal }), refusal);
  assert.match(findFault({ ...SOURCES, refusal: "odd" })?.message ?? "", /refuses writes: odd/);
});

Deno.test("check() gives each campaign a lease to reach the store, however long ago the last one was", async () => {
  const baz = new Candidate({ fate: () => ({ hang: "before" }) });
  for (let campaign = 0; campaign < 2; campaign++) {
    baz.clock.skip(1_000_000);
    await baz.run(60_000);
    assert.equal(baz.elector.check(), undefined);
    await baz.clock.advance(1);
    assert.match(String(baz.elector.check()?.message), /last reached 60001 ms ago/);
    await baz.end();
  }
});

Deno.test("status() takes a lock that does not say what its requests cost to need one for each call", async () => {
  await using baz = new Candidate();
  const HOUR = 3_600_000;
  // The leader needs 240 requests an hour and 24 as a margin, a takeover 3: 1,000 are left for polls of ten followers.
  baz.lock.quota = () => ({ remaining: 267 + 1_000, resetAt: HOUR });
  await writeAs(baz.store, byBing(3_600));
  await baz.run();
  assert.equal(baz.elector.status().pollPeriod, 36_000);
});

Deno.test("a duplicate identity is reported, and is no failure of a call to status()", async () => {
  await using baz = await new Candidate().run();
  const twin = { holderIdentity: "baz", leaseDurationSeconds: 60, session: "of another process" };
  await writeAs(baz.store, { ...twin, leaderTransitions: 1 });
  await baz.clock.advance(15_000);
  assert.ok(baz.errors.at(-1) instanceof DuplicateIdentityError);
  assert.equal(baz.elector.status().lastError, undefined);
});

Deno.test("status() says how long writes have been refused", async () => {
  await using baz = new Candidate({
    stored: {},
    fate: on("update", { refuse: new LockAccessError("read only", 403) }),
  });
  baz.clock.skip(7_000);
  await baz.run();
  assert.equal(baz.elector.status().refusedFor, 0);
  await baz.clock.advance(30_000);
  assert.equal(baz.elector.status().refusedFor, 30_000);
  baz.lock.fate = () => undefined;
  await baz.clock.advance(120_000);
  assert.equal(baz.elector.status().refusedFor, undefined);
});
