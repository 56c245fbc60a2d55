import type { LeaderElectionRecord } from "./record.ts";

/** Options that every call to a {@linkcode Lock} takes. */
export interface CallOptions {
  /** Gives the call up. The outcome of a write that was given up is unknown: read before you write again. */
  readonly signal?: AbortSignal;
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
 *   may yet, as long as nothing else does first. A `get` tells, by `own`.
 * - Every key of a record is kept: `session` and `sequence` tell an elector its own write when the answer was lost.
 * - `get` may be stale. It never mixes the record of one write with the version of another.
 */
export interface Lock {
  /** The identity that this candidate writes into the record, 1 to 128 characters without control characters. */
  readonly identity: string;
  /**
   * Reads the record in effect.
   *
   * @returns The record, or `undefined` where nobody ever held the lock.
   * @throws {InvalidRecordError} If what is stored is no record; the error carries its version.
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
  /** Notes an event of the election, such as "became leader", wherever this lock's users look for events. */
  recordEvent(message: string): void;
  /** Names the lock for people and logs. Contains no secret. */
  describe(): string;
}
