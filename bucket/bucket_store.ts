import { tokenOf, unknownOutcome } from "../store/kit.ts";
import type { Snapshot, Store } from "../store/mod.ts";
import {
  type CallOptions,
  LockConflictError,
  type LockDeletedError,
  LockError,
  type LockTimings,
  type Quota,
  type RequestCounts,
} from "../lock/mod.ts";
import { randomSession } from "../lock/system.ts";
import { PROBE_SUFFIX } from "./address.ts";
import { BucketClient, type PutResult, type StoredObject } from "./wire/client.ts";
import { deletedError, neverCreatedError } from "./failures.ts";
import { type BucketOptions, resolveOptions } from "./options.ts";
import type { RaceOptions } from "./probe/probe.ts";
import { ProbeGate } from "./probe/gate.ts";
import { isSameWrite } from "./same_write.ts";
import { BUCKET_TIMINGS } from "./timings.ts";

/** How often a follower probes the bucket again, in milliseconds: an hour. */
const ACCESS_CHECK_PERIOD = 3_600_000;

/** What is read if there is no object. */
const ABSENT: Snapshot = Object.freeze({
  content: undefined,
  version: "absent",
  head: "absent",
  isProven: true,
});

/** Options of {@linkcode BucketStore}. */
export interface BucketStoreOptions extends BucketOptions {
  /**
   * Returns a name for a probe; no two may be alike, as a version may be the hash of a content.
   *
   * @default {randomSession}
   */
  readonly session?: (() => string) | undefined;
}

/**
 * An object of a bucket as a text that is replaced only if no other candidate did so first: one conditional read, one
 * conditional write.
 *
 * Nothing is written before the bucket was seen to refuse a write whose condition did not hold; see
 * {@linkcode BucketStore.checkAccess}. A swap never creates the object: a bucket does not remember a deletion, and fencing
 * tokens would restart. No object is ever deleted.
 */
export class BucketStore implements Store {
  /** How its candidates exclude each other. */
  readonly protocol = "bucket";
  /** A write that is refused is followed by a read. */
  readonly requests: RequestCounts = Object.freeze({ read: 1, write: 2 });
  /** A write that lost a race leaves nothing behind. */
  readonly keepsLostWrites = false;
  /** Versioning, and with it a store that is not safe, may be switched on at any time. */
  readonly accessCheckPeriod: number = ACCESS_CHECK_PERIOD;
  /** A bucket takes more writes than a gist. */
  readonly defaultTimings: LockTimings = BUCKET_TIMINGS;
  readonly #client: BucketClient;
  readonly #key: string;
  readonly #where: string;
  readonly #gate: ProbeGate;
  /** The object as it was last read or written: it saves a download, and decides nothing. */
  #known: StoredObject | undefined;
  /** The highest token that was seen; `undefined` as long as there was no object. */
  #lastToken: number | undefined;

  /**
   * Creates a store; nothing is sent yet.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option has a wrong value. No credential is quoted.
   */
  constructor(options: BucketStoreOptions) {
    const resolved = resolveOptions(options);
    const { address: { key }, describe, clock, random } = resolved;
    this.#client = new BucketClient(resolved);
    this.#key = key;
    this.#where = describe(key);
    this.#gate = new ProbeGate({
      client: this.#client,
      key: key + PROBE_SUFFIX,
      where: describe(key + PROBE_SUFFIX),
      clock,
      random,
      session: options.session ?? randomSession,
    });
  }

  /**
   * Reads what is in effect. Object stores are consistent, so it is always proven.
   *
   * @throws {LockDeletedError} If there was an object once, and there is none any more.
   * @throws {LockAccessError} If the object may not be read.
   * @throws {RateLimitError} If requests are refused for a while.
   * @throws {LockUnavailableError} If the bucket cannot be reached, or responds with something else.
   */
  async read({ signal }: CallOptions = {}): Promise<Snapshot> {
    const known = this.#known;
    const found = await this.#client.get(this.#key, { etag: known?.etag, signal });
    if (found === "unchanged" && known) return snapshotOf(known);
    if (found === undefined) return this.#absent();
    return this.#remember(found as StoredObject);
  }

  /**
   * Writes `content` if the version is still the one that was seen.
   *
   * @param content The new text. No two writes may be alike.
   * @param seen What it replaces.
   * @returns What is in effect: this write, or a request of another candidate on top of it.
   * @throws {LockConflictError} If another write came first; this one is not in effect and never will be.
   * @throws {LockDeletedError} If there is no object any more; nothing was written.
   * @throws {UnknownOutcomeError} If the outcome of the write is unknown: it may have been applied, or may still be.
   * @throws {LockAccessError} If there never was an object, or it may not be written; nothing was.
   * @throws {UnsafeStoreError} If the store does not honour conditions; nothing was written.
   * @throws {RateLimitError} If requests are refused for a while; nothing was written.
   */
  async compareAndSwap(
    content: string,
    seen: Snapshot,
    { signal }: CallOptions = {},
  ): Promise<Snapshot> {
    signal?.throwIfAborted();
    if (seen.content === undefined) throw neverCreatedError(this.#where);
    const form = await this.#gate.pass(signal);
    const condition = { version: seen.version };
    const result = await this.#client.put(this.#key, content, condition, { form, signal });
    if (result.type === "written") return this.#remember({ content, ...result });
    if (result.type === "absent") throw this.#deleted();
    return await this.#findOut(content, seen.version, result, signal);
  }

  /**
   * Creates the object, to set a lock up.
   *
   * @throws {LockConflictError} If there is one.
   * @throws {LockError} See {@linkcode BucketStore.compareAndSwap}.
   */
  async create(content: string, { signal }: CallOptions = {}): Promise<Snapshot> {
    signal?.throwIfAborted();
    const form = await this.#gate.pass(signal);
    const condition = { isAbsent: true } as const;
    const result = await this.#client.put(this.#key, content, condition, { form, signal });
    if (result.type === "written") return this.#remember({ content, ...result });
    return await this.#findOut(content, ABSENT.version, result, signal);
  }

  /**
   * Probes the bucket: it must refuse a write whose condition does not hold, and accept one whose condition holds. Writes an
   * object of its own, `KEY.probe`. Until a probe has passed, and after one that did not, no write leaves.
   *
   * @throws {UnsafeStoreError} If the store does not honour conditions.
   * @throws {LockAccessError} If the bucket may not be read or written.
   * @throws {LockUnavailableError} If it could not be found out in time.
   */
  async checkAccess({ signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    await this.#gate.probe(signal);
  }

  /**
   * Probes the bucket unless a probe has passed, so that the first write does not wait for it.
   *
   * @throws {LockError} See {@linkcode BucketStore.checkAccess}.
   */
  async prepare({ signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    await this.#gate.pass(signal);
  }

  /**
   * Lets writers race for the probe's object, after a probe has passed: some stores check conditions, but not in one step with
   * the write. After a race that such a store lost no write leaves any more.
   *
   * @throws {UnsafeStoreError} If more than one write of a round was accepted.
   * @throws {LockError} See {@linkcode BucketStore.checkAccess}.
   */
  async race(options: RaceOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    await this.#gate.race(options);
  }

  /** A bucket has no quota that candidates share. */
  quota(): Quota | undefined {
    return undefined;
  }

  /** Names the object for people and logs. Contains no secret. */
  describe(): string {
    return this.#where;
  }

  /**
   * Reads the outcome of a write that was not plainly accepted. A refused one may be in effect: fetch sends a
   * request again whose connection died, the first copy is applied, and the second refused.
   */
  async #findOut(
    content: string,
    replaced: string,
    { type, said }: Exclude<PutResult, { type: "written" }>,
    signal: AbortSignal | undefined,
  ): Promise<Snapshot> {
    const found = await this.#readAgain(said, signal);
    if (found && isSameWrite(content, found.content)) return this.#remember(found);
    if ((found?.version ?? ABSENT.version) !== replaced) {
      if (!found) throw this.#deleted();
      this.#remember(found);
      const why = replaced === ABSENT.version
        ? "there is an object already"
        : `it moved on from version ${replaced}`;
      throw new LockConflictError(
        `Cannot write ${this.#where}: ${why}; it is at ${found.version} (${said})`,
      );
    }
    // Nothing but a change of the store itself makes it refuse a condition that holds.
    if (type === "refused") this.#gate.close();
    throw unknownOutcome(this.#where, said);
  }

  /** Reads the object whatever is known of it: an ETag of the same text may hide another version. */
  async #readAgain(
    said: string,
    signal: AbortSignal | undefined,
  ): Promise<StoredObject | undefined> {
    try {
      return await this.#client.get(this.#key, { signal }) as StoredObject | undefined;
    } catch (cause) {
      signal?.throwIfAborted();
      if (!(cause instanceof LockError)) throw cause;
      throw unknownOutcome(this.#where, `${said}, and ${cause.message}`, cause);
    }
  }

  #remember(object: StoredObject): Snapshot {
    this.#known = object;
    this.#lastToken = Math.max(this.#lastToken ?? 0, tokenOf(object.content) ?? 0);
    return snapshotOf(object);
  }

  #absent(): Snapshot {
    if (this.#lastToken !== undefined) throw this.#deleted();
    return ABSENT;
  }

  #deleted(): LockDeletedError {
    return deletedError(this.#where, this.#lastToken ?? 0);
  }
}

function snapshotOf({ content, version }: StoredObject): Snapshot {
  return { content, version, head: version, isProven: true };
}
