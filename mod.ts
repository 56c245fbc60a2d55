/**
 * One leader among several clusters, and nothing to operate: the lease lives in a GitHub gist, or in an object of a
 * cloud bucket.
 *
 * A {@linkcode LeaderElector} campaigns for a {@linkcode Lock} and leads in terms. Each {@linkcode Term} has a fencing
 * token that rises, a signal that aborts when it ends, and `isValid()`, which reads the clocks. A {@linkcode GistLock}
 * and a {@linkcode BucketLock} are locks that clusters share; a {@linkcode MemoryLock} is one for a single process, and
 * for tests.
 *
 * **Not guaranteed.** A process can be paused between its call of `isValid()` and the moment when its effect reaches
 * the outside world. Only the resource can refuse that effect: send it the token, and let it refuse a token lower than
 * the highest that it has seen. Clocks must run within 2.5 % of true time. While the store is down, a leader steps down
 * at its deadline, and no other can lead.
 *
 * @example One term of work
 * ```ts
 * import { LeaderElector, MemoryLock } from "@multicluster/leader-election";
 *
 * await using elector = new LeaderElector({ lock: new MemoryLock("eu-west-1") }); // between clusters: a GistLock or a BucketLock
 * await elector.lead((term) => console.log(`leads with fencing token ${term.token}`));
 * ```
 *
 * @module
 */

export {
  type Clock,
  FakeClock,
  Fence,
  type Fetch,
  InvalidRecordError,
  type LeaderElectionRecord,
  type Lock,
  LockAccessError,
  LockConflictError,
  LockDeletedError,
  LockError,
  LockUnavailableError,
  type Observed,
  ProtocolMismatchError,
  RateLimitError,
  StaleTokenError,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "./lock/mod.ts";
export { MemoryLock, MemoryStore } from "./store/mod.ts";
export {
  DEFAULT_TIMINGS,
  DrainTimeoutError,
  DuplicateIdentityError,
  type ElectorStatus,
  type EndReason,
  failoverBounds,
  type LeaderCallbacks,
  LeaderElector,
  type LeaderElectorOptions,
  requestHandover,
  type Term,
  TermEndedError,
  type Timings,
  watch,
} from "./elector/mod.ts";
export { BucketLock, type BucketLockOptions } from "./bucket/mod.ts";
export { type AccessToken, GistLock, type GistLockOptions } from "./gist/mod.ts";
export type { Types } from "./types.ts";
