import assert from "node:assert/strict";
import { LockAccessError, LockUnavailableError } from "../../lock/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";

// A preparation that fails, or is not over when its campaign is, says no more than it knows.

const DENIED = new LockAccessError("read only", 403);

Deno.test("a preparation that fails as the store is away is no refusal", async () => {
  await using baz = new Candidate({ fate: () => ({ hang: "before" }) });
  baz.lock.prepare = () => Promise.reject(new LockUnavailableError("away"));
  await baz.run();
  assert.equal(baz.elector.check(), undefined);
  assert.match(baz.elector.status().lastError ?? "", /away/);
});

Deno.test("a preparation that is refused is a fault until one passes, and not only until one is given up", async () => {
  await using baz = new Candidate({ stored: byBing(3_600) });
  baz.lock.prepare = () => Promise.reject(DENIED);
  await baz.run();
  assert.equal(baz.elector.check(), DENIED);
  await baz.stop();
  baz.lock.prepare = () => new Promise(() => {});
  await baz.run();
  await baz.stop();
  assert.equal(baz.outcome, "ended");
  assert.equal(baz.elector.check(), DENIED);
  baz.lock.prepare = () => Promise.resolve();
  await baz.run();
  assert.equal(baz.elector.check(), undefined);
});

Deno.test("a preparation that a stop aborts is not reported", async () => {
  const baz = new Candidate();
  baz.lock.prepare = (call = {}) =>
    new Promise((_, reject) => call.signal?.addEventListener("abort", () => reject(DENIED)));
  await baz.run();
  await baz.stop();
  assert.equal(baz.outcome, "ended");
  assert.deepEqual(baz.errors, []);
  assert.equal(baz.elector.check(), undefined);
});

Deno.test("a check of access that fails after its campaign has ended is not reported", async () => {
  const baz = new Candidate();
  const check = Promise.withResolvers<void>();
  baz.lock.checkAccess = () => check.promise;
  await writeAs(baz.store, byBing(3_600));
  await baz.run();
  await baz.stop();
  check.reject(DENIED);
  await baz.clock.advance(0);
  assert.deepEqual(baz.errors, []);
  assert.equal(baz.elector.check(), undefined);
});
