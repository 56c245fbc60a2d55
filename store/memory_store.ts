import { LockConflictError } from "../lock/errors.ts";
import type { CallOptions, Lock, Observed } from "../lock/lock.ts";
import type { LeaderElectionRecord } from "../lock/record.ts";

/** What the {@linkcode MemoryLock}s of one lock share. */
export class MemoryStore {
  /** The record in effect, with its version and the lock object that wrote it. */
  current: { record: LeaderElectionRecord; version: string; writer: MemoryLock } | undefined;
  /** How many writes have taken effect. */
  writes = 0;
}

/**
 * A lock in this process's memory: a true compare-and-swap, for tests and for trying things out.
 *
 * @example Of two writers that have read the same version, one wins
 * ```ts
 * import assert from "node:assert/strict";
 * import { EMPTY_RECORD, LockConflictError, MemoryLock, MemoryStore } from "@multicluster/leader-election/lock";
 *
 * const store = new MemoryStore();
 * const first = new MemoryLock("a", store);
 * const second = new MemoryLock("b", store);
 * const seen = await first.create({ ...EMPTY_RECORD, holderIdentity: "a" });
 * await second.update({ ...EMPTY_RECORD, holderIdentity: "b" }, seen);
 * await assert.rejects(
 *   first.update({ ...EMPTY_RECORD, holderIdentity: "a" }, seen),
 *   LockConflictError,
 * );
 * ```
 */
export class MemoryLock implements Lock {
  /** The identity of this candidate. */
  readonly identity: string;
  readonly #store: MemoryStore;

  /** Makes a candidate's lock on a store that it shares with the others. */
  constructor(identity: string, store: MemoryStore = new MemoryStore()) {
    this.identity = identity;
    this.#store = store;
  }

  /** Reads the record in effect; `undefined` where nobody ever held the lock. */
  // deno-lint-ignore require-await -- an abort must reject, not throw
  async get(options?: CallOptions): Promise<Observed | undefined> {
    options?.signal?.throwIfAborted();
    return this.#observed();
  }

  /**
   * Writes the first record.
   *
   * @throws {LockConflictError} If a record exists.
   */
  // deno-lint-ignore require-await -- a conflict must reject, not throw
  async create(record: LeaderElectionRecord, options?: CallOptions): Promise<Observed> {
    options?.signal?.throwIfAborted();
    const current = this.#store.current;
    if (current) {
      throw new LockConflictError(
        `Cannot create the record as there is one: version ${current.version}`,
      );
    }
    return this.#write(record);
  }

  /**
   * Replaces the record that was seen.
   *
   * @throws {LockConflictError} If the lock has moved on from that version.
   */
  // deno-lint-ignore require-await -- a conflict must reject, not throw
  async update(
    record: LeaderElectionRecord,
    seen: Pick<Observed, "version">,
    options?: CallOptions,
  ): Promise<Observed> {
    options?.signal?.throwIfAborted();
    const version = this.#store.current?.version;
    if (version !== seen.version) {
      throw new LockConflictError(
        `Cannot update version ${seen.version} of the record as the lock moved on: it is at ${
          version ?? "nothing"
        }`,
      );
    }
    return this.#write(record);
  }

  /** Does nothing: nobody looks for events here. */
  recordEvent(_message: string): void {}

  /** Names the lock. */
  describe(): string {
    return "a lock in memory";
  }

  #write(record: LeaderElectionRecord): Observed {
    this.#store.writes++;
    this.#store.current = { record, version: String(this.#store.writes), writer: this };
    return { record, version: this.#store.current.version, own: true };
  }

  #observed(): Observed | undefined {
    const current = this.#store.current;
    return current &&
      { record: current.record, version: current.version, own: current.writer === this };
  }
}
