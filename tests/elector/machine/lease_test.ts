import assert from "node:assert/strict";
import {
  backoff,
  callTimeout,
  claimableAt,
  claimReadAt,
  expirySpread,
  isClaimable,
  isHeld,
  jittered,
  leaseDuration,
  nextToken,
  proofFrom,
  remainingLease,
  retryDelay,
} from "../../../elector/machine/lease.ts";
import { INITIAL_STATE } from "../../../elector/machine/state.ts";
import { EMPTY_RECORD, MAX_LEADER_TRANSITIONS } from "../../../lock/mod.ts";
import { GIT, HELD as SEEN, NOW, REST } from "./situation.ts";

const HELD = { ...SEEN, at: 40_000, versionAt: 40_000, termAt: 40_000, spread: 700 };
const RELEASED = { ...HELD, holder: "" };
const WAITING = { ...INITIAL_STATE, observed: HELD };
const ABSENT = { at: 30_000, spread: 200 };
const HOLD_BACK = { until: 300_000, token: 1 };

Deno.test("remainingLease() counts by the clock that says that more time has passed", () => {
  const sentAt = { monotonic: 90_000, wall: 490_000 };
  assert.equal(remainingLease(sentAt, NOW, GIT), 30_000);
  assert.equal(remainingLease({ ...sentAt, wall: 480_000 }, NOW, GIT), 20_000);
  assert.equal(remainingLease({ ...sentAt, wall: 900_000 }, NOW, GIT), 30_000);
});

Deno.test("isClaimable() is false until the whole lease has passed, unless it was released", () => {
  assert.equal(isClaimable(HELD, { monotonic: 99_999, wall: 0 }), false);
  assert.equal(isClaimable(HELD, { monotonic: 100_000, wall: 0 }), true);
  assert.equal(isClaimable(RELEASED, { monotonic: 40_000, wall: 0 }), true);
  assert.equal(isClaimable({ ...HELD, holder: undefined }, { monotonic: 41_000, wall: 0 }), false);
});

Deno.test("leaseDuration() is the record's, and at least a second", () => {
  for (const [seconds, ms] of [[0, 1_000], [1, 1_000], [2, 2_000], [60, 60_000]] as const) {
    assert.equal(leaseDuration({ ...EMPTY_RECORD, leaseDurationSeconds: seconds }), ms);
  }
});

Deno.test("nextToken() is one more than the highest, the unclear attempt's own, and none beyond the limit", () => {
  assert.equal(nextToken(INITIAL_STATE), 1);
  assert.equal(nextToken({ ...INITIAL_STATE, highestToken: 7 }), 8);
  const unclear = { id: 1, sentAt: NOW, token: 5, acquireTime: 0 };
  assert.equal(nextToken({ ...INITIAL_STATE, highestToken: 7, unclear }), 5);
  const last = MAX_LEADER_TRANSITIONS;
  assert.equal(nextToken({ ...INITIAL_STATE, highestToken: last - 1 }), last);
  assert.equal(nextToken({ ...INITIAL_STATE, highestToken: last }), undefined);
});

Deno.test("retryDelay() is none for the first, then D / 20, and never more than R", () => {
  const delays = [0, 1, 2, 3, 100].map((failures) => retryDelay(failures, GIT));
  assert.deepEqual(delays, [0, 0, 2_000, 2_000, 2_000]);
  assert.equal(retryDelay(2, { ...GIT, retryPeriod: 1_500 }), 1_500);
});

Deno.test("callTimeout() is τ for a request, 4 τ for several, and half of what remains", () => {
  const table = [
    [1, Infinity, 10_000],
    [1, 20_000, 10_000],
    [1, 19_000, 9_500],
    [2, Infinity, 40_000],
    [2, 80_000, 40_000],
    [2, 30_000, 15_000],
  ] as const;
  for (const [requests, remaining, ms] of table) {
    assert.equal(callTimeout(requests, remaining, GIT), ms);
  }
});

/** What a candidate may wait for, and when it may claim and reads to claim: by git, and by rest. */
const WAITS = [
  [WAITING, { claim: [100_000, 100_700], read: [100_700, 100_700] }],
  [{ ...WAITING, observed: RELEASED }, { claim: [40_000, 40_700], read: [40_000, 40_700] }],
  [{ ...INITIAL_STATE, absent: ABSENT }, { claim: [30_000, 30_200], read: [30_000, 30_200] }],
  [INITIAL_STATE, { claim: [Infinity, Infinity], read: [Infinity, Infinity] }],
] as const;

Deno.test("claimableAt() is the end of the lease, the spread later if lost writes are kept", () => {
  for (const [state, { claim }] of WAITS) {
    assert.deepEqual([GIT, REST].map((config) => claimableAt(state, config)), claim);
  }
});

Deno.test("claimableAt() waits for the pace of claims that failed, and for what is held back for", () => {
  assert.equal(claimableAt({ ...WAITING, claimFrom: 200_000 }, GIT), 200_000);
  assert.equal(claimableAt({ ...WAITING, claimFrom: 50_000 }, GIT), 100_000);
  assert.equal(claimableAt({ ...WAITING, claimFrom: 200_000, holdBack: HOLD_BACK }, GIT), 300_000);
});

Deno.test("claimReadAt() is the spread after the end of the lease, and at once for a lock that is free by git", () => {
  for (const [state, { read }] of WAITS) {
    assert.deepEqual([GIT, REST].map((config) => claimReadAt(state, config)), read);
  }
  assert.equal(claimReadAt({ ...WAITING, holdBack: HOLD_BACK }, GIT), 300_000);
});

Deno.test("proofFrom() is when a claim may follow, or a poll earlier if lost writes are kept", () => {
  assert.equal(proofFrom(WAITING, GIT), 100_000);
  assert.equal(proofFrom({ ...WAITING, claimFrom: 200_000 }, GIT), 200_000);
  assert.equal(proofFrom(WAITING, REST), 95_000);
  assert.equal(proofFrom({ ...INITIAL_STATE, absent: ABSENT }, REST), 25_000);
  assert.equal(proofFrom(INITIAL_STATE, REST), -Infinity);
});

Deno.test("jittered() draws from the last fifth of a period", () => {
  assert.equal(jittered(5_000, 0), 5_000);
  assert.equal(jittered(5_000, 0.5), 4_500);
  assert.equal(jittered(5_000, 1), 4_000);
});

Deno.test("expirySpread() is even up to 0.2 P by git, and has four slots by rest, the last the likeliest", () => {
  assert.deepEqual([0, 0.5, 1].map((random) => expirySpread(random, GIT)), [0, 500, 1_000]);
  // Of 255 parts the slots have 3, 12, 48 and 192.
  const slots = [0, 2.9, 3.1, 14.9, 15.1, 62.9, 63.1, 254.9];
  const spreads = slots.map((part) => Math.round(expirySpread(part / 255, REST)));
  assert.deepEqual(spreads, [0, 0, 333, 333, 667, 667, 1_000, 1_000]);
  assert.equal(expirySpread(1, REST), 1_000);
});

Deno.test("backoff() doubles from P to L, and random spreads it", () => {
  const longest = [1, 2, 3, 4, 5, 6, 1_000].map((failed) => backoff(failed, 1, GIT));
  assert.deepEqual(longest, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  assert.equal(backoff(2, 0.25, GIT), 2_500);
  const day = { ...GIT, pollPeriod: 1_000, leaseDuration: 86_400_000 };
  const hours = [10, 17, 18, 5_000].map((failed) => backoff(failed, 1, day));
  assert.deepEqual(hours, [512_000, 65_536_000, 65_536_000, 65_536_000]);
  assert.equal(backoff(3, 0, GIT), 0);
});

Deno.test("isHeld() is true for a holder, and for what cannot be read", () => {
  assert.equal(isHeld({ observed: undefined }), false);
  assert.equal(isHeld({ observed: RELEASED }), false);
  assert.equal(isHeld({ observed: HELD }), true);
  assert.equal(isHeld({ observed: { ...HELD, holder: undefined } }), true);
});
