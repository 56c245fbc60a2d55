import assert from "node:assert/strict";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { pollPace, renewPeriod } from "../../../elector/machine/quota.ts";
import type { Quota } from "../../../lock/mod.ts";
import { byBing, Candidate, type CandidateOptions } from "../candidate.ts";

// All candidates share one quota. Followers leave the leader what it needs of it.

const HOUR = 3_600_000;
const REST = { ...DEFAULT_TIMINGS, requests: { read: 2, write: 2 } };
const NOW = { monotonic: 1_000, wall: 0 };
const quota = (remaining: number, left = HOUR): Quota => ({ remaining, resetAt: 1_000 + left });

/** A candidate by rest, with a quota. */
function sharing(quota: () => Quota | undefined, options: CandidateOptions): Candidate {
  const baz = new Candidate(options);
  Object.assign(baz.lock, { requests: REST.requests, quota });
  return baz;
}

Deno.test("pollPace() is P without a quota, with a large one, and with one that has been reset", () => {
  for (const known of [undefined, quota(5_000), quota(0, 0), quota(0, -5)]) {
    assert.deepEqual(pollPace(known, NOW, REST), { period: 5_000, isScarce: false });
  }
});

Deno.test("pollPace() spreads what the leader and one takeover do not need over ten followers", () => {
  // The leader needs 480 requests an hour and 48 as a margin, a takeover 6.
  const table: [number, number, boolean][] = [
    [534 + 2_400, 5_000, false],
    [534 + 2_000, 18_000, false],
    [534 + 1_200, 30_000, false],
    [534 + 1_000, 36_000, true],
    [534 + 100, 360_000, true],
    [534, 600_000, true],
    [486, 600_000, true],
    [360, 600_000, true],
  ];
  for (const [remaining, period, isScarce] of table) {
    assert.deepEqual(pollPace(quota(remaining), NOW, REST), { period, isScarce });
  }
});

Deno.test("pollPace() is L/2 where the quota is far from enough for the leader", () => {
  for (const remaining of [359, 100, 0]) {
    assert.deepEqual(pollPace(quota(remaining), NOW, REST), { period: 30_000, isScarce: false });
  }
});

Deno.test("pollPace() waits for no longer than the reset", () => {
  assert.deepEqual(pollPace(quota(20, 100_000), NOW, REST), { period: 105_000, isScarce: true });
});

Deno.test("a follower slows down where the quota is short, says so, and is back at P after the reset", async () => {
  let known: Quota | undefined = quota(534 + 1_200, HOUR - 1_000);
  await using baz = sharing(() => known, { stored: byBing(86_400) });
  await baz.run();
  const { pollPeriod } = baz.elector.status();
  assert.ok(pollPeriod > 29_000 && pollPeriod < 31_000, String(pollPeriod));
  await baz.clock.advance(29_000);
  assert.equal(baz.calls.length, 1);
  await baz.clock.advance(2_000);
  assert.equal(baz.calls.length, 2);
  known = { remaining: 5_000, resetAt: 2 * HOUR };
  await baz.clock.advance(HOUR);
  assert.equal(baz.elector.status().pollPeriod, 5_000);
});

Deno.test("the claim of a lapsed lease goes out though the quota is scarce", async () => {
  await using baz = sharing(() => ({ remaining: 500, resetAt: HOUR }), { stored: byBing(60) });
  await baz.run(HOUR);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a scarce quota is not spent on a read at the lapse of the lease", async () => {
  const scarce = { remaining: 534 + 200, resetAt: HOUR };
  await using baz = sharing(() => scarce, { stored: byBing(60) });
  await baz.run(150_000);
  assert.deepEqual(baz.calls, ["0 get"]);
  await baz.clock.advance(50_000);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("the claim of a free lock goes out though the quota is scarce", async () => {
  const options = { random: () => 0.5, stored: { leaderTransitions: 3 } };
  await using baz = sharing(() => ({ remaining: 534, resetAt: HOUR }), options);
  baz.lock.keepsLostWrites = true;
  await baz.run(1_000);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("renewPeriod() is R while the quota lasts, and then what it allows, at most D/2", () => {
  const table: [Quota | undefined, number][] = [
    [undefined, 15_000],
    [quota(5_000), 15_000],
    [quota(540), 15_000],
    [quota(480), 7_200_000 / 426],
    [quota(420), 7_200_000 / 372],
    [quota(385), 20_000],
    [quota(0), 20_000],
    [quota(0, 0), 15_000],
  ];
  for (const [known, period] of table) assert.equal(renewPeriod(known, NOW, REST), period);
  const slow = { ...REST, retryPeriod: 30_000 };
  assert.equal(renewPeriod(quota(0), NOW, slow), 30_000);
});

Deno.test("a quota counts until its last millisecond", () => {
  const empty = (left: number) => ({ remaining: 0, resetAt: NOW.monotonic + left });
  // One that is spent lets nobody poll before it is reset, however soon that is.
  assert.deepEqual(pollPace(empty(100), NOW, REST), { period: 5_100, isScarce: false });
  assert.deepEqual(pollPace(empty(1), NOW, REST), { period: 5_001, isScarce: false });
  assert.deepEqual(pollPace(empty(0), NOW, REST), { period: 5_000, isScarce: false });
  assert.equal(renewPeriod(empty(1), NOW, REST), 20_000);
  assert.equal(renewPeriod(empty(0), NOW, REST), 15_000);
});
