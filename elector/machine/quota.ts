import type { Instant, Quota, RequestCounts } from "../../lock/mod.ts";
import type { Timings } from "../timings.ts";

/** How often a follower polls while it shares a quota with the leader. */
interface PollPace {
  /** The time from one poll to the next, in milliseconds. */
  readonly period: number;
  /** Whether the leader's need leaves no request even for a read when the lease expires. */
  readonly isScarce: boolean;
}

/**
 * How many followers share what the leader does not need. A candidate does not know the true number: if there are more,
 * the quota falls faster, and each of them slows down further.
 */
const FOLLOWERS = 10;
/** The part of a quota that is reserved, as a candidate sees the others' requests only in responses to its own. */
const MARGIN = 0.1;
/** With less than this part of its need, the leader loses its term long before the reset, whatever followers save. */
const HOPELESS = 0.75;
/** A poll is never delayed for longer than this many leases. */
const LONGEST_LEASES = 10;

/**
 * How often a follower polls, so that the quota that all candidates share lasts for the leader: P, unless the quota
 * left until the reset, less the leader's renewals and one takeover, is too small for that. A read is charged for each
 * renewal that it sees, so never more often than every R.
 *
 * If the quota is far too small even for the leader, followers cannot save its term: they poll every L/2.
 */
export function pollPace(
  quota: Quota | undefined,
  now: Instant,
  config: Timings & { readonly requests: RequestCounts },
): PollPace {
  const { pollPeriod, retryPeriod, leaseDuration, requests } = config;
  const left = quota ? quota.resetAt - now.monotonic : 0;
  if (!quota || left <= 0) return { period: pollPeriod, isScarce: false };
  const need = requests.write * left / retryPeriod;
  const spare = quota.remaining - need - takeover(requests);
  const longestWait = LONGEST_LEASES * leaseDuration;
  if (left > longestWait && quota.remaining < HOPELESS * need) {
    return { period: Math.max(pollPeriod, leaseDuration / 2), isScarce: false };
  }
  const affordable = FOLLOWERS * left / Math.max(0, spare - MARGIN * need);
  if (affordable <= retryPeriod) return { period: pollPeriod, isScarce: false };
  // A new quota ends the scarcity.
  const longest = Math.min(left + pollPeriod, longestWait);
  const period = Math.max(pollPeriod, Math.min(affordable, longest));
  return { period, isScarce: period > leaseDuration / 2 };
}

/** What a takeover needs: two reads and a claim. */
function takeover({ read, write }: RequestCounts): number {
  return 2 * read + write;
}

/**
 * How long after a renewal was sent the leader sends the next, in milliseconds: R, or as much later as the quota asks for, at
 * most D/2, so that a renewal that fails can be sent again.
 */
export function renewPeriod(
  quota: Quota | undefined,
  now: Instant,
  { retryPeriod, renewDeadline, requests }: Timings & { readonly requests: RequestCounts },
): number {
  const left = quota ? quota.resetAt - now.monotonic : 0;
  if (!quota || left <= 0) return retryPeriod;
  const kept = quota.remaining * (1 - MARGIN) - takeover(requests);
  const affordable = requests.write * left / Math.max(0, kept);
  return Math.max(retryPeriod, Math.min(affordable, renewDeadline / 2));
}
