import assert from "node:assert/strict";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { retryDelay } from "../../../elector/machine/lease.ts";

// An elector that leaves no time between its attempts never lets a test in virtual time end: that proves nothing.
Deno.test("retryDelay() repeats the first attempt at once, and leaves time between later ones", () => {
  const delays = (timings: Partial<typeof DEFAULT_TIMINGS>) =>
    [1, 2, 3, 100].map((failures) => retryDelay(failures, { ...DEFAULT_TIMINGS, ...timings }));
  assert.deepEqual(delays({ renewDeadline: 40_000 }), [0, 2_000, 2_000, 2_000]);
  assert.deepEqual(delays({ renewDeadline: 40_000, retryPeriod: 500 }), [0, 500, 500, 500]);
});
