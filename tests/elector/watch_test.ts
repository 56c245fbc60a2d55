import assert from "node:assert/strict";
import { type Leadership, requestHandover, watch, type WatchOptions } from "../../elector/mod.ts";
import {
  EMPTY_RECORD,
  InvalidRecordError,
  type Lock,
  LockUnavailableError,
  RateLimitError,
} from "../../lock/mod.ts";
import { FakeClock } from "../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../store/mod.ts";
import { Candidate, record, writeAs } from "./candidate.ts";
import { ProbeLock } from "./probe_lock.ts";

const EU = { holderIdentity: "eu", leaseDurationSeconds: 60, renewTime: 0, leaderTransitions: 1 };

/** A watch in virtual time, with what it has yielded so far. */
function start(options: WatchOptions = {}) {
  const clock = new FakeClock();
  const store = new MemoryStore();
  const lock = new ProbeLock(new MemoryLock("observer", store), clock);
  const stop = new AbortController();
  const seen: string[] = [];
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const run = async () => {
    const changes = watch(lock as Lock, { clock, signal: stop.signal, onError, ...options });
    for await (const change of changes) seen.push(`${clock.monotonic()} ${describe(change)}`);
  };
  /** Watches for a while. */
  const during = async (ms: number) => {
    const done = run();
    await clock.advance(ms);
    stop.abort();
    await done;
  };
  return { clock, store, lock, stop, seen, errors, run, during };
}

function describe({ leader, state, token }: Leadership): string {
  return [leader ?? "nobody", state, ...(token === undefined ? [] : [token])].join(" ");
}

Deno.test("watch() yields at once, and at each change", async () => {
  const { clock, store, seen, stop, run } = start();
  const done = run();
  await clock.advance(12_000);
  await writeAs(store, EU);
  await clock.advance(5_000);
  await writeAs(store, { ...EU, renewTime: 1_000 });
  await clock.advance(5_000);
  await writeAs(store, { ...EU, holderIdentity: "us", leaderTransitions: 2 });
  await clock.advance(5_000);
  await writeAs(store, { ...EU, holderIdentity: "", leaderTransitions: 2 });
  await clock.advance(5_000);
  stop.abort();
  await done;
  assert.deepEqual(seen, [
    "0 nobody free",
    "15000 eu held 1",
    "25000 us held 2",
    "30000 nobody released 2",
  ]);
});

Deno.test("watch() finds a lease expired at its end, not at the next poll, by when it saw the version", async () => {
  const { clock, store, seen, during } = start({ pollPeriod: 50_000 });
  await writeAs(store, EU);
  await clock.advance(7_000);
  await during(130_000);
  assert.deepEqual(seen, ["7000 eu held 1", "67000 nobody expired 1"]);
});

Deno.test("watch() reads on after a failure, and reports each", async () => {
  const { store, lock, seen, errors, during } = start();
  await writeAs(store, EU);
  const away = new LockUnavailableError("away");
  lock.fate = ({ nth }) => nth === 2 || nth === 3 ? { refuse: away } : undefined;
  await during(21_000);
  assert.deepEqual(errors, [away, away]);
  assert.equal(lock.calls.length, 5);
  assert.deepEqual(seen, ["0 eu held 1"]);
});

Deno.test("watch() waits for the time that a store names", async () => {
  const { store, lock, during } = start();
  await writeAs(store, EU);
  lock.fate = ({ nth }) =>
    nth === 2 ? { refuse: new RateLimitError("slow down", 40_000) } : undefined;
  await during(46_000);
  assert.deepEqual(lock.calls.map(({ at }) => at), [0, 5_000, 40_000, 45_000]);
});

Deno.test("watch() rejects if the very first read fails", async () => {
  const { lock, run } = start();
  const away = new LockUnavailableError("away");
  lock.fate = () => ({ refuse: away });
  await assert.rejects(run(), away);
});

Deno.test("watch() yields what cannot be read as such, once", async () => {
  const { lock, seen, during } = start();
  const garbage = new InvalidRecordError("no record", { version: "v" });
  lock.fate = () => ({ refuse: garbage });
  await during(20_000);
  assert.deepEqual(seen, ["0 nobody unreadable"]);
});

Deno.test("watch() ends with its signal, also within a read, and with its reader", async () => {
  const hung = start();
  hung.lock.fate = () => ({ hang: "before", ignoresSignal: false });
  const done = hung.run();
  await hung.clock.advance(1_000);
  hung.stop.abort();
  await hung.clock.advance(0);
  await Promise.race([done, hung.clock.advance(1_000)]);

  const { lock, clock } = start();
  for await (const _ of watch(lock, { clock })) break;
  await clock.advance(60_000);
  assert.equal(lock.calls.length, 1);
});

Deno.test("watch() asks for no proof, and refuses a period that is not one", async () => {
  const { lock, clock } = start();
  for await (const { record: found } of watch(lock, { clock })) {
    assert.equal(found, undefined);
    break;
  }
  assert.equal(lock.calls[0]?.proof, false);
  await assert.rejects(watch(lock, { clock, pollPeriod: 0 }).next(), {
    name: "RangeError",
    message: "pollPeriod must be more than 0 ms, got 0",
  });
  assert.ok(record({}));
});

Deno.test("watch() yields a request for a handover, which keeps no dead leader alive", async () => {
  const clock = new FakeClock();
  const store = new MemoryStore();
  const lock = new MemoryLock("eu", store);
  await lock.create({
    ...EMPTY_RECORD,
    holderIdentity: "eu",
    leaseDurationSeconds: 10,
    renewTime: clock.wall(),
    session: "s",
    sequence: 1,
    rank: 0,
  });
  const stop = new AbortController();
  const seen: unknown[] = [];
  const watching = (async () => {
    const options = { clock, pollPeriod: 1_000, signal: stop.signal };
    for await (const { leader, state, preferredHolder } of watch(lock, options)) {
      seen.push([clock.monotonic(), leader, state, preferredHolder]);
    }
  })();
  // One request in each half of the lease, with another name in each.
  for (const name of ["us", "ap"]) {
    await clock.advance(4_000);
    const request = requestHandover(new MemoryLock("operator", store), name, { clock });
    await clock.advance(0);
    await request;
  }
  await clock.advance(20_000);
  stop.abort();
  await clock.advance(0);
  await watching;
  assert.deepEqual(seen, [
    [0, "eu", "held", undefined],
    [5_000, "eu", "held", "us"],
    [9_000, "eu", "held", "ap"],
    [10_000, undefined, "expired", "ap"],
  ]);
});

Deno.test("watch() ends with what onError throws or rejects with", async () => {
  for (const onError of [() => assert.fail("no log"), () => Promise.reject(new Error("no log"))]) {
    const { clock, lock, run } = start({ onError });
    const done = run();
    await clock.advance(0);
    lock.fate = () => ({ refuse: new LockUnavailableError("away") });
    const ended = assert.rejects(done, /no log/);
    await clock.advance(5_000);
    await ended;
  }
});

for (const retryAt of [NaN, Infinity, -Infinity]) {
  Deno.test(`a pause until ${retryAt} is none: watch() and a candidate go on at their pace`, async () => {
    const limit = new RateLimitError("wait", retryAt);
    const { lock, stop, clock, run } = start();
    const done = run();
    await clock.advance(0);
    lock.fate = () => ({ refuse: limit });
    await clock.advance(20_000);
    stop.abort();
    await done;
    assert.deepEqual(lock.calls.map(({ at }) => at), [0, 5_000, 10_000, 15_000, 20_000]);
    await using baz = new Candidate();
    Object.assign(baz.lock, { prepare: () => Promise.reject(limit) });
    await baz.run(0);
    assert.equal(baz.elector.isLeader(), true);
  });
}
