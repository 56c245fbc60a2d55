import { MAX_RANK } from "../lock/mod.ts";

/** Which candidate should lead, if several could. A preference, not a guarantee. */
export interface Preference {
  /**
   * The order in which candidates take over, 0 first, up to 9: each rank waits 1.5 poll periods longer than the one before.
   *
   * @default {0}
   */
  readonly rank: number;
  /**
   * How long a candidate with a better rank than the leader's must be ready, and that leader must lead, before it
   * requests a handover, in milliseconds. At least `leaseDuration`; `Infinity` for never.
   *
   * @default {Infinity}
   */
  readonly failback: number;
  /**
   * How long a leader may not be ready before it hands over, in milliseconds.
   *
   * @default {leaseDuration}
   */
  readonly readyGrace: number;
}

/** Some of the {@linkcode Preference}; the others have their defaults. */
export type PreferenceOptions = {
  readonly [Name in keyof Preference]?: Preference[Name] | undefined;
};

/** How many poll periods each rank waits longer than the one before. */
export const HANDICAP_POLLS = 1.5;

/**
 * Fills in the defaults and checks the rules.
 *
 * @param preference The chosen values.
 * @param leaseDuration The lease duration, in milliseconds.
 * @throws {TypeError} If a value is not a number.
 * @throws {RangeError} If a value breaks a rule; the message names the option, the rule and the value.
 */
export function checkPreference(
  preference: PreferenceOptions,
  leaseDuration: number,
): Preference {
  const rank = checkRank(preference.rank ?? 0);
  const failback = checkNumber("failback", preference.failback ?? Infinity);
  if (!(failback >= leaseDuration)) {
    throw new RangeError(
      `failback must be at least leaseDuration (${leaseDuration}) in milliseconds, got ${failback}`,
    );
  }
  const readyGrace = checkNumber("readyGrace", preference.readyGrace ?? leaseDuration);
  if (!(readyGrace >= 0)) {
    throw new RangeError(`readyGrace must be at least 0 milliseconds, got ${readyGrace}`);
  }
  return Object.freeze({ rank, failback, readyGrace });
}

/**
 * Checks a rank.
 *
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not a whole number from 0 to 9.
 */
export function checkRank(rank: number): number {
  checkNumber("rank", rank);
  if (!Number.isInteger(rank) || rank < 0 || rank > MAX_RANK) {
    throw new RangeError(`rank must be a whole number from 0 to ${MAX_RANK}, got ${rank}`);
  }
  // Not -0, which JSON writes as 0 but which is not the same value.
  return rank + 0;
}

function checkNumber(name: keyof Preference, value: unknown): number {
  if (typeof value !== "number") {
    throw new TypeError(`${name} must be a number, got ${typeof value}`);
  }
  return value;
}
