import { tokenOf, unknownOutcome } from "../store/kit.ts";
import type { Snapshot, Store } from "../store/mod.ts";
import {
  type CallOptions,
  type Clock,
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

/** The result of a read if there is no object. */
const ABSENT: Snapshot = Object.freeze({
  content: undefined,
  version: "absent",
  head: "absent",
  isProven: true,
});

/** Options of {@linkcode BucketStore}. */
export interface BucketStoreOptions extends BucketOptions {
  /**
   * Returns a unique name for a probe: equal contents may have equal versions.
   *
   * @default {randomSession}
   */
  readonly session?: (() => string) | undefined;
}

/**
 * A {@linkcode Store} in an object of a bucket, with one conditional GET for a read and one conditional PUT for a
 * write.
 *
 * The lock's object is not written before a probe has shown that the bucket refuses a write whose condition does not
 * hold; see {@linkcode BucketStore.checkAccess}. A swap never creates the object: a bucket does not remember a
 * deletion, and fencing tokens would restart. No object is ever deleted.
 */
export class BucketStore implements Store {
  /** How candidates exclude each other. */
  readonly protocol = "bucket";
  /** The most requests that a read and a write need: a refused write is followed by a read. */
  readonly requests: RequestCounts = Object.freeze({ read: 1, write: 2 });
  /** `false`: a write that lost a race leaves nothing behind. */
  readonly keepsLostWrites = false;
  /** How often a follower probes the bucket again, in milliseconds: versioning may make it unsafe at any time. */
  readonly accessCheckPeriod: number = ACCESS_CHECK_PERIOD;
  /** The default timings, shorter than a gist's: a bucket allows more writes. */
  readonly defaultTimings: LockTimings = BUCKET_TIMINGS;
  /** The clock that measures timeouts and waits. */
  readonly clock: Clock;
  /** The time limit of one request, in milliseconds. */
  readonly requestTimeout: number;
  readonly #client: BucketClient;
  readonly #key: string;
  readonly #where: string;
  readonly #gate: ProbeGate;
  /** The object as last read or written, to save downloads; no decision depends on it. */
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
    this.clock = clock;
    this.requestTimeout = resolved.requestTimeout;
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
   * Reads the content in effect. Object stores are consistent, so it is always proven.
   *
   * @throws {LockDeletedError} If the object was deleted.
   * @throws {LockAccessError} If the object may not be read.
   * @throws {RateLimitError} If requests are refused for a while.
   * @throws {LockUnavailableError} If the bucket cannot be reached, or responds with something else.
   */
  async read({ signal }: CallOptions = {}): Promise<Snapshot> {
    const known = this.#known;
    const found = await this.#client.get(this.#key, { etag: known?.etag, signal });
    if (found === "unchanged" && known) return snapshotOf(known);
    if (found) return this.#remember(found as StoredObject);
    if (this.#lastToken !== undefined) throw this.#deleted();
    return ABSENT;
  }

  /**
   * Writes `content` if the version is still the one that was seen.
   *
   * @param content The new content. No two writes may be equal.
   * @param seen The snapshot that it replaces.
   * @returns The snapshot in effect: this write, or a request of another candidate on top of it.
   * @throws {LockConflictError} If another write came first; this one is not in effect and never will be.
   * @throws {LockDeletedError} If the object was deleted; nothing was written.
   * @throws {UnknownOutcomeError} If the outcome of the write is unknown: it may have been applied, or may still be.
   * @throws {LockAccessError} If there never was an object, or it may not be written; nothing was written.
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
   * Creates the object of a new lock.
   *
   * @throws {LockConflictError} If the object exists.
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
   * Probes the bucket: it must refuse a write whose condition does not hold, and accept one whose condition holds.
   * Writes a separate object, `KEY.probe`. Until a probe has passed, and after one that failed, nothing else is
   * written.
   *
   * @throws {UnsafeStoreError} If the store does not honour conditions.
   * @throws {LockAccessError} If the bucket may not be read or written.
   * @throws {LockUnavailableError} If the probe did not finish in time.
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
   * Lets writers race for the probe's object, after a probe has passed: some stores check conditions, but not in one
   * step with the write. If a race shows that, nothing else is written.
   *
   * @throws {UnsafeStoreError} If more than one write of a round was accepted.
   * @throws {LockError} See {@linkcode BucketStore.checkAccess}.
   */
  async race(options: RaceOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    await this.#gate.race(options);
  }

  /** Returns `undefined`: a bucket has no quota. */
  quota(): Quota | undefined {
    return undefined;
  }

  /** Returns a name of the object for logs and errors, without secrets. */
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
        ? "the object already exists"
        : `it is no longer at version ${replaced}`;
      throw new LockConflictError(
        `Cannot write ${this.#where}: ${why}; it is at ${found.version} (${said})`,
      );
    }
    // Nothing but a change of the store itself makes it refuse a condition that holds.
    if (type === "refused") this.#gate.close();
    throw unknownOutcome(this.#where, said);
  }

  /** Reads the object unconditionally: an equal ETag of an equal content may hide another version. */
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

  #deleted(): LockDeletedError {
    return deletedError(this.#where, this.#lastToken ?? 0);
  }
}

function snapshotOf({ content, version }: StoredObject): Snapshot {
  return { content, version, head: version, isProven: true };
}
