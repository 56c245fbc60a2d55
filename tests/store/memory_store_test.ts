import assert from "node:assert/strict";
import { EMPTY_RECORD, LockConflictError } from "../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../store/mod.ts";

// What a MemoryLock owes its callers as any lock does is in `tests/contract/`.

const HELD = { ...EMPTY_RECORD, holderIdentity: "a", leaseDurationSeconds: 10 };

Deno.test("MemoryLock.create() adds to the record what makes the write unique, and counts versions", async () => {
  const written = await new MemoryLock("a").create(HELD);
  const { session, sequence, ...record } = written.record;
  assert.deepEqual(record, { ...HELD, base: "nothing", protocol: "memory" });
  assert.match(`${session} ${sequence}`, /^[0-9a-f]{32} 1$/);
  assert.deepEqual([written.version, written.own], ["1", true]);
});

Deno.test("MemoryLock.update() is a conflict if nothing is stored", async () => {
  const store = new MemoryStore();
  const lock = new MemoryLock("a", store);
  await assert.rejects(lock.update(HELD, { version: "1" }), LockConflictError);
  assert.equal(store.writes, 0);
});

Deno.test("MemoryLocks created without a store share nothing", async () => {
  await new MemoryLock("a").create(HELD);
  assert.equal(await new MemoryLock("b").get(), undefined);
});
