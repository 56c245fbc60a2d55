import { type LockTimings, MAX_LEASE_DURATION_SECONDS, type RequestCounts } from "../lock/mod.ts";
import { checkRank, HANDICAP_POLLS } from "./preference.ts";

/**
 * The timings of an election, in milliseconds. Those that client-go has keep its names and meaning. A lock may have its
 * own defaults: see `Lock.defaultTimings`.
 */
export interface Timings {
  /**
   * L: how long others wait, after they last saw the record change, before they take over. A whole number of seconds, at
   * most a day.
   *
   * @default {60_000}
   */
  readonly leaseDuration: number;
  /**
   * D: how long its writer may lead after a write was sent, if that write takes effect. The rest of L is the guard: it
   * absorbs clocks that run at different rates. It must be at least 5 % of L.
   *
   * @default {40_000}
   */
  readonly renewDeadline: number;
  /**
   * R: how long after a renewal the leader sends the next one.
   *
   * @default {15_000}
   */
  readonly retryPeriod: number;
  /**
   * P: how often a follower polls, at least.
   *
   * @default {5_000}
   */
  readonly pollPeriod: number;
  /**
   * τ: how long a request may take before its outcome counts as unknown. At most half of D.
   *
   * @default {10_000}
   */
  readonly requestTimeout: number;
  /**
   * How long the work may take to settle after its term ended. After that, an error is reported and the wait ends.
   *
   * @default {30_000}
   */
  readonly drainTimeout: number;
}

/** Some of the {@linkcode Timings}; the others have their defaults. */
export type TimingOptions = { readonly [Name in keyof Timings]?: Timings[Name] | undefined };

/** The timings for a lock that is a gist: a crash is noticed within about a minute, at 240 writes an hour. */
export const DEFAULT_TIMINGS: Timings = Object.freeze({
  leaseDuration: 60_000,
  renewDeadline: 40_000,
  retryPeriod: 15_000,
  pollPeriod: 5_000,
  requestTimeout: 10_000,
  drainTimeout: 30_000,
});

/** A follower's polls are drawn from the last fifth of P, so that candidates that started together drift apart. */
export const POLL_JITTER = 0.2;
/** A follower reads the record within this part of P after a lease expired. */
export const EXPIRY_SPREAD = 0.2;
/** client-go's JitterFactor. */
const JITTER_FACTOR = 1.2;
/** The guard is one part in this many of L: 5 %, enough for clock rates that are 2.5 % off either way. */
const GUARD_PARTS = 20;

/**
 * Fills in the defaults and checks the rules.
 *
 * @param timings The chosen values.
 * @param defaults The lock's own defaults instead of {@linkcode DEFAULT_TIMINGS}.
 * @throws {TypeError} If a timing is not a number.
 * @throws {RangeError} If a timing breaks a rule; the message names the option, the rule and the value.
 */
export function checkTimings(
  timings: TimingOptions = {},
  defaults: LockTimings = DEFAULT_TIMINGS,
): Timings {
  const chosen = (name: keyof Timings) =>
    positive(name, timings[name] ?? { ...DEFAULT_TIMINGS, ...defaults }[name]);
  const names = Object.keys(DEFAULT_TIMINGS) as (keyof Timings)[];
  const checked = Object.fromEntries(
    names.map((name) => [name, chosen(name)]),
  ) as unknown as Timings;
  const { leaseDuration: L, renewDeadline: D, retryPeriod: R, requestTimeout: timeout } = checked;
  const longest = MAX_LEASE_DURATION_SECONDS * 1_000;
  if (L % 1_000 !== 0 || L > longest) {
    throw refused("leaseDuration", `a whole number of seconds (in ms), at most ${longest}`, L);
  }
  if ((L - D) * GUARD_PARTS < L) {
    throw refused("renewDeadline", `at most 95 % of leaseDuration (${L})`, D);
  }
  if (D <= R * JITTER_FACTOR) {
    throw refused("renewDeadline", `greater than ${JITTER_FACTOR} × retryPeriod (${R})`, D);
  }
  if (timeout > D / 2) {
    throw refused("requestTimeout", `at most half of renewDeadline (${D})`, timeout);
  }
  return Object.freeze(checked);
}

/**
 * How long the lock may be without a leader, in milliseconds, while the store responds to each request within
 * `requestTimeout`, no response is stale, no quota is short, and some candidate runs. After a stale response, it may
 * take one more lease.
 *
 * @param timings All candidates' timings.
 * @param requests How many requests a read and a write of the lock need; see `Lock.requests`.
 * @param keepsLostWrites See `Lock.keepsLostWrites`: such a lock is claimed after a random delay and another proven
 * read.
 * @param rank The best rank of the candidates that are alive and ready. Each costs 1.5 P; a handover to a candidate that does
 * not take over costs as much again.
 * @returns `crash`: from the death of a leader; `release`: from the moment that a leader has released the lock.
 */
export function failoverBounds(
  timings: Timings,
  requests: RequestCounts = { read: 1, write: 1 },
  keepsLostWrites = false,
  rank = 0,
): { crash: number; release: number } {
  const { leaseDuration, pollPeriod, requestTimeout } = timings;
  const call = (requests.read + requests.write) * requestTimeout;
  const turn = checkRank(rank) * HANDICAP_POLLS * pollPeriod;
  // A lock that is free is claimed by the read that finds it so, unless the candidate waits and reads again.
  const readAgain = rank > 0 && !keepsLostWrites ? requests.read * requestTimeout : 0;
  return {
    // The last renewal takes effect, a poll sees it, the lease expires, a read and a claim follow.
    crash: leaseDuration + pollPeriod * (1 + EXPIRY_SPREAD) + 2 * call + turn,
    // A poll sees the release, a claim follows.
    release: pollPeriod + call + turn + readAgain +
      (keepsLostWrites ? pollPeriod * EXPIRY_SPREAD + requestTimeout : 0),
  };
}

function positive(name: keyof Timings, value: unknown): number {
  if (typeof value !== "number") {
    throw new TypeError(`${name} must be a number, got ${typeof value}`);
  }
  if (!Number.isFinite(value) || value <= 0) {
    throw refused(name, "greater than zero and finite", value);
  }
  return value;
}

function refused(name: string, rule: string, value: number): RangeError {
  return new RangeError(`${name} must be ${rule}, got ${value}`);
}
