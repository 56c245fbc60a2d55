import {
  type CallOptions,
  formatRecord,
  type LeaderElectionRecord,
  type Lock,
  LockConflictError,
  LockError,
  type Observed,
  type Quota,
  type RequestCounts,
} from "../lock/mod.ts";
import { randomSession } from "../lock/system.ts";
import { otherProtocolError, unreadableError } from "../gist/access.ts";
import { type GistLockOptions, makeStore } from "../gist/gist_lock.ts";
import { checkIdentity } from "../gist/options.ts";
import { RecordParser } from "./parser.ts";
import { RecentMap } from "./recent_map.ts";
import type { GistStore, Snapshot } from "./store.ts";

/** How often a renewal or a release is sent that others' void writes get ahead of. */
const MAX_ATTEMPTS = 4;
/** How many contents a lock remembers that it sent or returned. Only the newest can still be in effect. */
const MAX_TEXTS = 32;

/**
 * A lock in a file of a gist.
 *
 * Each record that it writes also tells the protocol, the revision that it must follow, and the session and sequence number
 * that make the write unlike any other: the caller's, or where it gave none, those of this very object.
 *
 * @example One candidate of an election
 * ```ts
 * import { GistLock } from "@multicluster/leader-election/gist";
 * import { GistServer, LOCAL_TOKEN } from "@multicluster/leader-election/gist/server";
 * import { EMPTY_RECORD } from "@multicluster/leader-election/lock";
 *
 * const server = new GistServer(); // a real gist needs neither this line nor `fetch`
 * const lock = new GistLock({
 *   id: server.createGist({ "leader-election.json": "{}" }),
 *   token: LOCAL_TOKEN,
 *   identity: "eu-west-1",
 *   fetch: server.fetch,
 * });
 * const seen = await lock.get();
 * if (seen) await lock.update({ ...EMPTY_RECORD, holderIdentity: lock.identity }, seen);
 * ```
 */
export class GistLock implements Lock {
  /** The identity of this candidate. */
  readonly identity: string;
  readonly #store: GistStore;
  readonly #session: string;
  /** The newest texts that this lock has sent, which no other lock's are like. */
  readonly #sent = new RecentMap<true>({ entries: MAX_TEXTS });
  readonly #onEvent: ((message: string) => void) | undefined;
  #sequence = 0;
  /** What was last seen; it saves a request, and decides nothing: the store checks every write. */
  #last: Snapshot | undefined;
  /** The contents that the caller was given last, by version. It decides by them; they may be unproven. */
  readonly #returned = new RecentMap<string | undefined>({ entries: MAX_TEXTS });
  readonly #parser = new RecordParser();

  /** How many requests a proven read and a write need at most. */
  get requests(): RequestCounts {
    return this.#store.requests;
  }

  /** Whether a write that lost a race leaves a revision behind. */
  get keepsLostWrites(): boolean {
    return this.#store.keepsLostWrites;
  }

  /**
   * Makes a candidate's lock; nothing is sent yet.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option has a wrong value. The token is never quoted.
   */
  constructor(options: GistLockOptions) {
    this.identity = checkIdentity(options.identity);
    this.#store = makeStore(options);
    this.#session = (options.session ?? randomSession)();
    this.#onEvent = options.onEvent;
  }

  /**
   * Reads the record in effect; `undefined` where nobody ever held the lock.
   *
   * @throws {InvalidRecordError} If what is stored is no record; the error carries its version.
   * @throws {ProtocolMismatchError} If candidates with another protocol use the lock.
   * @throws {LockError} If the gist cannot be read; see `GistStore.read`.
   */
  async get(options?: CallOptions): Promise<Observed | undefined> {
    const snapshot = await this.#read(options);
    this.#returned.set(snapshot.version, snapshot.content);
    return snapshot.content === undefined ? undefined : this.#observe(snapshot.content, snapshot);
  }

  /**
   * Writes the first record.
   *
   * @throws {LockConflictError} If there is a record, or somebody else wrote first.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect.
   * @throws {InvalidRecordError} If the record could not be read back; nothing was written.
   * @throws {LockError} If the store cannot be read or written; see {@linkcode GistLock.get}.
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
   * @throws {LockError} If the store cannot be read or written; see {@linkcode GistLock.get}.
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

  /** Checks, without writing, that the token may write; see {@linkcode Lock.checkAccess}. */
  async checkAccess(options?: CallOptions): Promise<void> {
    await this.#store.checkAccess(options);
  }

  /** What the last response said of the quota; `undefined` if there is none. */
  quota(): Quota | undefined {
    return this.#store.quota();
  }

  /** Tells `onEvent` of an event of the election. */
  recordEvent(message: string): void {
    this.#onEvent?.(message);
  }

  /** Names the lock for people and logs. Contains no secret. */
  describe(): string {
    return `${this.#store.describe()} by ${this.#store.protocol}`;
  }

  /** What a write may build on: the last snapshot if it is proven and still what is wanted, else a new one. */
  async #readToWrite(
    isWanted: (last: Snapshot) => boolean,
    options?: CallOptions,
  ): Promise<Snapshot> {
    const last = this.#last;
    if (last?.isProven && isWanted(last)) return last;
    return await this.#read({ ...options, proof: true });
  }

  async #read(options?: CallOptions): Promise<Snapshot> {
    this.#last = await this.#store.read(options);
    return this.#last;
  }

  /** Writes, and writes again at once on a new head where the lock itself has not moved on. */
  async #write(
    record: LeaderElectionRecord,
    seen: Snapshot,
    options?: CallOptions,
  ): Promise<Observed> {
    const { session = this.#session, sequence = ++this.#sequence } = record;
    const signed = { ...record, session, sequence };
    const isOfTerm = continuesTerm(signed, this.#parser.parse(seen.content).record);
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
    const { error } = this.#parser.parse(content);
    if (error) throw error;
    this.#sent.set(content, true);
    // Unless this write succeeds, the head has moved on, or may have: it is not written after again.
    this.#last = undefined;
    const written = await this.#store.compareAndSwap(content, seen, options);
    this.#last = written;
    this.#returned.set(written.version, content);
    return this.#observe(content, written);
  }

  /** What is in effect, and the newest revision; `undefined` if that cannot be read now: the write is void anyway. */
  async #readHead(options?: CallOptions): Promise<Snapshot | undefined> {
    try {
      return await this.#read({ ...options, proof: true });
    } catch (error) {
      options?.signal?.throwIfAborted();
      if (error instanceof LockError) return undefined;
      throw error;
    }
  }

  #observe(content: string, { version, isProven }: Snapshot): Observed {
    const { record, error } = this.#parser.parse(content);
    if (!record) throw unreadableError(error, this.describe(), version);
    this.#refuseOtherProtocol(content);
    return { record, version, own: this.#sent.has(content), isProven };
  }

  /** Two protocols do not exclude each other: where the other one is in use, nothing is written. */
  #refuseOtherProtocol(content: string): void {
    const { record } = this.#parser.parse(content);
    const { protocol } = this.#store;
    if (record?.protocol === undefined || record.protocol === protocol) return;
    throw otherProtocolError(this.describe(), record);
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
