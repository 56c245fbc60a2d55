import type { CallOptions, Quota, RequestCounts } from "../lock/mod.ts";

/** How candidates exclude each other on a gist. All candidates of one lock must use the same. */
export type Protocol = "git" | "rest";

/** How many requests a proven read and a write need at most, by protocol. */
export const REQUESTS: Readonly<Record<Protocol, RequestCounts>> = Object.freeze({
  /** A read is `info/refs` and a fetch, a write is one push. */
  git: { read: 2, write: 1 },
  /** A read is the gist and its newest revision by name, a write is a PATCH and its revision by name. */
  rest: { read: 2, write: 2 },
});

/** What a store holds in effect at some instant. */
export interface Snapshot {
  /** The text in effect; `undefined` where the file was never there. */
  readonly content: string | undefined;
  /** Names the write that put the content in effect; changes exactly when the file is written. */
  readonly version: string;
  /** The newest revision, which the next write must follow. It may be one that is not in effect. */
  readonly head: string;
  /** Whether the content is known to belong to the version. A write may build only on a proven snapshot. */
  readonly isProven: boolean;
}

/** A text that is replaced only where nobody else did first. It knows nothing of leases. */
export interface GistStore {
  /** Which protocol this is. */
  readonly protocol: Protocol;
  /** How many requests a proven read and a write need at most. */
  readonly requests: RequestCounts;
  /** Whether a write that lost a race leaves a revision behind that later reads have to go through. */
  readonly keepsLostWrites: boolean;
  /**
   * Reads what is in effect. May be stale. Without `proof` it may show the content of one revision beside the name of
   * another, and then says so by `isProven`.
   *
   * @throws {LockDeletedError} If the file was there once and is not any more.
   * @throws {LockAccessError} If the token or the gist's id is not right.
   * @throws {RateLimitError} If requests are refused for a while.
   * @throws {LockUnavailableError} If the gist cannot be reached, or answers with something else.
   */
  read(options?: CallOptions): Promise<Snapshot>;
  /**
   * Writes `content` if the head is still the one that was seen.
   *
   * @param content The new text. No two writes may be alike.
   * @param seen What it replaces.
   * @throws {LockConflictError} If somebody else wrote first; this write is and stays without effect.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect, or yet will.
   * @throws {LockAccessError} If the token may not write; nothing was written.
   * @throws {RateLimitError} If requests are refused for a while; nothing was written.
   */
  compareAndSwap(content: string, seen: Snapshot, options?: CallOptions): Promise<Snapshot>;
  /**
   * Checks, without writing, that the token may write.
   *
   * @throws {LockAccessError} If it may not.
   */
  checkAccess(options?: CallOptions): Promise<void>;
  /** What the last response said of the quota; `undefined` if there is none. */
  quota(): Quota | undefined;
  /** Names the gist for people and logs. Contains no secret. */
  describe(): string;
}
