import assert from "node:assert/strict";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { wakeAt } from "../../../elector/machine/schedule.ts";
import { INITIAL_STATE, type State } from "../../../elector/machine/state.ts";

const CONFIG = {
  ...DEFAULT_TIMINGS,
  identity: "baz",
  session: "this campaign",
  requests: { read: 1, write: 1 },
  keepsLostWrites: false,
  rank: 0,
  failback: Infinity,
  readyGrace: Infinity,
};
const NOW = { monotonic: 100_000, wall: 500_000, random: 0, isReady: true };
const WRITE = { id: 1, sentAt: { monotonic: 90_000, wall: 490_000 }, token: 1, acquireTime: 0 };
const LEASE = { ...WRITE, open: true, reason: undefined, preferredHolder: "" };
const CALL = {
  id: 2,
  purpose: "read",
  proof: true,
  sentAt: 99_000,
  timeoutAt: 109_000,
  write: undefined,
} as const;

function nextTick(change: Partial<State>): number {
  const state = { ...INITIAL_STATE, started: true, callAt: 105_000, ...change };
  return wakeAt({ config: CONFIG, now: NOW, effects: [], state, claims: false, asksOn: undefined });
}

Deno.test("wakeAt() is the next call, but not before the store allows one", () => {
  assert.equal(nextTick({}), 105_000);
  assert.equal(nextTick({ notBefore: 107_000 }), 107_000);
  assert.equal(nextTick({ notBefore: 101_000 }), 105_000);
});

Deno.test("wakeAt() is the time-out of the call in flight, whenever the next is due", () => {
  assert.equal(nextTick({ call: CALL }), 109_000);
  assert.equal(nextTick({ call: CALL, notBefore: 200_000 }), 109_000);
});

Deno.test("wakeAt() is no later than the end of the lease, or of a drain", () => {
  assert.equal(nextTick({ lease: LEASE, callAt: 200_000 }), 130_000);
  assert.equal(nextTick({ lease: LEASE }), 105_000);
  assert.equal(nextTick({ drainUntil: 103_000 }), 103_000);
  assert.equal(nextTick({ drainUntil: 106_000 }), 105_000);
});

Deno.test("wakeAt() is never for a campaign that is over, or stops with nothing left to do", () => {
  assert.equal(nextTick({ finished: true, drainUntil: 103_000 }), Infinity);
  assert.equal(nextTick({ stopping: true }), Infinity);
  assert.equal(nextTick({ stopping: true, drainUntil: 103_000 }), 103_000);
});

Deno.test("wakeAt() goes on for a campaign that stops with a lease, an unclear write or a call", () => {
  assert.equal(nextTick({ stopping: true, lease: LEASE }), 105_000);
  assert.equal(nextTick({ stopping: true, unclear: WRITE }), 105_000);
  assert.equal(nextTick({ stopping: true, call: CALL }), 109_000);
});

Deno.test("wakeAt() is later than now while the lease lasts, though the clocks' rounding hides the difference", () => {
  const now = { ...NOW, monotonic: 146_500.6321825863, wall: 1_767_323_191_500.633 };
  const sentAt = { monotonic: 106_500.63218258631, wall: 1_767_323_151_500.634 };
  const remaining = CONFIG.renewDeadline - (now.monotonic - sentAt.monotonic);
  assert.ok(remaining > 0 && now.monotonic + remaining === now.monotonic);
  const state = { ...INITIAL_STATE, started: true, callAt: 200_000, lease: { ...LEASE, sentAt } };
  const turn = { config: CONFIG, now, effects: [], state, claims: false, asksOn: undefined };
  const at = wakeAt(turn);
  assert.ok(at > now.monotonic && at - now.monotonic < 0.01, String(at - now.monotonic));
});
