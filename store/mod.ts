/**
 * Stores of a lease: a {@linkcode Store} is a text with compare-and-swap, and a {@linkcode StoreLock} is the `Lock`
 * over it. Gists and buckets are stores; {@linkcode MemoryStore} is one for tests.
 *
 * To keep the lease somewhere else, implement `Store` and check it with the contract in `tests/contract/`.
 *
 * @module
 */

export type {
  CallOptions,
  Clock,
  LeaderElectionRecord,
  Lock,
  LockTimings,
  Observed,
  Quota,
  RequestCounts,
  SleepOptions,
} from "../lock/mod.ts";
export { MOVED } from "./errors.ts";
export { MemoryLock, MemoryStore } from "./memory_store.ts";
export type { Snapshot, Store } from "./store.ts";
export type { StoreLockOptions } from "./lock_options.ts";
export { StoreLock } from "./store_lock.ts";
