/**
 * Where a lease can live: a {@linkcode Store} is a text that is replaced only if nobody else replaced it first, and a
 * {@linkcode StoreLock} is the `Lock` over it. Gists and buckets are stores; {@linkcode MemoryStore} is one for tests.
 *
 * To keep the lease somewhere else, implement `Store`, and let the contract in `tests/contract/` check it.
 *
 * @module
 */

export { MemoryLock, MemoryStore } from "./memory_store.ts";
export type { Snapshot, Store } from "./store.ts";
export { StoreLock, type StoreLockOptions } from "./store_lock.ts";
