import assert from "node:assert/strict";
import { EMPTY_RECORD, type LeaderElectionRecord, LockConflictError } from "../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../store/mod.ts";

function heldBy(holderIdentity: string): LeaderElectionRecord {
  return { ...EMPTY_RECORD, holderIdentity, leaseDurationSeconds: 10 };
}

function setUp() {
  const store = new MemoryStore();
  return { store, a: new MemoryLock("a", store), b: new MemoryLock("b", store) };
}

Deno.test("MemoryLock.get() is undefined before the first record", async () => {
  const { a } = setUp();
  assert.equal(await a.get(), undefined);
});

Deno.test("MemoryLock.create() writes a record that every lock then reads, and only its writer owns", async () => {
  const { a, b } = setUp();
  const written = await a.create(heldBy("a"));
  const { session, sequence, ...record } = written.record;
  assert.deepEqual(record, { ...heldBy("a"), base: "nothing", protocol: "memory" });
  assert.match(`${session} ${sequence}`, /^[0-9a-f]{32} 1$/);
  assert.deepEqual([written.version, written.own], ["1", true]);
  assert.deepEqual(await a.get(), written);
  assert.deepEqual(await b.get(), { ...written, own: false });
});

Deno.test("MemoryLock distinguishes its own write from one of the same identity", async () => {
  const { store, a } = setUp();
  await a.create(heldBy("a"));
  assert.equal((await new MemoryLock("a", store).get())?.own, false);
});

Deno.test("case 23: a second create is a conflict and changes nothing", async () => {
  const { store, a, b } = setUp();
  await a.create(heldBy("a"));
  for (const lock of [a, b]) await assert.rejects(lock.create(heldBy("b")), LockConflictError);
  assert.equal((await a.get())?.record.holderIdentity, "a");
  assert.equal(store.writes, 1);
});

Deno.test("case 23: an update of a version that was replaced is a conflict and changes nothing", async () => {
  const { store, a, b } = setUp();
  const first = await a.create(heldBy("a"));
  // What a lock has never seen it refuses by itself.
  assert.equal((await b.get())?.version, first.version);
  const second = await a.update(heldBy("a"), first);
  assert.notEqual(second.version, first.version);
  await assert.rejects(b.update(heldBy("b"), first), LockConflictError);
  assert.equal((await b.get())?.version, second.version);
  assert.equal(store.writes, 2);
});

Deno.test("MemoryLock.update() is a conflict if nothing is stored", async () => {
  const { a, store } = setUp();
  await assert.rejects(a.update(heldBy("a"), { version: "1" }), LockConflictError);
  assert.equal(store.writes, 0);
});

Deno.test("of many racing writes on one version exactly one wins, and all agree which", async () => {
  const store = new MemoryStore();
  const locks = Array.from({ length: 8 }, (_, index) => new MemoryLock(`${index}`, store));
  const race = async (write: (lock: MemoryLock) => Promise<unknown>) => {
    const outcomes = await Promise.allSettled(locks.map(write));
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    const winner = locks[outcomes.findIndex(({ status }) => status === "fulfilled")];
    for (const lock of locks) {
      assert.equal((await lock.get())?.record.holderIdentity, winner?.identity);
    }
  };
  await race((lock) => lock.create(heldBy(lock.identity)));
  const seen = await locks[0]?.get();
  assert.ok(seen);
  await race((lock) => lock.update(heldBy(lock.identity), seen));
});

Deno.test("MemoryLock rejects every call with an aborted signal and changes nothing", async () => {
  const { store, a } = setUp();
  const reason = new Error("no longer needed");
  const options = { signal: AbortSignal.abort(reason) };
  await assert.rejects(a.get(options), reason);
  await assert.rejects(a.create(heldBy("a"), options), reason);
  const seen = await a.create(heldBy("a"));
  await assert.rejects(a.update(heldBy("b"), seen, options), reason);
  assert.equal(store.writes, 1);
});

Deno.test("MemoryLocks created without a store share nothing", async () => {
  await new MemoryLock("a").create(heldBy("a"));
  assert.equal(await new MemoryLock("b").get(), undefined);
});
