import assert from "node:assert/strict";
import { wakeAt } from "../../../elector/machine/schedule.ts";
import { INITIAL_STATE, type State } from "../../../elector/machine/state.ts";
import { GIT, LEASE, NOW, READ, WRITE } from "./situation.ts";

function nextTick(change: Partial<State>): number {
  const state = { ...INITIAL_STATE, started: true, callAt: 105_000, ...change };
  return wakeAt({ config: GIT, now: NOW, effects: [], state, claims: false, asksOn: undefined });
}

Deno.test("wakeAt() is the next call, but not before the store allows one", () => {
  assert.equal(nextTick({}), 105_000);
  assert.equal(nextTick({ notBefore: 107_000 }), 107_000);
  assert.equal(nextTick({ notBefore: 101_000 }), 105_000);
});

Deno.test("wakeAt() is the time-out of the call in flight, whenever the next is due", () => {
  assert.equal(nextTick({ call: READ }), 109_500);
  assert.equal(nextTick({ call: READ, notBefore: 200_000 }), 109_500);
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
  assert.equal(nextTick({ stopping: true, call: READ }), 109_500);
});

Deno.test("wakeAt() is later than now while the lease lasts, though the clocks' rounding hides the difference", () => {
  const now = { ...NOW, monotonic: 146_500.6321825863, wall: 1_767_323_191_500.633 };
  const sentAt = { monotonic: 106_500.63218258631, wall: 1_767_323_151_500.634 };
  const remaining = GIT.renewDeadline - (now.monotonic - sentAt.monotonic);
  assert.ok(remaining > 0 && now.monotonic + remaining === now.monotonic);
  const state = { ...INITIAL_STATE, started: true, callAt: 200_000, lease: { ...LEASE, sentAt } };
  const turn = { config: GIT, now, effects: [], state, claims: false, asksOn: undefined };
  const at = wakeAt(turn);
  assert.ok(at > now.monotonic && at - now.monotonic < 0.01, String(at - now.monotonic));
});
