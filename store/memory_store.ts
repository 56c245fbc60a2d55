import { LockConflictError, type Quota, type RequestCounts } from "../lock/mod.ts";
import type { CallOptions } from "../lock/mod.ts";
import type { Snapshot, Store } from "./store.ts";
import { StoreLock } from "./store_lock.ts";

/** A text in this process's memory: a true compare-and-swap, for tests and for trying things out. */
export class MemoryStore implements Store {
  /** How its writers exclude each other. */
  readonly protocol = "memory";
  /** There are no requests; each call may take as long as one. */
  readonly requests: RequestCounts = Object.freeze({ read: 1, write: 1 });
  /** A write that lost a race leaves nothing behind. */
  readonly keepsLostWrites = false;
  /** What is in effect, and its name; `undefined` as long as nothing was written. A test may set it. */
  current: { readonly content: string; readonly version: string } | undefined;
  /** How many writes have taken effect. */
  writes = 0;

  /** Reads what is in effect. */
  // deno-lint-ignore require-await -- an abort must reject, not throw
  async read({ signal }: CallOptions = {}): Promise<Snapshot> {
    signal?.throwIfAborted();
    return this.#snapshot();
  }

  /**
   * Replaces what was seen.
   *
   * @throws {LockConflictError} If somebody else wrote first.
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
      throw new LockConflictError(`Cannot replace ${seen.head} in memory: it is at ${head}`);
    }
    this.writes++;
    this.current = { content, version: String(this.writes) };
    return this.#snapshot();
  }

  /** Everybody may write. */
  async checkAccess(): Promise<void> {}

  /** Nothing is limited. */
  quota(): Quota | undefined {
    return undefined;
  }

  /** Names the store. */
  describe(): string {
    return "a lock in memory";
  }

  #snapshot(): Snapshot {
    const { content, version } = this.current ?? { content: undefined, version: "nothing" };
    return { content, version, head: version, isProven: true };
  }
}

/**
 * A lock in this process's memory.
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
   * Creates a candidate's lock on a store that it shares with the others.
   *
   * @throws {TypeError | RangeError} If the identity is not right.
   */
  constructor(identity: string, store: MemoryStore = new MemoryStore()) {
    super(store, { identity });
  }
}
