/**
 * The election: client-go's `leaderelection`, ported and made safe.
 *
 * **Guaranteed.** At no instant do two candidates both hold a valid {@linkcode Term}, as long as each machine's clocks
 * run at rates within 2.5 % of true time (either the monotonic or the wall clock, for a leader; the monotonic clock,
 * for a follower). It does not rely on the time that a clock shows, on fresh reads, on responses that arrive, or on
 * timers that fire on time.
 *
 * **Not guaranteed.** A process can be paused between its call of {@linkcode Term.isValid} and the moment when its
 * effect reaches the outside world. Only the resource can refuse that effect: send it {@linkcode Term.token}, and let
 * it refuse a token lower than the highest that it has seen.
 *
 * **Differences from client-go**, each of which prevents a fault that was measured there:
 *
 * - A term is counted from the moment before its write was sent, not from the response.
 * - The same identity in another process is another holder; every acquisition raises `leaderTransitions`.
 * - A term that ended never restarts; seeing another holder ends it at once.
 * - On a stop the work ends first; the lock is released after the work has settled, and only if it is still this
 *   process's own.
 * - `onStoppedLeading` is called once per term that started, with the reason.
 * - Content that cannot be read may be a lease: it is replaced only after it has not changed for a whole lease
 *   duration.
 * - Leases are whole seconds; `run()` keeps campaigning; `isLeader()` reads the clocks.
 *
 * @module
 */

export type {
  CallOptions,
  Clock,
  LeaderElectionRecord,
  Lock,
  LockTimings,
  Observed,
  Quota,
  RequestCounts,
  SleepOptions,
} from "../lock/mod.ts";
export {
  canBeAskedForHandover,
  type HandoverRefusal,
  HandoverRefusedError,
  type HandoverRequest,
  type HandoverResult,
  requestHandover,
} from "./handover.ts";
export {
  checkPreference,
  checkRank,
  type Preference,
  type PreferenceOptions,
} from "./preference.ts";
export {
  checkTimings,
  DEFAULT_TIMINGS,
  failoverBounds,
  type TimingOptions,
  type Timings,
} from "./timings.ts";
export { LeaderElector } from "./elector.ts";
export type { CampaignControl, LeaderCallbacks, LeaderElectorOptions } from "./options.ts";
export type { ElectorStatus, LastObserved } from "./status.ts";
export { DrainTimeoutError, DuplicateIdentityError, TermEndedError } from "./errors.ts";
export type { EndReason } from "./machine/events.ts";
export { leaseDuration } from "./machine/lease.ts";
export type { Term } from "./term.ts";
export { type Leadership, watch, type WatchOptions } from "./watch.ts";
