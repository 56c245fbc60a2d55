import type { Clock } from "./clock.ts";
import type { LeaderElectionRecord } from "./record.ts";

/** Options that every call to a {@linkcode Lock} takes. */
export interface CallOptions {
  /** Gives the call up. The outcome of a write that was given up is unknown: read before you write again. */
  readonly signal?: AbortSignal | undefined;
  /**
   * For a read: whether the record must be proven before it is returned; see {@linkcode Observed.isProven}. It may cost a
   * request more. A write is always proven before it counts as done.
   *
   * @default {false}
   */
  readonly proof?: boolean | undefined;
}

/** How many requests the calls of a lock need at most, each of which may take `requestTimeout`. */
export interface RequestCounts {
  /** Requests of one proven read. */
  readonly read: number;
  /** Requests of one write that follows a read. */
  readonly write: number;
}

/** What is left of a quota that the candidates of a lock share. */
export interface Quota {
  /** How many requests are left until {@linkcode Quota.resetAt}. */
  readonly remaining: number;
  /** When the quota is full again: a reading of the lock's monotonic clock, in milliseconds. */
  readonly resetAt: number;
}

/** Timings that suit a lock, in milliseconds; see `Timings` of the elector. */
export interface LockTimings {
  /** L: how long a lease lasts. */
  readonly leaseDuration: number;
  /** D: how long its holder may lead without a renewal. */
  readonly renewDeadline: number;
  /** R: how often the leader renews. */
  readonly retryPeriod: number;
  /** P: how often a follower looks. */
  readonly pollPeriod: number;
  /** τ: how long a request may take. */
  readonly requestTimeout: number;
}

/** A record as it stood in effect at some instant, and the name of that very write. */
export interface Observed {
  /** The record. */
  readonly record: LeaderElectionRecord;
  /**
   * Names the write that put this record in effect. It changes exactly when the record is written, and says nothing of
   * the order of two writes: compare it for equality only.
   */
  readonly version: string;
  /** Whether this very `Lock` object wrote the record; `false` for another process with the same identity. */
  readonly own: boolean;
  /**
   * Whether the record is known to belong to the version. A store may show the content of one write beside the name of
   * another; such a record may be shown to people, but no write may build on it.
   *
   * @default {true}
   */
  readonly isProven?: boolean | undefined;
}

/**
 * A place that holds one {@linkcode LeaderElectionRecord} and replaces it only where nobody else did first.
 *
 * This is client-go's `resourcelock.Interface` with one difference: the version that an update must follow is passed
 * explicitly, so that no decision depends on state hidden inside the lock.
 *
 * What an implementation owes its callers:
 *
 * - Of several racing `create`s or `update`s of one version, at most one takes effect, and every later `get` agrees.
 * - A call that rejects with {@linkcode LockConflictError} has changed nothing.
 * - Any other rejection of `create` or `update` leaves the outcome unknown: the write may have taken effect already, or
 *   may yet, as long as nothing else does first. A `get` shows it, by `own`.
 * - Every key of a record is kept: `session` and `sequence` tell an elector its own write when the answer was lost.
 * - `get` may be stale. It never mixes the record of one write with the version of another.
 */
export interface Lock {
  /** The identity that this candidate writes into the record, 1 to 128 characters without control characters. */
  readonly identity: string;
  /**
   * How many requests the calls need.
   *
   * @default {{ read: 1, write: 1 }}
   */
  readonly requests?: RequestCounts | undefined;
  /**
   * Whether a write that lost a race leaves something behind that later reads have to go through. Candidates of such a
   * lock wait at random before they write, and longer after each lost race.
   *
   * @default {false}
   */
  readonly keepsLostWrites?: boolean | undefined;
  /**
   * The timings of an election whose options say nothing else. They must fit each other. All candidates of a lock should have the
   * same.
   *
   * @default {undefined} `DEFAULT_TIMINGS` of the elector, which suit a gist
   */
  readonly defaultTimings?: LockTimings | undefined;
  /** The clock that the lock counts with, if it counts; an elector takes the same. */
  readonly clock?: Clock | undefined;
  /** How long one of its requests may take, in milliseconds, if it sends any; an elector takes the same. */
  readonly requestTimeout?: number | undefined;
  /**
   * Reads the record in effect.
   *
   * @returns The record, or `undefined` where nobody ever held the lock.
   * @throws {InvalidRecordError} If what is stored is not a record; the error carries its version.
   * @throws {LockError} If the store cannot be read; see its subclasses.
   */
  get(options?: CallOptions): Promise<Observed | undefined>;
  /**
   * Writes the first record.
   *
   * @throws {LockConflictError} If a record exists.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect.
   */
  create(record: LeaderElectionRecord, options?: CallOptions): Promise<Observed>;
  /**
   * Replaces the record that was seen.
   *
   * @param record The new record.
   * @param seen What it replaces; only the version counts.
   * @throws {LockConflictError} If the lock has moved on from that version.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect.
   */
  update(
    record: LeaderElectionRecord,
    seen: Pick<Observed, "version">,
    options?: CallOptions,
  ): Promise<Observed>;
  /**
   * Makes sure that the store can be trusted with a write; a lock has it only if that takes requests. An elector waits for it
   * before its first call, so that it takes no time of a claim, and does without a {@linkcode Lock.checkAccess} then.
   *
   * @throws {UnsafeStoreError} If it cannot be trusted. No election begins.
   * @throws {LockError} If that cannot be found out now. The election begins: the lock must find out before it writes.
   */
  readonly prepare?: ((options?: CallOptions) => Promise<void>) | undefined;
  /**
   * Checks, without writing, that this candidate may write. A follower does so at its start, and every
   * {@linkcode Lock.accessCheckPeriod}.
   *
   * @throws {LockAccessError} If it may not.
   * @throws {LockError} If it cannot be found out now.
   */
  checkAccess?(options?: CallOptions): Promise<void>;
  /**
   * How often a follower repeats {@linkcode Lock.checkAccess}, in milliseconds.
   *
   * @default {86_400_000} a day
   */
  readonly accessCheckPeriod?: number | undefined;
  /** What the last response said of the quota; `undefined` if there is none. Sends nothing. */
  quota?(): Quota | undefined;
  /** Notes an event of the election, such as "became leader", wherever this lock's users look for events. */
  recordEvent(message: string): void;
  /** Names the lock for people and logs. Contains no secret. */
  describe(): string;
}
