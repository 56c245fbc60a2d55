import {
  elapsedSince,
  type Instant,
  type LeaderElectionRecord,
  MAX_LEADER_TRANSITIONS,
} from "../../lock/mod.ts";
import { EXPIRY_SPREAD, POLL_JITTER, type Timings } from "../timings.ts";
import { claimDelay } from "./preference.ts";
import type { Observation, State } from "./state.ts";
import type { MachineConfig } from "./turn.ts";

/** The slots of the spread if lost writes are kept, and how much more often each is drawn than the one before. */
const SLOTS = 4;
const SLOT_RATIO = 4;

/** How long the writer of a write that was sent at `sentAt` may lead from now, in milliseconds; 0 or less if it may not. */
export function remainingLease(sentAt: Instant, now: Instant, timings: Timings): number {
  return timings.renewDeadline - elapsedSince(sentAt, now);
}

/**
 * Whether others may acquire what was observed: it was released, or has not changed for its whole lease while this process
 * watched. Only the monotonic clock counts: a wall clock that jumps must not make a follower take over early.
 */
export function isClaimable(observed: Observation, now: Instant): boolean {
  return observed.holder === "" || now.monotonic - observed.at >= observed.duration;
}

/**
 * How long others wait after they saw a record, in milliseconds. The record's own duration counts. A holder in Go writes
 * a lease of under a second as 0: it is given a second.
 */
export function leaseDuration(record: LeaderElectionRecord): number {
  return Math.max(1, record.leaseDurationSeconds) * 1_000;
}

/**
 * The fencing token of the next acquisition, or `undefined` if the counter is at its limit: it never wraps.
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
 * the write took effect; later ones at a pace that allows many within D.
 */
export function retryDelay(failures: number, timings: Timings): number {
  return failures <= 1 ? 0 : Math.min(timings.retryPeriod, timings.renewDeadline / 20);
}

/** The most requests of a call that needs several: a search goes back over lost writes. */
const MOST_REQUESTS = 4;

/**
 * How long a call may take, in milliseconds: a request may take τ, a call of several of them 4 τ. A holder keeps half of what
 * is left of its lease for another attempt.
 */
export function callTimeout(requests: number, remaining: number, timings: Timings): number {
  const most = requests > 1 ? MOST_REQUESTS * timings.requestTimeout : timings.requestTimeout;
  return Math.min(most, remaining / 2);
}

/** What the wait before a claim depends on. */
type ClaimState = Pick<State, "observed" | "absent" | "claimFrom" | "holdBack">;

/** How a lock treats a write that loses its race. */
type RaceConfig = Pick<MachineConfig, "keepsLostWrites">;
/** What else a candidate's place in the order depends on. */
type ClaimConfig = Pick<MachineConfig, "keepsLostWrites" | "identity" | "rank" | "pollPeriod">;

/**
 * The instant (monotonic, milliseconds) from which this process may claim: the lock was released, was found absent, or
 * its lease has expired, and this candidate's wait is over; if lost writes are kept, after a random spread as well.
 * `Infinity` before the first read.
 */
export function claimableAt(state: ClaimState, config: ClaimConfig): number {
  const turn = turnAt(state, config);
  const spread = config.keepsLostWrites ? spreadOf(state) : 0;
  return Math.max(turn + spread, state.claimFrom, state.holdBack?.until ?? -Infinity);
}

/**
 * The instant (monotonic, milliseconds) at which this process reads in order to claim: after the spread, while a poll that
 * happens to come earlier may claim at once. After a claim that failed it is a poll that finds the next occasion, unless a
 * request for a handover got ahead of the claim.
 */
export function claimReadAt(state: ClaimState, config: ClaimConfig): number {
  const { observed, claimFrom, holdBack } = state;
  const isReleased = !observed || observed.holder === "";
  const spread = isReleased && !config.keepsLostWrites ? 0 : spreadOf(state);
  const pace = observed && observed.preferredHolder !== "" ? claimFrom : -Infinity;
  return Math.max(turnAt(state, config) + spread, pace, holdBack?.until ?? -Infinity);
}

/**
 * The instant (monotonic, milliseconds) from which a read asks for proof: when a claim may follow from it. If lost writes
 * are kept, one poll before: what is proven before the spread need not be proven after it, when every millisecond between a
 * candidate's read and its claim lets others in.
 */
export function proofFrom(state: ClaimState, config: ClaimConfig): number {
  if (!config.keepsLostWrites) return claimableAt(state, config);
  return state.observed || state.absent ? turnAt(state, config) - config.pollPeriod : -Infinity;
}

/** When the lock is free for this candidate: for the one that is preferred, and for rank 0 without such a one, at once. */
function turnAt(state: ClaimState, config: ClaimConfig): number {
  return freeAt(state) + claimDelay(state, config);
}

function freeAt({ observed, absent }: ClaimState): number {
  if (!observed) return absent?.at ?? Infinity;
  return observed.holder === "" ? observed.at : observed.at + observed.duration;
}

function spreadOf({ observed, absent }: ClaimState): number {
  return (observed ?? absent)?.spread ?? 0;
}

/** How long a wait of at most `period` lasts, in milliseconds: drawn from its last fifth, so that candidates drift apart. */
export function jittered(period: number, random: number): number {
  return period * (1 - POLL_JITTER * random);
}

/**
 * How long after the lock became claimable its observer reads again, in milliseconds: within 0.2 P, so that candidates do not
 * collide.
 *
 * If a lost race leaves a revision behind, that time has few slots, so that a claim in one is seen in the next, and
 * each slot is drawn four times as often as the one before: then of any number of candidates, few share the first slot
 * that is drawn at all (Jamieson, Balakrishnan & Tay, "Sift", 2006).
 */
export function expirySpread(random: number, timings: Timings & RaceConfig): number {
  const longest = timings.pollPeriod * EXPIRY_SPREAD;
  if (!timings.keepsLostWrites) return longest * random;
  const drawn = Math.log(1 + random * (SLOT_RATIO ** SLOTS - 1)) / Math.log(SLOT_RATIO);
  return longest * Math.min(Math.floor(drawn), SLOTS - 1) / (SLOTS - 1);
}

/**
 * How long to wait before the next claim after `failed` consecutive failures, in milliseconds: P, doubled after each,
 * up to L; `random` spreads it.
 */
export function backoff(failed: number, random: number, timings: Timings): number {
  const longest = Math.min(
    timings.leaseDuration,
    timings.pollPeriod * 2 ** Math.min(failed - 1, 16),
  );
  return longest * random;
}

/** Whether the observation is a lease. */
export function isHeld({ observed }: Pick<State, "observed">): boolean {
  return observed !== undefined && observed.holder !== "";
}
