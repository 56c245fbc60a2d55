import { checkFunctions, checkIdentity, type Clock, type Lock } from "../lock/mod.ts";
import { systemClock, systemRandom } from "../lock/system.ts";
import type { EndReason } from "./machine/events.ts";
import { checkPreference, type Preference, type PreferenceOptions } from "./preference.ts";
import type { Term } from "./term.ts";
import { checkTimings, DEFAULT_TIMINGS, type TimingOptions, type Timings } from "./timings.ts";

/** What an elector reports. The state may have changed again when a callback runs: check the term. */
export interface LeaderCallbacks {
  /**
   * A term has begun: do the work, and end it when `term.signal` aborts. If it returns a promise, the lock is not
   * released and no other term starts in this process before the promise has settled. Returning early does not end the
   * term. Throwing ends it, and `run()` then rejects with the error.
   */
  readonly onStartedLeading?: ((term: Term) => unknown) | undefined;
  /** The term has ended; its signal has aborted already. Called once per term. A promise counts as part of the work. */
  readonly onStoppedLeading?: ((term: Term, reason: EndReason) => unknown) | undefined;
  /** Another holder was seen, which may be this candidate; `""` when the lock was released. */
  readonly onNewLeader?: ((identity: string) => void) | undefined;
  /**
   * A failure that does not end the election, such as a failed request or a record that cannot be read. Called once for
   * each failure that differs from the one before.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Options of {@linkcode LeaderElector}. */
export interface LeaderElectorOptions extends LeaderCallbacks, TimingOptions, PreferenceOptions {
  /** Where the record is kept. Its `identity` is this candidate's. */
  readonly lock: Lock;
  /**
   * The clocks. If the lock has a clock, the elector uses that one: pass it to the lock alone.
   *
   * @default {lock.clock ?? systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * Random numbers from 0 (included) to 1 (excluded), for jitter.
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
  /**
   * Whether the workload could lead now. Called at each decision, so it must return at once, without waiting. A
   * candidate that is not ready claims nothing; a leader that is not ready for `readyGrace` hands over. If no candidate
   * is ready, none leads. If it throws, the candidate is not ready, and `onError` gets the error once.
   *
   * @default {() => true}
   */
  readonly isReady?: (() => boolean) | undefined;
}

/** Options of {@linkcode LeaderElector.run} and {@linkcode LeaderElector.lead}. */
export interface CampaignControl {
  /** Ends the campaign: the term first, then its work, then the lock is released. */
  readonly signal?: AbortSignal | undefined;
}

const FUNCTIONS: readonly string[] = [
  "random",
  "isReady",
  "onStartedLeading",
  "onStoppedLeading",
  "onNewLeader",
  "onError",
];

/** The options of an elector, checked and with defaults. */
export interface Setup {
  readonly lock: Lock;
  readonly timings: Timings;
  readonly preference: Preference;
  readonly isReady: (() => boolean) | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Checks the options of an elector, and fills in the lock's values and the defaults.
 *
 * @throws {TypeError} If the lock or its identity is missing, or an option has the wrong type.
 * @throws {RangeError} If a timing, the rank or the failback period breaks one of its rules.
 */
export function checkOptions(options: LeaderElectorOptions): Setup {
  if (!options?.lock) throw new TypeError("No lock: pass one, such as a GistLock");
  const { lock, isReady } = options;
  checkIdentity(lock.identity);
  checkFunctions(options, FUNCTIONS);
  refuseMismatch("requestTimeout", options.requestTimeout, lock.requestTimeout);
  refuseMismatch("clock", options.clock, lock.clock);
  const timings = checkTimings(options, {
    ...DEFAULT_TIMINGS,
    ...lock.defaultTimings,
    ...(lock.requestTimeout !== undefined && { requestTimeout: lock.requestTimeout }),
  });
  const preference = checkPreference(options, timings.leaseDuration);
  return {
    lock,
    timings,
    preference,
    isReady,
    clock: options.clock ?? lock.clock ?? systemClock,
    random: options.random ?? systemRandom,
  };
}

/** Refuses a value that differs from the lock's: it is given to the lock alone. */
function refuseMismatch<T>(option: string, given: T | undefined, ofLock: T | undefined): void {
  if (given === undefined || ofLock === undefined || given === ofLock) return;
  const isNumber = typeof given === "number";
  const [shown, expected] = isNumber ? [`${given} ms`, `${ofLock} ms`] : ["another", "own"];
  throw new RangeError(
    `${option} must be the lock's ${expected}, got ${shown}: give it to the lock alone`,
  );
}
