import type { Instant, Quota, RequestCounts } from "../lock/mod.ts";
import type { Timings } from "./config.ts";

/** How often a follower polls while it shares a quota with the leader. */
export interface PollPace {
  /** The time from one poll to the next, in milliseconds. */
  readonly period: number;
  /** Whether not even a read at the lapse of the lease is to spare, beside the leader's need. */
  readonly isScarce: boolean;
}

/**
 * For how many followers what the leader does not need must do. The true number is unknown to a candidate: where there are
 * more, what is left falls faster, and each of them slows down further.
 */
const FOLLOWERS = 10;

/**
 * How often a follower polls, so that the quota that all candidates share lasts for the leader: P, unless what is left until
 * the reset, less the leader's renewals and one takeover, would not do for it. A read is charged for each renewal that it
 * sees, hence never more often than every R.
 */
export function pollPace(
  quota: Quota | undefined,
  now: Instant,
  config: Timings & { readonly requests: RequestCounts },
): PollPace {
  const { pollPeriod, retryPeriod, leaseDuration, requests } = config;
  const left = quota ? quota.resetAt - now.monotonic : 0;
  if (!quota || left <= 0) return { period: pollPeriod, isScarce: false };
  const takeover = 2 * requests.read + requests.write;
  const spare = quota.remaining - requests.write * left / retryPeriod - takeover;
  const affordable = spare > 0 ? FOLLOWERS * left / spare : Infinity;
  if (affordable <= retryPeriod) return { period: pollPeriod, isScarce: false };
  // A new quota ends the scarcity.
  const period = Math.max(pollPeriod, Math.min(affordable, left + pollPeriod));
  return { period, isScarce: period > leaseDuration / 2 };
}
