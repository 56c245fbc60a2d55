import assert from "node:assert/strict";
import { LockUnavailableError } from "../../lock/mod.ts";
import { findFault } from "../../elector/health.ts";
import { DEFAULT_TIMINGS } from "../../elector/mod.ts";
import { LEADER } from "./machine/situation.ts";

/** What is wrong with a leader whose last renewal left at 90 s, and whom the store has answered since. */
function faultAt(monotonic: number, wall = 400_000 + monotonic): string | undefined {
  return findFault({
    lock: "the lock",
    state: { ...LEADER, contactAt: monotonic },
    isOverdue: false,
    refusal: undefined,
    now: { monotonic, wall },
    since: { monotonic, wall },
    tolerance: 0,
    timings: DEFAULT_TIMINGS,
  })?.message;
}

Deno.test("findFault() judges a leader by its renewals, though the store answers its reads", () => {
  assert.equal(faultAt(150_000), undefined);
  assert.match(faultAt(150_001) ?? "", /last renewed 60001 ms ago/);
});

Deno.test("findFault() judges a leader by the clock that says that more time has passed", () => {
  assert.match(faultAt(100_000, 600_000) ?? "", /last renewed 110000 ms ago/);
});

Deno.test("findFault() passes on why writes are refused, whatever it is", () => {
  const sources = {
    lock: "the lock",
    state: undefined,
    isOverdue: false,
    now: { monotonic: 0, wall: 0 },
    since: { monotonic: 0, wall: 0 },
    tolerance: 0,
    timings: DEFAULT_TIMINGS,
  };
  const refusal = new LockUnavailableError("no");
  assert.equal(findFault({ ...sources, refusal }), refusal);
  assert.match(findFault({ ...sources, refusal: "odd" })?.message ?? "", /refuses writes: odd/);
});
