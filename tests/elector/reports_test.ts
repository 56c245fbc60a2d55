import assert from "node:assert/strict";
import { DuplicateIdentityError } from "../../elector/mod.ts";
import { FailureLog } from "../../elector/campaign/failures.ts";
import { LockUnavailableError } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

// What `onError` hears: each kind of failure once, until calls of the same sort succeed again.

Deno.test("FailureLog takes failures that differ only in numbers for one kind, and others for others", () => {
  const log = new FailureLog();
  assert.equal(log.note("read", new Error("wait 59 s")), true);
  assert.equal(log.note("read", new Error("wait 58.5 s")), false);
  assert.equal(log.note("read", new TypeError("wait 58 s")), true);
  assert.equal(log.note("read", new Error("DNS lookup failed")), true);
  assert.equal(log.note("read", new Error("wait 3 s")), false);
  assert.equal(log.note("read", "no error"), true);
  assert.equal(log.note("read", "another"), false);
});

Deno.test("FailureLog takes a kind that reads and writes share for one, and forgets each with its sort", () => {
  const log = new FailureLog();
  assert.equal(log.note("write", new Error("away")), true);
  assert.equal(log.note("read", new Error("away")), false);
  log.succeed("write");
  assert.equal(log.note("write", new Error("away")), false);
  log.succeed("read");
  log.succeed("write");
  assert.equal(log.note("write", new Error("away")), true);
});

Deno.test("FailureLog puts a refusal before what failed last, a write before a read, and lets it go with a write", () => {
  const log = new FailureLog();
  const refusal = new Error("may not write");
  const shown = () => [log.last, log.refusal];
  assert.deepEqual(shown(), [undefined, undefined]);
  log.note("read", "read");
  assert.equal(log.last, "read");
  log.note("write", "write");
  log.note("read", "read again");
  assert.equal(log.last, "write");
  log.note("access", "access");
  assert.deepEqual(shown(), ["access", "access"]);
  assert.deepEqual([log.refuse(refusal), log.refuse(refusal)], [true, false]);
  for (const part of ["read", "access"] as const) {
    log.succeed(part);
    assert.deepEqual(shown(), [refusal, refusal]);
  }
  log.note("read", "read at last");
  log.succeed("write");
  assert.deepEqual(shown(), ["read at last", undefined]);
});

Deno.test("one kind of failure is reported once, though its message counts down and reads succeed between", async () => {
  await using baz = await new Candidate().run();
  let left = 100;
  baz.lock.fate = on("update", () => ({ refuse: new LockUnavailableError(`${left--} s left`) }));
  await baz.clock.advance(39_000);
  assert.ok(left < 95);
  assert.equal(baz.errors.length, 1);
});

const TWIN = { holderIdentity: "baz", leaseDurationSeconds: 60, session: "of another process" };
const twins = ({ errors }: Candidate) =>
  errors.filter((error) => error instanceof DuplicateIdentityError).length;

Deno.test("a follower reports another process under its identity once it has seen it renew", async () => {
  await using baz = new Candidate();
  const other = new MemoryLock("baz", baz.store);
  await writeAs(baz.store, { ...TWIN, sequence: 1 }, other);
  await baz.run(10_000);
  // It may be the process that this one has replaced.
  assert.equal(twins(baz), 0);
  for (let sequence = 2; sequence < 5; sequence++) {
    await writeAs(baz.store, { ...TWIN, sequence }, other);
    await baz.clock.advance(10_000);
  }
  assert.equal(twins(baz), 1);
  assert.match(String(baz.errors.at(-1)), /"baz".*identity of its own/);
});

Deno.test("a leader that loses its lease to another process under its identity says so", async () => {
  await using baz = await new Candidate().run();
  await writeAs(baz.store, { ...TWIN, leaderTransitions: 2 });
  await baz.clock.advance(15_000);
  assert.equal(twins(baz), 1);
  assert.ok(baz.events.includes("15000 stopped 1 lost"));
});

Deno.test("an answer to a call that was given up forgives no failure", async () => {
  await using baz = new Candidate({ stored: byBing(3_600) });
  // Each answer comes 2 s after its call was given up.
  baz.lock.fate = () => ({ after: 12_000, ignoresSignal: true });
  await baz.run(60_000);
  assert.equal(baz.errors.length, 1);
});
