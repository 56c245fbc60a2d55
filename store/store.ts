import type { CallOptions, LockTimings, Quota, RequestCounts } from "../lock/mod.ts";

/** What a store holds in effect at some instant. */
export interface Snapshot {
  /** The text in effect; `undefined` if there never was one. */
  readonly content: string | undefined;
  /** Names the write that put the content in effect; changes exactly when the content is written. */
  readonly version: string;
  /** What the next write must follow. It may name a write that is not in effect. */
  readonly head: string;
  /** Whether the content is known to belong to the version. A write may build only on a proven snapshot. */
  readonly isProven: boolean;
}

/**
 * A text that is replaced only if nobody else replaced it first: a compare-and-swap. It knows nothing of leases.
 *
 * This is all that a place must offer so that a lease can live there; {@linkcode StoreLock} makes a `Lock` of it.
 */
export interface Store {
  /** How writers exclude each other. All candidates of one lock must use the same; the record says which. */
  readonly protocol: string;
  /** How many requests a proven read and a write need at most. */
  readonly requests: RequestCounts;
  /** Whether a write that lost a race leaves something behind that later reads have to go through. */
  readonly keepsLostWrites: boolean;
  /**
   * Reads what is in effect. May be stale. Without `proof` it may show the content of one write beside the name of another,
   * and then says so by `isProven`.
   *
   * @throws {LockDeletedError} If there was a text once, and there is none any more.
   * @throws {LockAccessError} If the credentials or the address are not right.
   * @throws {RateLimitError} If requests are refused for a while.
   * @throws {LockUnavailableError} If the store cannot be reached, or answers with something else.
   */
  read(options?: CallOptions): Promise<Snapshot>;
  /**
   * Writes `content` if the head is still the one that was seen.
   *
   * @param content The new text: a record whose `base` is `seen.head`. No two writes may be alike.
   * @param seen What it replaces.
   * @returns What is in effect: this write, or one on top of it that keeps its term.
   * @throws {LockConflictError} If somebody else wrote first; this write is and stays without effect.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect, or yet will.
   * @throws {LockAccessError} If it may not be written; nothing was.
   * @throws {RateLimitError} If requests are refused for a while; nothing was written.
   */
  compareAndSwap(content: string, seen: Snapshot, options?: CallOptions): Promise<Snapshot>;
  /**
   * Makes sure that the store can be trusted with a write, if that takes a request: before the first one, and not within its
   * deadline.
   *
   * @throws {LockError} If it cannot, or if that cannot be found out now.
   */
  prepare?(options?: CallOptions): Promise<void>;
  /**
   * Checks, without writing the text, that these credentials may write it.
   *
   * @throws {LockAccessError} If they may not.
   */
  checkAccess(options?: CallOptions): Promise<void>;
  /** How often {@linkcode Store.checkAccess} is repeated; see `Lock.accessCheckPeriod`. */
  readonly accessCheckPeriod?: number | undefined;
  /** Timings that suit it; see `Lock.defaultTimings`. */
  readonly defaultTimings?: LockTimings | undefined;
  /** What the last response said of the quota; `undefined` if there is none. */
  quota(): Quota | undefined;
  /** Names the place for people and logs. Contains no secret. */
  describe(): string;
}
