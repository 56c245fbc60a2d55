import assert from "node:assert/strict";
import { DrainTimeoutError, DuplicateIdentityError, TermEndedError } from "../../elector/mod.ts";
import { LockAccessError, LockUnavailableError } from "../../lock/mod.ts";
import { afterwards, byBing, Candidate, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

const wrong = new Error("the clean-up went wrong");

Deno.test("lead() rejects with what its work threw after its caller's signal aborted", async () => {
  const baz = new Candidate();
  const stop = new AbortController();
  await baz.lead(afterwards(() => Promise.reject(wrong)), { signal: stop.signal });
  stop.abort();
  await baz.clock.advance(10_000);
  assert.equal(baz.outcome, wrong);
});

Deno.test("lead() rejects with TermEndedError where the work throws after its term was lost", async () => {
  const baz = await new Candidate().lead(afterwards(() => Promise.reject(wrong)));
  await writeAs(baz.store, byBing(60));
  await baz.clock.advance(15_000);
  assert.ok(baz.outcome instanceof TermEndedError);
  assert.equal(baz.outcome.cause, wrong);
});

Deno.test("lead() rejects with an AbortError where its elector is disposed of before it could lead", async () => {
  const baz = await new Candidate({ stored: byBing(60) }).lead(() => "never");
  await baz.elector[Symbol.asyncDispose]();
  await baz.clock.advance(0);
  assert.ok(baz.outcome instanceof DOMException);
  assert.equal(baz.outcome.name, "AbortError");
  assert.match(baz.outcome.message, /stopped/i);
});

Deno.test("lead() rejects with its signal's reason where that aborted before it could lead", async () => {
  const baz = new Candidate();
  const stop = new AbortController();
  await writeAs(baz.store, byBing(60));
  await baz.lead(() => "never", { signal: stop.signal });
  stop.abort(wrong);
  await baz.clock.advance(0);
  assert.equal(baz.outcome, wrong);
});

Deno.test("check() tolerates nothing beyond L by default", async () => {
  await using baz = await new Candidate({ stored: byBing(3_600) }).run();
  baz.lock.fate = () => ({ refuse: new LockUnavailableError("away") });
  await baz.clock.advance(60_000);
  assert.equal(baz.elector.check(), undefined);
  await baz.clock.advance(1);
  assert.match(String(baz.elector.check()?.message), /last reached 60001 ms ago/);
  assert.equal(baz.elector.check(1), undefined);
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

Deno.test("status() names a term's token until its last millisecond", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = () => ({ hang: "before" });
  baz.clock.skip(39_999);
  const { role, token, remaining } = baz.elector.status();
  assert.deepEqual({ role, token, remaining }, { role: "leader", token: 1, remaining: 1 });
  baz.clock.skip(1);
  const after = baz.elector.status();
  assert.deepEqual([after.token, after.remaining], [undefined, 0]);
});

Deno.test("lead() says first that its term was lost, though its work did not settle either", async () => {
  const baz = await new Candidate().lead(() => new Promise(() => {}));
  await writeAs(baz.store, byBing(60));
  await baz.clock.advance(15_000 + 30_000);
  assert.ok(baz.outcome instanceof TermEndedError, String(baz.outcome));
  assert.equal(baz.outcome.reason, "lost");
  assert.equal(baz.outcome.token, 1);
  assert.ok(baz.outcome.cause instanceof DrainTimeoutError);
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
