import {
  type CallOptions,
  checkIdentity,
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
import { otherProtocolError, unreadableError } from "./errors.ts";
import { parseText } from "./parser.ts";
import { RecentMap } from "./recent_map.ts";
import type { Snapshot, Store } from "./store.ts";

/** How often a renewal or a release is sent that others' void writes get ahead of. */
const MAX_ATTEMPTS = 4;
/** How many contents a lock remembers that it sent or returned. Only the newest can still be in effect. */
const MAX_TEXTS = 32;

/** Options of {@linkcode StoreLock}. */
export interface StoreLockOptions {
  /** Who this candidate is: 1 to 128 characters without control characters, unlike every other candidate's. */
  readonly identity: string;
  /**
   * Returns the name of this lock object's session; no two may be alike.
   *
   * @default {randomSession} 128 random bits
   */
  readonly session?: (() => string) | undefined;
  /** Called with the election's events, such as "became leader". */
  readonly onEvent?: ((message: string) => void) | undefined;
}

/**
 * A lock in a store: the one implementation of `Lock` over any {@linkcode Store}.
 *
 * Each record that it writes also names the protocol, the head that it must follow, and the session and sequence number that
 * make the write unlike any other: the caller's, or if it gave none, those of this very object.
 *
 * @example A lock in this process's memory
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
  readonly #store: Store;
  readonly #session: string;
  readonly #onEvent: ((message: string) => void) | undefined;
  /** Makes sure that the store can be trusted with a write, if that takes requests; see {@linkcode Lock.prepare}. */
  readonly prepare: Lock["prepare"];
  #sequence = 0;
  /** What was last seen; it saves a request, and decides nothing: the store checks every write. */
  #last: Snapshot | undefined;
  /** The newest texts that this lock has sent, which no other lock's are like. */
  readonly #sent = new RecentMap<true>({ entries: MAX_TEXTS });
  /** The contents that the caller was given last, by version. It decides by them; they may be unproven. */
  readonly #returned = new RecentMap<string | undefined>({ entries: MAX_TEXTS });

  /**
   * Creates a candidate's lock; nothing is sent yet.
   *
   * @throws {TypeError | RangeError} If the identity is not right.
   */
  constructor(store: Store, options: StoreLockOptions) {
    this.#store = store;
    this.identity = checkIdentity(options.identity);
    this.#session = (options.session ?? randomSession)();
    this.#onEvent = options.onEvent;
    this.prepare = store.prepare && ((options) => store.prepare?.(options) ?? Promise.resolve());
  }

  /** How many requests a proven read and a write need at most. */
  get requests(): RequestCounts {
    return this.#store.requests;
  }

  /** Whether a write that lost a race leaves something behind. */
  get keepsLostWrites(): boolean {
    return this.#store.keepsLostWrites;
  }

  /** How often access is checked, if the store says so. */
  get accessCheckPeriod(): number | undefined {
    return this.#store.accessCheckPeriod;
  }

  /** The timings that suit the store, if it has any. */
  get defaultTimings(): LockTimings | undefined {
    return this.#store.defaultTimings;
  }

  // ---- The three calls of client-go's resourcelock.Interface ----

  /**
   * Reads the record in effect; `undefined` if nobody ever held the lock.
   *
   * @throws {InvalidRecordError} If what is stored is not a record; the error carries its version.
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
   * @throws {LockConflictError} If there is a record, or somebody else wrote first.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect.
   * @throws {InvalidRecordError} If the record could not be read back; nothing was written.
   * @throws {LockError} If the store cannot be read or written; see {@linkcode Store}.
   */
  async create(record: LeaderElectionRecord, options?: CallOptions): Promise<Observed> {
    const seen = await this.#readToWrite((last) => last.content === undefined, options);
    if (seen.content !== undefined) {
      throw new LockConflictError(
        `Cannot create the record of ${this.describe()} as there is one: version ${seen.version}`,
      );
    }
    return await this.#write(record, seen, options);
  }

  /**
   * Replaces the record that was seen.
   *
   * @param record The new record.
   * @param seen What it replaces; only the version counts.
   * @throws {LockConflictError} If the lock has moved on from that version.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect.
   * @throws {ProtocolMismatchError} If candidates with another protocol use the lock; nothing was written.
   * @throws {InvalidRecordError} If the record could not be read back; nothing was written.
   * @throws {LockError} If the store cannot be read or written; see {@linkcode Store}.
   */
  async update(
    record: LeaderElectionRecord,
    seen: Pick<Observed, "version">,
    options?: CallOptions,
  ): Promise<Observed> {
    const current = await this.#readToWrite((last) => last.version === seen.version, options);
    const conflict = (why: string) =>
      new LockConflictError(
        `Cannot update version ${seen.version} of ${this.describe()} as ${why}`,
      );
    if (current.version !== seen.version || current.content === undefined) {
      throw conflict(`the lock moved on: it is at ${current.version}`);
    }
    if (this.#returned.has(seen.version) && this.#returned.get(seen.version) !== current.content) {
      throw conflict("it was shown with another version's text: read again");
    }
    this.#refuseOtherProtocol(current.content);
    return await this.#write(record, current, options);
  }

  // ---- What a lock says of its store ----

  /** Checks, without writing, that this candidate may write; see {@linkcode Lock.checkAccess}. */
  async checkAccess(options?: CallOptions): Promise<void> {
    await this.#store.checkAccess(options);
  }

  /** What the last response said of the quota; `undefined` if there is none. */
  quota(): Quota | undefined {
    return this.#store.quota();
  }

  /** Passes an event of the election to `onEvent`. */
  recordEvent(message: string): void {
    this.#onEvent?.(message);
  }

  /** Names the lock for people and logs. Contains no secret. */
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

  /** What a write may build on: the last snapshot if it is proven and still what is wanted, else a new one. */
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

  /** Two protocols do not exclude each other: if the other one is in use, nothing is written. */
  #refuseOtherProtocol(content: string): void {
    const { record } = parseText(content);
    const { protocol } = this.#store;
    if (record?.protocol === undefined || record.protocol === protocol) return;
    throw otherProtocolError(this.describe(), record);
  }

  // ---- Writes ----

  /** Writes, and writes again at once on a new head if the lock itself has not moved on. */
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
    // What cannot be read back would look like garbage to everybody.
    const { error } = parseText(content);
    if (error) throw error;
    this.#sent.set(content, true);
    // Unless this write succeeds, the head has moved on, or may have: it is not written after again.
    this.#last = undefined;
    const written = await this.#store.compareAndSwap(content, seen, options);
    this.#last = written;
    this.#returned.set(written.version, written.content);
    return this.#observe(written);
  }

  /** What is in effect, and the newest head; `undefined` if that cannot be read now: the write is void anyway. */
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

/**
 * Whether a write goes on with the very term that is in effect: a renewal, or its release. One that a loser's write made
 * void may be sent again, as nothing was decided meanwhile. A claim may not: its rival may have won.
 */
function continuesTerm(
  { session, leaderTransitions }: LeaderElectionRecord,
  current: LeaderElectionRecord | undefined,
): boolean {
  return current !== undefined && current.holderIdentity !== "" &&
    current.session === session && current.leaderTransitions === leaderTransitions;
}
