import type { CallOptions } from "../lock/mod.ts";

/** How candidates exclude each other on a gist. All candidates of one lock must use the same. */
export type Protocol = "git" | "rest";

/** What a store holds in effect at some instant. */
export interface Snapshot {
  /** The text in effect; `undefined` where the file was never there. */
  readonly content: string | undefined;
  /** Names the write that put the content in effect; changes exactly when the file is written. */
  readonly version: string;
  /** The newest revision, which the next write must follow. It may be one that is not in effect. */
  readonly head: string;
}

/** A text that is replaced only where nobody else did first. It knows nothing of leases. */
export interface GistStore {
  /** Which protocol this is. */
  readonly protocol: Protocol;
  /**
   * Reads what is in effect. May be stale, never mixed.
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
  /** Names the gist for people and logs. Contains no secret. */
  describe(): string;
}
