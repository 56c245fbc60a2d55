import type { CallOptions, Clock, LockTimings, Quota, RequestCounts } from "../lock/mod.ts";

/** The content in effect at some instant, and its version. */
export interface Snapshot {
  /** The content in effect; `undefined` if there never was one. */
  readonly content: string | undefined;
  /** Names the write that put the content in effect. Changes if and only if the content is written. */
  readonly version: string;
  /** The newest revision, which the next write must follow. It need not be in effect. */
  readonly head: string;
  /** Whether the content is known to belong to the version. A write may build only on a proven snapshot. */
  readonly isProven: boolean;
}

/**
 * A text with compare-and-swap. It knows nothing of leases: {@linkcode StoreLock} builds a `Lock` on it.
 */
export interface Store {
  /** How writers exclude each other. All candidates of one lock must use the same protocol; the record names it. */
  readonly protocol: string;
  /** The most requests that a proven read and a write need. */
  readonly requests: RequestCounts;
  /** Whether a write that lost a race leaves a revision behind that later reads have to go through. */
  readonly keepsLostWrites: boolean;
  /**
   * Reads the content in effect. May be stale. Without `proof`, the result may pair the content of one write with the
   * version of another; `isProven` is then `false`.
   *
   * @throws {LockDeletedError} If the text was deleted.
   * @throws {LockAccessError} If the credentials or the address are wrong.
   * @throws {RateLimitError} If requests are refused for some time.
   * @throws {LockUnavailableError} If the store cannot be reached, or its response cannot be used.
   */
  read(options?: CallOptions): Promise<Snapshot>;
  /**
   * Writes `content` if the head is still the one that was seen.
   *
   * @param content The new text: a record whose `base` is `seen.head`. No two writes may be equal.
   * @param seen The snapshot to replace.
   * @returns The content in effect: this write, or a later one on top of it in the same term.
   * @throws {LockConflictError} If another write came first; this one never takes effect.
   * @throws {UnknownOutcomeError} If the write may have taken effect, or may still.
   * @throws {LockAccessError} If the credentials do not allow it; nothing was written.
   * @throws {RateLimitError} If requests are refused for some time; nothing was written.
   */
  compareAndSwap(content: string, seen: Snapshot, options?: CallOptions): Promise<Snapshot>;
  /**
   * Checks that the store honours conditional writes, if that takes requests. Called before the first call, so that it does
   * not use up the time of a write.
   *
   * @throws {LockError} If it does not, or if the check failed.
   */
  prepare?(options?: CallOptions): Promise<void>;
  /**
   * Checks, without writing the text, that the credentials allow to write it.
   *
   * @throws {LockAccessError} If they do not.
   */
  checkAccess(options?: CallOptions): Promise<void>;
  /** See `Lock.accessCheckPeriod`. */
  readonly accessCheckPeriod?: number | undefined;
  /** See `Lock.defaultTimings`. */
  readonly defaultTimings?: LockTimings | undefined;
  /** See `Lock.clock`. */
  readonly clock?: Clock | undefined;
  /** See `Lock.requestTimeout`. */
  readonly requestTimeout?: number | undefined;
  /** Returns the quota as of the last response; `undefined` if there is none. */
  quota(): Quota | undefined;
  /** Returns a name of the store for logs and errors, without secrets. */
  describe(): string;
}
