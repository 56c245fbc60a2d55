import {
  type CallOptions,
  checkIdentity,
  type Clock,
  formatRecord,
  type LeaderElectionRecord,
  type Lock,
  LockConflictError,
  LockError,
  type LockTimings,
  type Observed,
  type Quota,
  type RequestCounts,
} from "../lock/mod.ts";
import { randomSession } from "../lock/system.ts";
import { continuesTerm } from "./continues_term.ts";
import { otherProtocolError, unreadableError } from "./errors.ts";
import type { StoreLockOptions } from "./lock_options.ts";
import { parseText } from "./parser.ts";
import { RecentMap } from "./recent_map.ts";
import type { Snapshot, Store } from "./store.ts";

/** The most attempts of a renewal or a release that void writes of other candidates precede. */
const MAX_ATTEMPTS = 4;
/** The most contents to remember as sent or returned. Only the newest can still be in effect. */
const MAX_TEXTS = 32;

/**
 * The implementation of `Lock` over any {@linkcode Store}.
 *
 * It adds to each record the protocol, the head that the write must follow, and a session and sequence number that make the
 * write unique: the caller's, or by default those of this object.
 *
 * @example A lock in the memory of this process
 * ```ts
 * import { EMPTY_RECORD } from "@multicluster/leader-election/lock";
 * import { MemoryStore, StoreLock } from "@multicluster/leader-election/store";
 *
 * const lock = new StoreLock(new MemoryStore(), { identity: "eu-west-1" });
 * const seen = await lock.create({ ...EMPTY_RECORD, holderIdentity: lock.identity });
 * await lock.update({ ...EMPTY_RECORD, holderIdentity: "" }, seen);
 * ```
 */
export class StoreLock implements Lock {
  /** The identity of this candidate. */
  readonly identity: string;
  /** The most requests that a proven read and a write need. */
  readonly requests: RequestCounts;
  /** Whether a write that lost a race leaves a revision behind. */
  readonly keepsLostWrites: boolean;
  /** How often a follower checks its access, in milliseconds, if the store sets it. */
  readonly accessCheckPeriod: number | undefined;
  /** The default timings of the store, if it has any. */
  readonly defaultTimings: LockTimings | undefined;
  /** The clock of the store, if it has one. */
  readonly clock: Clock | undefined;
  /** The time limit of one request, in milliseconds, if the store sends any. */
  readonly requestTimeout: number | undefined;
  /** Checks that the store honours conditional writes, if that takes requests; see {@linkcode Lock.prepare}. */
  readonly prepare: Lock["prepare"];
  readonly #store: Store;
  readonly #session: string;
  readonly #onEvent: ((message: string) => void) | undefined;
  #sequence = 0;
  /** The last snapshot. It only saves a request: the store checks every write. */
  #last: Snapshot | undefined;
  /** The last contents that this lock sent; no other lock sends the same. */
  readonly #sent = new RecentMap<true>({ entries: MAX_TEXTS });
  /** The last contents that the caller received, by version: it decides by them, and they may be unproven. */
  readonly #returned = new RecentMap<string | undefined>({ entries: MAX_TEXTS });

  /**
   * Creates a candidate's lock. Sends nothing.
   *
   * @throws {TypeError | RangeError} If the identity is invalid.
   */
  constructor(store: Store, options: StoreLockOptions) {
    this.#store = store;
    this.identity = checkIdentity(options.identity);
    this.#session = (options.session ?? randomSession)();
    this.#onEvent = options.onEvent;
    this.requests = store.requests;
    this.keepsLostWrites = store.keepsLostWrites;
    this.accessCheckPeriod = store.accessCheckPeriod;
    this.defaultTimings = store.defaultTimings;
    this.clock = store.clock;
    this.requestTimeout = store.requestTimeout;
    this.prepare = store.prepare && ((options) => store.prepare?.(options) ?? Promise.resolve());
  }

  // ---- The three calls of client-go's resourcelock.Interface ----

  /**
   * Reads the record in effect; `undefined` if the lock was never held.
   *
   * @throws {InvalidRecordError} If the stored content is not a record; the error has its version.
   * @throws {ProtocolMismatchError} If candidates with another protocol use the lock.
   * @throws {LockError} If the store cannot be read; see {@linkcode Store.read}.
   */
  async get(options?: CallOptions): Promise<Observed | undefined> {
    const snapshot = await this.#read(options);
    return snapshot.content === undefined ? undefined : this.#observe(snapshot);
  }

  /**
   * Writes the first record.
   *
   * @throws {LockConflictError} If there is a record, or another write came first.
   * @throws {UnknownOutcomeError} If the write may have taken effect.
   * @throws {InvalidRecordError} If the record is invalid; nothing was written.
   * @throws {LockError} If the store cannot be read or written; see {@linkcode Store}.
   */
  async create(record: LeaderElectionRecord, options?: CallOptions): Promise<Observed> {
    const seen = await this.#readToWrite((last) => last.content === undefined, options);
    if (seen.content !== undefined) {
      throw new LockConflictError(
        `Cannot create the record of ${this.describe()}: it exists, at version ${seen.version}`,
      );
    }
    return await this.#write(record, seen, options);
  }

  /**
   * Replaces the record that was seen.
   *
   * @param seen The record to replace; only its version is used.
   * @throws {LockConflictError} If another version is in effect.
   * @throws {UnknownOutcomeError} If the write may have taken effect.
   * @throws {ProtocolMismatchError} If candidates with another protocol use the lock; nothing was written.
   * @throws {InvalidRecordError} If the record is invalid; nothing was written.
   * @throws {LockError} If the store cannot be read or written; see {@linkcode Store}.
   */
  async update(
    record: LeaderElectionRecord,
    seen: Pick<Observed, "version">,
    options?: CallOptions,
  ): Promise<Observed> {
    const current = await this.#readToWrite((last) => last.version === seen.version, options);
    const conflict = (why: string) =>
      new LockConflictError(`Cannot update version ${seen.version} of ${this.describe()}: ${why}`);
    if (current.version !== seen.version || current.content === undefined) {
      throw conflict(`version ${current.version} is in effect`);
    }
    if (this.#returned.has(seen.version) && this.#returned.get(seen.version) !== current.content) {
      throw conflict("it was read with the content of another version; read again");
    }
    this.#refuseOtherProtocol(current.content);
    return await this.#write(record, current, options);
  }

  // ---- The store's answers ----

  /** Checks that this candidate may write, without writing; see {@linkcode Lock.checkAccess}. */
  async checkAccess(options?: CallOptions): Promise<void> {
    await this.#store.checkAccess(options);
  }

  /** Returns the quota as of the last response; `undefined` if there is none. */
  quota(): Quota | undefined {
    return this.#store.quota();
  }

  /** Passes an event of the election to `onEvent`. */
  recordEvent(message: string): void {
    return this.#onEvent?.(message);
  }

  /** Returns a name of the lock for logs and errors, without secrets. */
  describe(): string {
    return this.#store.describe();
  }

  // ---- Reads ----

  async #read(options?: CallOptions): Promise<Snapshot> {
    const snapshot = await this.#store.read(options);
    this.#last = snapshot;
    this.#returned.set(snapshot.version, snapshot.content);
    return snapshot;
  }

  /** Returns a snapshot that a write may build on: the last one if it is proven and wanted, else a new one. */
  async #readToWrite(
    isWanted: (last: Snapshot) => boolean,
    options?: CallOptions,
  ): Promise<Snapshot> {
    const last = this.#last;
    if (last?.isProven && isWanted(last)) return last;
    this.#last = await this.#store.read({ ...options, proof: true });
    return this.#last;
  }

  #observe({ content, version, isProven }: Snapshot): Observed {
    const { record, error } = parseText(content);
    if (!record || content === undefined) throw unreadableError(error, this.describe(), version);
    this.#refuseOtherProtocol(content);
    return { record, version, own: this.#sent.has(content), isProven };
  }

  /** Two protocols do not exclude each other: if another one is in use, nothing may be written. */
  #refuseOtherProtocol(content: string): void {
    const { record } = parseText(content);
    const { protocol } = this.#store;
    if (record?.protocol === undefined || record.protocol === protocol) return;
    throw otherProtocolError(this.describe(), record);
  }

  // ---- Writes ----

  /** Writes; if the head has moved but the version in effect has not, writes again at once. */
  async #write(
    record: LeaderElectionRecord,
    seen: Snapshot,
    options?: CallOptions,
  ): Promise<Observed> {
    const { session = this.#session, sequence = ++this.#sequence } = record;
    const signed = { ...record, session, sequence };
    const isOfTerm = continuesTerm(signed, parseText(seen.content).record);
    for (let head = seen, attempt = 1;; attempt++) {
      try {
        return await this.#send(signed, head, options);
      } catch (error) {
        const isVoid = error instanceof LockConflictError;
        if (!isVoid || !isOfTerm || attempt === MAX_ATTEMPTS) throw error;
        const moved = await this.#readHead(options);
        if (moved?.version !== seen.version) throw error;
        head = moved;
      }
    }
  }

  async #send(
    record: LeaderElectionRecord,
    seen: Snapshot,
    options?: CallOptions,
  ): Promise<Observed> {
    const content = formatRecord({ ...record, base: seen.head, protocol: this.#store.protocol });
    // Refuse to write a record that readers would reject.
    const { error } = parseText(content);
    if (error) throw error;
    this.#sent.set(content, true);
    // Unless this write succeeds, the head may have moved.
    this.#last = undefined;
    const written = await this.#store.compareAndSwap(content, seen, options);
    this.#last = written;
    this.#returned.set(written.version, written.content);
    return this.#observe(written);
  }

  /** Reads the version in effect and the head; `undefined` if that fails: the write is void anyway. */
  async #readHead(options?: CallOptions): Promise<Snapshot | undefined> {
    try {
      return await this.#readToWrite(() => false, options);
    } catch (error) {
      options?.signal?.throwIfAborted();
      if (error instanceof LockError) return undefined;
      throw error;
    }
  }
}
