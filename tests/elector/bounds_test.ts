import assert from "node:assert/strict";
import { checkTimings, DEFAULT_TIMINGS, failoverBounds } from "../../elector/mod.ts";

// The bounds that the README promises.

Deno.test("failoverBounds() by git is L + 1.2 P + 6 τ after a crash, and P + 3 τ after a release", () => {
  const bounds = failoverBounds(DEFAULT_TIMINGS, { read: 2, write: 1 });
  assert.deepEqual(bounds, { crash: 126_000, release: 35_000 });
});

Deno.test("failoverBounds() by rest is L + 1.2 P + 8 τ after a crash, and 1.2 P + 5 τ after a release", () => {
  const bounds = failoverBounds(DEFAULT_TIMINGS, { read: 2, write: 2 }, true);
  assert.deepEqual(bounds, { crash: 146_000, release: 56_000 });
});

Deno.test("failoverBounds() takes a call for one request where nothing else is said", () => {
  assert.deepEqual(failoverBounds(DEFAULT_TIMINGS), { crash: 106_000, release: 25_000 });
});

Deno.test("checkTimings() says what a lease may be at most, in milliseconds", () => {
  assert.throws(() => checkTimings({ leaseDuration: 86_401_000 }), /86400000/);
});
