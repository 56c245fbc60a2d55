import {
  type CallOptions,
  LockConflictError,
  type Quota,
  type RequestCounts,
} from "../lock/mod.ts";
import type { Snapshot, Store } from "./store.ts";
import { StoreLock } from "./store_lock.ts";

/** A store in the memory of this process, for tests and experiments. */
export class MemoryStore implements Store {
  /** The name of the protocol in the record. */
  readonly protocol = "memory";
  /** Counts each call as one request. */
  readonly requests: RequestCounts = Object.freeze({ read: 1, write: 1 });
  /** `false`: a write that lost a race leaves nothing behind. */
  readonly keepsLostWrites = false;
  /** The content in effect and its version; `undefined` before the first write. A test may set it. */
  current: { readonly content: string; readonly version: string } | undefined;
  /** The number of writes that have taken effect. */
  writes = 0;

  /** Reads the content in effect. */
  // deno-lint-ignore require-await -- an abort must reject, not throw
  async read({ signal }: CallOptions = {}): Promise<Snapshot> {
    signal?.throwIfAborted();
    return this.#snapshot();
  }

  /**
   * Replaces the content that was seen.
   *
   * @throws {LockConflictError} If another write came first.
   */
  // deno-lint-ignore require-await -- a conflict must reject, not throw
  async compareAndSwap(
    content: string,
    seen: Snapshot,
    { signal }: CallOptions = {},
  ): Promise<Snapshot> {
    signal?.throwIfAborted();
    const { head } = this.#snapshot();
    if (head !== seen.head) {
      throw new LockConflictError(
        `Cannot replace version ${seen.head} of ${this.describe()}: version ${head} was written since`,
      );
    }
    this.writes++;
    this.current = { content, version: String(this.writes) };
    return this.#snapshot();
  }

  /** Resolves: every candidate may write. */
  async checkAccess(): Promise<void> {}

  /** Returns `undefined`: there is no quota. */
  quota(): Quota | undefined {
    return undefined;
  }

  /** Returns a name of the store for logs. */
  describe(): string {
    return "a lock in memory";
  }

  #snapshot(): Snapshot {
    const { content, version } = this.current ?? { content: undefined, version: "nothing" };
    return { content, version, head: version, isProven: true };
  }
}

/**
 * A lock in the memory of this process.
 *
 * @example Of two writers that have read the same version, one wins
 * ```ts
 * import assert from "node:assert/strict";
 * import { EMPTY_RECORD, LockConflictError } from "@multicluster/leader-election/lock";
 * import { MemoryLock, MemoryStore } from "@multicluster/leader-election/store";
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
export class MemoryLock extends StoreLock {
  /**
   * Creates a candidate's lock on a store that it shares with the other candidates.
   *
   * @throws {TypeError | RangeError} If the identity is invalid.
   */
  constructor(identity: string, store: MemoryStore = new MemoryStore()) {
    super(store, { identity });
  }
}
