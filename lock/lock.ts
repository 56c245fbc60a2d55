import type { Clock } from "./clock.ts";
import type { LeaderElectionRecord } from "./record.ts";

/** Options that every call to a {@linkcode Lock} takes. */
export interface CallOptions {
  /** Aborts the call. The outcome of an aborted write is unknown: read before writing again. */
  readonly signal?: AbortSignal | undefined;
  /**
   * For a read: whether the record must be proven before it is returned, which may cost one more request; see
   * {@linkcode Observed.isProven}. A write is always proven before it succeeds.
   *
   * @default {false}
   */
  readonly proof?: boolean | undefined;
}

/** The most requests that the calls of a lock need. Each may take `requestTimeout`. */
export interface RequestCounts {
  /** The requests of a proven read. */
  readonly read: number;
  /** The requests of a write that follows a read. */
  readonly write: number;
}

/** A quota of requests that the candidates of a lock share. */
export interface Quota {
  /** The number of requests left until {@linkcode Quota.resetAt}. */
  readonly remaining: number;
  /** When the quota is reset: a reading of the lock's monotonic clock, in milliseconds. */
  readonly resetAt: number;
}

/** Timings that suit a lock, in milliseconds; see `Timings` of the elector. */
export interface LockTimings {
  /** How long a lease lasts. */
  readonly leaseDuration: number;
  /** How long its holder may lead without a renewal. */
  readonly renewDeadline: number;
  /** How often the leader renews. */
  readonly retryPeriod: number;
  /** How often a follower polls. */
  readonly pollPeriod: number;
  /** The time limit of one request. */
  readonly requestTimeout: number;
}

/** The record in effect at some instant, and its version. */
export interface Observed {
  /** The record. */
  readonly record: LeaderElectionRecord;
  /**
   * Names the write that put this record in effect. Changes if and only if the record is written. Versions have no order:
   * compare them only for equality.
   */
  readonly version: string;
  /** Whether this `Lock` object wrote the record; `false` for another process with the same identity. */
  readonly own: boolean;
  /**
   * Whether the record is known to belong to the version. A store may pair the content of one write with the name of
   * another; such a record may be displayed, but no write may build on it.
   *
   * @default {true}
   */
  readonly isProven?: boolean | undefined;
}

/**
 * A {@linkcode LeaderElectionRecord} with compare-and-swap.
 *
 * This is client-go's `resourcelock.Interface` with one difference: the version that an update must follow is passed
 * explicitly, so that no decision depends on state hidden inside the lock.
 *
 * An implementation guarantees:
 *
 * - Of several racing calls of `create`, or of `update` on one version, at most one takes effect, and every later `get`
 *   agrees.
 * - A call that rejects with {@linkcode LockConflictError} has changed nothing.
 * - After any other rejection of `create` or `update` the outcome is unknown: the write may have taken effect, or may still,
 *   unless another write does first. A later `get` shows it by `own`.
 * - Every key of a record is kept: `session` and `sequence` identify an elector's own write if the response was lost.
 * - `get` may be stale. A proven result never pairs the record of one write with the version of another.
 */
export interface Lock {
  /** The identity that this candidate writes into the record, 1 to 128 characters without control characters. */
  readonly identity: string;
  /**
   * The most requests that the calls need.
   *
   * @default {{ read: 1, write: 1 }}
   */
  readonly requests?: RequestCounts | undefined;
  /**
   * Whether a write that lost a race leaves a revision behind that later reads have to go through. Candidates of such a
   * lock wait a random time before they write, and longer after each lost race.
   *
   * @default {false}
   */
  readonly keepsLostWrites?: boolean | undefined;
  /**
   * The default timings of an election. They must fit each other. All candidates of a lock should have the same.
   *
   * @default {undefined} `DEFAULT_TIMINGS` of the elector, which suit a gist
   */
  readonly defaultTimings?: LockTimings | undefined;
  /** The clock that measures its timeouts, if there are any; an elector uses the same. */
  readonly clock?: Clock | undefined;
  /** The time limit of one request, in milliseconds, if it sends any; an elector uses the same. */
  readonly requestTimeout?: number | undefined;
  /**
   * Reads the record in effect.
   *
   * @returns The record; `undefined` if the lock was never held.
   * @throws {InvalidRecordError} If the stored content is not a record; the error has its version.
   * @throws {LockError} If the store cannot be read; see its subclasses.
   */
  get(options?: CallOptions): Promise<Observed | undefined>;
  /**
   * Writes the first record.
   *
   * @throws {LockConflictError} If a record exists.
   * @throws {UnknownOutcomeError} If the write may have taken effect.
   */
  create(record: LeaderElectionRecord, options?: CallOptions): Promise<Observed>;
  /**
   * Replaces the record that was seen.
   *
   * @param record The new record.
   * @param seen The record to replace; only its version is used.
   * @throws {LockConflictError} If another version is in effect.
   * @throws {UnknownOutcomeError} If the write may have taken effect.
   */
  update(
    record: LeaderElectionRecord,
    seen: Pick<Observed, "version">,
    options?: CallOptions,
  ): Promise<Observed>;
  /**
   * Checks that the store honours conditional writes; a lock has this method only if that takes requests. An elector calls it
   * first, so that it does not use up the time of a claim, and then skips {@linkcode Lock.checkAccess}.
   *
   * @throws {UnsafeStoreError} If it does not. No election begins.
   * @throws {LockError} If the check failed. The election begins, and the lock repeats the check before it writes.
   */
  readonly prepare?: ((options?: CallOptions) => Promise<void>) | undefined;
  /**
   * Checks, without writing, that this candidate may write. A follower does so at its start, and every
   * {@linkcode Lock.accessCheckPeriod}.
   *
   * @throws {LockAccessError} If it may not.
   * @throws {LockError} If the check failed.
   */
  checkAccess?(options?: CallOptions): Promise<void>;
  /**
   * How often a follower repeats {@linkcode Lock.checkAccess}, in milliseconds.
   *
   * @default {86_400_000} a day
   */
  readonly accessCheckPeriod?: number | undefined;
  /** Returns the quota as of the last response; `undefined` if there is none. Sends nothing. */
  quota?(): Quota | undefined;
  /** Records an event of the election, such as "became leader", where users of this lock expect it. */
  recordEvent(message: string): void;
  /** Returns a name of the lock for logs and errors, without secrets. */
  describe(): string;
}
