/**
 * {@linkcode GistLock}: a `Lock` in a file of a GitHub gist.
 *
 * A gist has no leases and, by its REST API, no compare-and-swap. What this module guarantees, and what it does not:
 *
 * - Of racing writes at most one takes effect, and all readers agree which. With `git`, the default, the gist's repository
 *   refuses a push that does not replace the commit that its writer had read. With `rest`, revisions are one total order, and
 *   a write that does not directly follow the revision that its writer had read is void for all readers. This holds among
 *   candidates of this module with the same protocol. Manual edits of the file and writes of other programs (client-go) take
 *   effect whatever they overwrite.
 * - A read may be stale; GitHub guarantees no more. With `rest`, one response may also mix two instants: a record that
 *   was not read by its revision's own name is marked as unproven (`Observed.isProven`), and no write builds on it.
 * - The outcome of a write without a response is unknown (`UnknownOutcomeError`): read before writing again.
 * - With `rest`, every write adds a revision permanently, even a void one. A reader has to read each void revision once, and
 *   at most 5,000 in a row, so use a separate gist for each lock.
 * - A deleted file is not created again, as fencing tokens would restart; an operator has to restore it. For the same
 *   reason, do not rewrite a gist's history while candidates run.
 * - Everyone who has the id of a secret gist can read it. Every token of its owner with the right scope can write it.
 *
 * @module
 */

export type {
  CallOptions,
  Clock,
  Fetch,
  LeaderElectionRecord,
  Lock,
  LockTimings,
  Observed,
  Quota,
  RequestCounts,
  SleepOptions,
} from "../lock/mod.ts";
export type { Snapshot, Store, StoreLock, StoreLockOptions } from "../store/mod.ts";
export type { AccessToken } from "./access_token.ts";
export { createGist, type CreateGistOptions } from "./create_gist.ts";
export * from "./stale_write.ts";
export { readGistOwner, readTokenAccount, type TokenAccount } from "./token_account.ts";
export { type HistoryEntry, readHistory, type ReadHistoryOptions } from "./history.ts";
export { GistLock, type GistLockOptions, gistStore, type GistStoreOptions } from "./gist_lock.ts";
export {
  DEFAULT_BASE_URL,
  DEFAULT_FILE,
  DEFAULT_GIT_BASE_URL,
  type GistOptions,
  gitBaseUrl,
  type Protocol,
  REQUESTS,
} from "./options.ts";
