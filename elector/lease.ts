import { elapsedSince, type Instant, MAX_LEADER_TRANSITIONS, type Observed } from "../lock/mod.ts";
import { EXPIRY_SPREAD, POLL_JITTER, type Timings } from "./config.ts";
import type { Observation, State } from "./state.ts";

/** How long the writer of a write that left at `sentAt` may lead from now, in milliseconds; 0 or less where it may not. */
export function remainingLease(sentAt: Instant, now: Instant, timings: Timings): number {
  return timings.renewDeadline - elapsedSince(sentAt, now);
}

/**
 * Whether others may take what was observed: it was released, or has not changed for its whole lease while this process
 * watched. Only the monotonic clock counts: a wall clock that jumps must not make a follower hasty.
 */
export function isClaimable(observed: Observation, now: Instant): boolean {
  return observed.holder === "" || now.monotonic - observed.at >= observed.duration;
}

/**
 * How long others wait after they saw a record, in milliseconds. The record's own duration counts. A holder in Go writes
 * a lease of under a second as 0: it is given a second.
 */
export function leaseDuration({ record }: Observed): number {
  return Math.max(1, record.leaseDurationSeconds) * 1_000;
}

/**
 * The fencing token of the next acquisition, or `undefined` where the counter is spent: it never wraps.
 *
 * An attempt whose outcome is unclear is repeated under its own token, and is counted from its first write. Any other
 * attempt has a token that this process never wrote: a write of an earlier one that lands late is not taken for it.
 */
export function nextToken({ unclear, highestToken }: State): number | undefined {
  const token = unclear?.token ?? highestToken + 1;
  return token <= MAX_LEADER_TRANSITIONS ? token : undefined;
}

/**
 * How long to wait after a failed attempt, in milliseconds: the first is repeated at once, since a read may show that
 * all is well; later ones at a pace that still allows many in D.
 */
export function retryDelay(failures: number, timings: Timings): number {
  return failures <= 1 ? 0 : Math.min(timings.retryPeriod, timings.renewDeadline / 20);
}

/** How long a call may take, in milliseconds. A holder keeps half of what is left of its lease for another attempt. */
export function callTimeout(remaining: number, timings: Timings): number {
  return Math.min(timings.requestTimeout, remaining / 2);
}

/** How long after a look the next one follows, in milliseconds: at most P, jittered. */
export function pollDelay(random: number, timings: Timings): number {
  return timings.pollPeriod * (1 - POLL_JITTER * random);
}

/** How long after a lease lapsed its observer looks, in milliseconds: spread out, so that candidates do not collide. */
export function expirySpread(random: number, timings: Timings): number {
  return timings.pollPeriod * EXPIRY_SPREAD * random;
}
