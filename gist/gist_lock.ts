import {
  type CallOptions,
  escapeText,
  formatRecord,
  InvalidRecordError,
  type LeaderElectionRecord,
  type Lock,
  LockConflictError,
  type Observed,
  parseRecord,
  ProtocolMismatchError,
  type Quota,
  type RequestCounts,
} from "../lock/mod.ts";
import { randomSession } from "../lock/system.ts";
import { tokenOf } from "./in_effect.ts";
import { GitStore } from "./git/git_store.ts";
import { checkIdentity, gitBaseUrl } from "./options.ts";
import { RestStore, type RestStoreOptions } from "./rest_store.ts";
import type { GistStore, Protocol, Snapshot } from "./store.ts";

/** Options of {@linkcode GistLock}. */
export interface GistLockOptions extends RestStoreOptions {
  /** Who this candidate is: 1 to 128 characters without control characters, unlike every other candidate's. */
  readonly identity: string;
  /**
   * How candidates exclude each other. All candidates of one lock must use the same: `"git"`, where git itself lets exactly
   * one of several racing writes through, or `"rest"`, for networks and tokens that reach only the API.
   *
   * @default {"git"}
   */
  readonly protocol?: Protocol;
  /**
   * Where gists are repositories, for `"git"`.
   *
   * @default {gitBaseUrl(baseUrl)} `https://gist.github.com`, or what belongs to `baseUrl`
   */
  readonly gitBaseUrl?: string;
  /**
   * Makes the name of this lock object's session; no two may be alike.
   *
   * @default {randomSession}
   */
  readonly session?: () => string;
  /** Is told of the election's events, such as "became leader". */
  readonly onEvent?: (message: string) => void;
}

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
  /** The sessions that this lock has written for: its own, and those of its callers. */
  readonly #sessions = new Set<string>();
  readonly #onEvent: ((message: string) => void) | undefined;
  #sequence = 0;
  /** What was last seen; it saves a request, and decides nothing: the store checks every write. */
  #last: Snapshot | undefined;

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
    this.#store = makeStore(options.protocol ?? "git", options);
    this.#session = (options.session ?? randomSession)();
    this.#onEvent = options.onEvent;
  }

  /**
   * Reads the record in effect; `undefined` where nobody ever held the lock.
   *
   * @throws {InvalidRecordError} If what is stored is no record; the error carries its version.
   * @throws {ProtocolMismatchError} If candidates with another protocol use the lock.
   * @throws {LockDeletedError} If the file was there once and is not any more.
   * @throws {LockAccessError} If the token or the gist's id is not right.
   * @throws {RateLimitError} If requests are refused for a while.
   * @throws {LockUnavailableError} If the gist cannot be reached, or answers with something else.
   */
  async get(options?: CallOptions): Promise<Observed | undefined> {
    const snapshot = await this.#read(options);
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
    if (current.version !== seen.version || current.content === undefined) {
      throw new LockConflictError(
        `Cannot update version ${seen.version} of ${this.describe()} as the lock moved on: it is at ${current.version}`,
      );
    }
    this.#refuseOtherProtocol(current.content);
    return await this.#write(record, current, options);
  }

  /**
   * Checks, without writing, that the token may write.
   *
   * @throws {LockAccessError} If it may not.
   */
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

  async #write(
    record: LeaderElectionRecord,
    seen: Snapshot,
    options?: CallOptions,
  ): Promise<Observed> {
    const { session = this.#session, sequence = ++this.#sequence } = record;
    this.#sessions.add(session);
    const content = formatRecord({
      ...record,
      session,
      sequence,
      base: seen.head,
      protocol: this.#store.protocol,
    });
    // What cannot be read back would look like garbage to everybody.
    parseRecord(content);
    // Unless this write succeeds, the head has moved on, or may have: it is not written after again.
    this.#last = undefined;
    const written = await this.#store.compareAndSwap(content, seen, options);
    this.#last = written;
    return this.#observe(content, written);
  }

  #observe(content: string, { version, isProven }: Snapshot): Observed {
    const record = this.#parse(content, version);
    this.#refuseOtherProtocol(content);
    return { record, version, own: this.#wrote(record), isProven };
  }

  #wrote({ session }: LeaderElectionRecord): boolean {
    return session !== undefined && this.#sessions.has(session);
  }

  #parse(content: string, version: string): LeaderElectionRecord {
    try {
      return parseRecord(content);
    } catch (cause) {
      if (!(cause instanceof InvalidRecordError)) throw cause;
      const { message, tokenFloor } = cause;
      throw new InvalidRecordError(`${message}, in ${this.describe()}`, {
        cause,
        version,
        ...(tokenFloor !== undefined && { tokenFloor }),
      });
    }
  }

  /** Two protocols do not exclude each other: where the other one is in use, nothing is written. */
  #refuseOtherProtocol(content: string): void {
    const found = protocolOf(content);
    if (found === undefined || found === this.#store.protocol) return;
    throw new ProtocolMismatchError(
      `Cannot use ${this.describe()} as all its candidates must use one protocol: its record was written by "${
        escapeText(found, 20)
      }"; stop every candidate, then put {"leaderTransitions":${tokenOf(content)}} in its place`,
    );
  }
}

function protocolOf(content: string): string | undefined {
  try {
    return parseRecord(content).protocol;
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}

function makeStore(protocol: Protocol, options: GistLockOptions): GistStore {
  switch (protocol) {
    case "git": {
      const { token = "", baseUrl, gitBaseUrl: given } = options;
      return new GitStore({ ...options, token, baseUrl: given ?? gitBaseUrl(baseUrl) });
    }
    case "rest":
      return new RestStore(options);
    default:
      throw new RangeError(
        `Cannot use the protocol as it must be "git" or "rest": it is "${
          escapeText(String(protocol), 20)
        }"`,
      );
  }
}
