/**
 * Where the lock lives: {@linkcode GistLock}, a `Lock` in a file of a GitHub gist.
 *
 * A gist has no lease, no lock and, by its REST API, no compare-and-swap. What this module makes of it, and what not:
 *
 * - Of racing writes at most one is in effect, and all readers agree which. By `git`, the default, the gist's repository
 *   itself refuses a push that does not replace the commit that its writer had read. By `rest`, revisions are one total
 *   order, and a write that does not directly follow the revision its writer had read is void for everybody
 *   That holds among candidates of this module that use the same protocol. It holds neither against a hand that edits the file, nor
 *   against a candidate of another kind (client-go): their writes are in effect whatever they overwrite.
 * - A read may be stale; GitHub promises no more. By `rest` one answer may also be put together from two instants: what was not
 *   read by its revision's own name says so (`Observed.isProven`), and no write builds on it before it was.
 * - A write whose answer is lost is neither a success nor a failure (`UnknownOutcomeError`): read, and do not send it again.
 * - With the `rest` protocol every write adds a revision for ever, and void ones do, too. A reader has to read each void
 *   revision once, of at most 5,000 in a row, so use a gist of its own for each lock.
 * - A deleted file is not written again, as fencing tokens would restart; a person brings it back. So is a gist's history
 *   not to be rewritten while candidates run, but by the `git` protocol.
 * - Everybody who has the id of a secret gist can read it, and the owner's every token with the right scope can write it.
 *
 * @module
 */

export type {
  CallOptions,
  Clock,
  Fetch,
  LeaderElectionRecord,
  Lock,
  Observed,
  SleepOptions,
} from "../lock/mod.ts";
export { createGist, type CreateGistOptions } from "./create_gist.ts";
export { type HistoryEntry, readHistory, type ReadHistoryOptions } from "./history.ts";
export { GistLock, type GistLockOptions, gistStore, type GistStoreOptions } from "./gist_lock.ts";
export {
  DEFAULT_BASE_URL,
  DEFAULT_FILE,
  DEFAULT_GIT_BASE_URL,
  type GistOptions,
  gitBaseUrl,
} from "./options.ts";
export { type Protocol, REQUESTS } from "./protocol.ts";
