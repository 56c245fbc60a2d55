import {
  checkIdentity,
  type Clock,
  type Instant,
  type Lock,
  type Observed,
  readClock,
} from "../lock/mod.ts";
import { systemClock, systemRandom } from "../lock/system.ts";
import { Campaign } from "./campaign/campaign.ts";
import { Memory } from "./campaign/memory.ts";
import type { CampaignCallbacks } from "./campaign/options.ts";
import { checkPreference, type Preference, type PreferenceOptions } from "./preference.ts";
import { checkTimings, DEFAULT_TIMINGS, type TimingOptions, type Timings } from "./timings.ts";
import { TermEndedError } from "./errors.ts";
import { findFault } from "./health.ts";
import { pollPace } from "./machine/quota.ts";
import type { EndReason } from "./machine/events.ts";
import type { Term } from "./term.ts";

/** What an elector reports. The election may have moved on by the time that a callback runs: ask the term. */
export interface LeaderCallbacks {
  /**
   * A term has begun: do the work, and end it when `term.signal` aborts. If it returns a promise, nothing is released and
   * no other term starts in this process before the promise has settled. Returning early does not end the term.
   * Throwing does, and `run()` then rejects with the error.
   */
  onStartedLeading?(term: Term): unknown;
  /** The term has ended; its signal has aborted already. Called once per term. A promise counts as part of the work. */
  onStoppedLeading?(term: Term, reason: EndReason): unknown;
  /** Another holder was seen, this candidate included; `""` when the lock was released. */
  onNewLeader?(identity: string): void;
  /**
   * Something went wrong that does not end the election: a request failed, the record cannot be read. Called once for
   * each failure that differs from the one before.
   */
  onError?(error: unknown): void;
}

/** Options of {@linkcode LeaderElector}. */
export interface LeaderElectorOptions extends LeaderCallbacks, TimingOptions, PreferenceOptions {
  /** Where the record is kept. Its `identity` is this candidate's. */
  readonly lock: Lock;
  /**
   * The clocks. What the lock was given counts for both: give it there.
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
   * Whether the workload could lead now. Asked at each decision, so it must answer at once, from what it knows. A candidate
   * that is not ready claims nothing; a leader that is not for `readyGrace` hands over. Where no candidate is ready, none leads.
   * If it throws, the candidate is not ready, and `onError` gets the error once.
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

/** The record that an elector last saw in effect. */
export interface LastObserved extends Observed {
  /** How long ago the holder's write was first seen, in milliseconds. A request on top of it does not make it younger. */
  readonly age: number;
}

/** How an elector stands, for people and for status pages. */
export interface ElectorStatus {
  /** This candidate. */
  readonly identity: string;
  /** What it is doing; "stopping" while the work of its last term settles, "idle" where no campaign is running. */
  readonly role: "leader" | "follower" | "stopping" | "idle";
  /** Who holds the lock, as far as this candidate knows; `""` where nobody does, `undefined` where it never looked. */
  readonly leader: string | undefined;
  /** The fencing token of its own term, while it leads. */
  readonly token: number | undefined;
  /** How long its own term is valid if it is not renewed, in milliseconds; 0 where it does not lead. */
  readonly remaining: number;
  /** The record that was last seen in effect; `undefined` if none was. Content that cannot be read does not replace it. */
  readonly observed: LastObserved | undefined;
  /** How long ago the store last answered, in milliseconds; `undefined` where it never did. */
  readonly lastContact: number | undefined;
  /** The message of the last failure, until a call succeeds. */
  readonly lastError: string | undefined;
  /** How long the store has refused every write of this candidate, in milliseconds; `undefined` if it does not. */
  readonly refusedFor: number | undefined;
  /**
   * How often it polls while it follows, in milliseconds: `pollPeriod`, or more rarely if the candidates' quota would
   * otherwise not last for the leader. A failover then takes that much longer.
   */
  readonly pollPeriod: number;
  /** This candidate's rank. */
  readonly rank: number;
  /** Whether it was ready to lead when it was last asked; `undefined` if it never was. */
  readonly ready: boolean | undefined;
  /** To whom the leader was asked to hand over; `""` if to no candidate, `undefined` if the record was never read. */
  readonly preferredHolder: string | undefined;
  /** Names the lock. */
  readonly lock: string;
}

/** Ends of a term that the caller of `lead()` brought about, and does not need to be told of. */
const ASKED_FOR: ReadonlySet<EndReason> = new Set(["stopped", "finished", "failed"]);

/**
 * Takes part in the election: watches the lock, takes it when nobody holds it, and renews it while this process leads.
 *
 * @example One term of work
 * ```ts
 * import assert from "node:assert/strict";
 * import { LeaderElector, MemoryLock } from "@multicluster/leader-election";
 *
 * await using elector = new LeaderElector({ lock: new MemoryLock("eu-west-1") });
 * const result = await elector.lead((term) => {
 *   term.assertValid();
 *   return `done with fencing token ${term.token}`;
 * });
 * assert.equal(result, "done with fencing token 1");
 * ```
 *
 * @example Again and again, until a signal aborts
 * ```ts
 * import assert from "node:assert/strict";
 * import { LeaderElector, MemoryLock } from "@multicluster/leader-election";
 *
 * const stop = new AbortController();
 * const elector = new LeaderElector({
 *   lock: new MemoryLock("eu-west-1"),
 *   onStartedLeading: (term) => {
 *     assert.ok(term.isValid());
 *     stop.abort();
 *   },
 * });
 * await elector.run({ signal: stop.signal });
 * ```
 */
export class LeaderElector implements AsyncDisposable {
  readonly #lock: Lock;
  readonly #timings: Timings;
  readonly #preference: Preference;
  readonly #isReady: (() => boolean) | undefined;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #callbacks: LeaderCallbacks;
  #campaign: Campaign | undefined;
  readonly #memory = new Memory();
  #running: Promise<void> | undefined;
  #since: Instant;

  /**
   * Checks the options; nothing else happens until {@linkcode LeaderElector.run} or {@linkcode LeaderElector.lead}.
   *
   * @throws {TypeError} If the lock or its identity is missing, or an option has the wrong type.
   * @throws {RangeError} If a timing, the rank or the failback period breaks one of its rules.
   */
  constructor(options: LeaderElectorOptions) {
    if (!options?.lock) throw new TypeError("No lock: pass one, such as a GistLock");
    checkIdentity(options.lock.identity);
    const { lock } = options;
    refuseMismatch("requestTimeout", options.requestTimeout, lock.requestTimeout);
    refuseMismatch("clock", options.clock, lock.clock);
    this.#timings = checkTimings(options, {
      ...DEFAULT_TIMINGS,
      ...lock.defaultTimings,
      ...(lock.requestTimeout !== undefined && { requestTimeout: lock.requestTimeout }),
    });
    this.#preference = checkPreference(options, this.#timings.leaseDuration);
    this.#isReady = options.isReady;
    if (this.#isReady !== undefined && typeof this.#isReady !== "function") {
      throw new TypeError(`isReady must be a function, got ${typeof this.#isReady}`);
    }
    this.#lock = lock;
    this.#clock = options.clock ?? lock.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#callbacks = options;
    this.#since = readClock(this.#clock);
  }

  /** The timings in force: the options, with the defaults filled in. */
  get timings(): Timings {
    return this.#timings;
  }

  /**
   * Leads again and again, whenever it can, until the signal aborts.
   *
   * @throws {TypeError} If `onStartedLeading` was not given, or a campaign is running already.
   * @throws {DrainTimeoutError} If the work did not settle in time; the lock was not released.
   * @throws {LockError} If the very first look failed for a reason that time does not mend, such as a wrong token.
   * @throws What a callback threw, after the term was ended cleanly.
   */
  async run(control: CampaignControl = {}): Promise<void> {
    const { onStartedLeading } = this.#callbacks;
    if (!onStartedLeading) throw new TypeError("Cannot run as `onStartedLeading` must be given");
    await this.#runCampaign(control, {
      onStartedLeading: (term) => this.#callbacks.onStartedLeading?.(term),
      onStoppedLeading: (term, reason) => this.#callbacks.onStoppedLeading?.(term, reason),
    });
  }

  /**
   * Waits for one term, does the work under it, releases the lock, and returns what the work returned. The option
   * `onStartedLeading` is not called.
   *
   * @param work Gets the term, and must end when `term.signal` aborts.
   * @throws {TermEndedError} If the term expired, was lost or was given up by {@linkcode LeaderElector.stepDown} before the
   * work had settled, whatever came of the work.
   * @throws The signal's reason, if it aborted before the work had settled.
   * @throws What the work threw.
   */
  async lead<T>(
    work: (term: Term) => T | PromiseLike<T>,
    control: CampaignControl = {},
  ): Promise<T> {
    control.signal?.throwIfAborted();
    let result: { value: T } | undefined;
    let ended: EndReason | undefined;
    let token = -1;
    let thrown: ErrorOptions = {};
    const onUndrained = () => this.#campaign?.stop("stopped");
    const campaign = this.#runCampaign(control, {
      onUndrained,
      onStartedLeading: async (term) => {
        token = term.token;
        try {
          const value = await work(term);
          if (!term.isValid()) return;
          result = { value };
        } catch (error) {
          if (term.isValid() || ended === undefined) throw error;
          // Why the term ended comes first; what the work made of it is the cause.
          thrown = { cause: error };
        }
        this.#campaign?.stop("finished");
      },
      onStoppedLeading: (term, reason) => {
        if (!ASKED_FOR.has(reason)) ended = reason;
        this.#campaign?.stop(reason);
        return this.#callbacks.onStoppedLeading?.(term, reason);
      },
    });
    try {
      await campaign;
    } catch (cause) {
      throw ended ? new TermEndedError(token, ended, { cause }) : cause;
    }
    if (result) return result.value;
    if (ended) throw new TermEndedError(token, ended, thrown);
    throw control.signal?.reason ?? new DOMException("Stopped", "AbortError");
  }

  /**
   * Steps down so that another may lead: the term ends, its work settles, the lock is released, and this candidate claims
   * nothing until another has led, or a whole lease duration has passed. The campaign goes on; that of `lead()`, which is
   * for one term only, ends.
   *
   * @returns Whether there was a term to end.
   */
  stepDown(): boolean {
    const isLeader = this.isLeader();
    if (isLeader) this.#campaign?.stepDown();
    return isLeader;
  }

  /**
   * Hands the lead over to a candidate: the term ends, its work settles, the lock is released, and that candidate has the
   * first claim. If it does not claim, the others do 1.5 poll periods later than usual, and this one after them. The campaign
   * goes on; that of `lead()`, which is for one term only, ends. See {@linkcode requestHandover} to ask another process.
   *
   * @param identity The candidate that is to lead.
   * @returns Whether there was a term to end; `false` also if `identity` is this candidate's own, which ends nothing.
   * @throws {TypeError} If the identity is not a string.
   * @throws {RangeError} If it is not 1 to 128 characters long, or has control characters.
   */
  handover(identity: string): boolean {
    checkIdentity(identity);
    const hasTerm = identity !== this.#lock.identity && this.isLeader();
    if (hasTerm) this.#campaign?.handOver(identity);
    return hasTerm;
  }

  /** Whether this candidate leads now, by the clocks: `false` from the deadline on, though no timer fired. */
  isLeader(): boolean {
    return this.#campaign?.term?.isValid() ?? false;
  }

  /** Who holds the lock; `undefined` if nobody does, or this candidate does not know. */
  leader(): string | undefined {
    return this.#campaign?.state.observed?.holder || undefined;
  }

  /**
   * What is wrong with this candidate, for a health endpoint; `undefined` if nothing is.
   *
   * @param maxTolerableExpired How long beyond L the last renewal (of a leader) or the last answer of the store (to a
   * follower) may be ago, in milliseconds.
   */
  check(maxTolerableExpired = 0): Error | undefined {
    const campaign = this.#campaign;
    return findFault({
      lock: this.#lock.describe(),
      state: campaign?.state,
      isOverdue: campaign?.unsettled !== undefined && campaign.state.isOverdue,
      refusal: this.#memory.failures.refusal,
      now: readClock(this.#clock),
      since: this.#since,
      tolerance: maxTolerableExpired,
      timings: this.#timings,
    });
  }

  /** How this elector stands. */
  status(): ElectorStatus {
    const campaign = this.#campaign;
    const remaining = campaign?.term?.remaining() ?? 0;
    const contactAt = campaign?.state.contactAt;
    const lastError = campaign?.lastError;
    const refusedAt = campaign?.state.refusedAt;
    const { sighting } = this.#memory;
    const now = readClock(this.#clock);
    return {
      identity: this.#lock.identity,
      role: this.#role(remaining),
      leader: this.leader(),
      token: remaining > 0 ? campaign?.term?.token : undefined,
      remaining,
      observed: sighting && { ...sighting.observed, age: now.monotonic - sighting.at },
      lastContact: contactAt === undefined ? undefined : now.monotonic - contactAt,
      refusedFor: refusedAt === undefined ? undefined : now.monotonic - refusedAt,
      pollPeriod: pollPace(campaign?.state.quota, now, {
        ...this.#timings,
        requests: this.#lock.requests ?? { read: 1, write: 1 },
      }).period,
      rank: this.#preference.rank,
      ready: campaign?.state.readiness?.isReady,
      preferredHolder: campaign?.state.observed?.preferredHolder,
      lastError: lastError instanceof Error ? lastError.message : undefined,
      lock: this.#lock.describe(),
    };
  }

  /** Stops the campaign, if one is running, and waits until its work has settled and the lock is released. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#campaign?.stop("stopped");
    // Whoever called `run()` or `lead()` gets the failure, if there is one.
    await this.#running?.catch(() => {});
  }

  #role(remaining: number): ElectorStatus["role"] {
    if (remaining > 0) return "leader";
    const campaign = this.#campaign;
    // While work of a term goes on that has ended, there is no other term.
    if (campaign?.unsettled) return "stopping";
    if (!campaign || campaign.state.finished) return "idle";
    return campaign.state.stopping ? "stopping" : "follower";
  }

  async #runCampaign(
    { signal }: CampaignControl,
    term: Omit<CampaignCallbacks, "onNewLeader" | "onError">,
  ): Promise<void> {
    if (this.#running) throw new TypeError("Cannot run an elector twice at a time: it is running");
    if (signal?.aborted) return;
    const campaign = new Campaign({
      lock: this.#lock,
      timings: this.#timings,
      preference: this.#preference,
      isReady: this.#isReady,
      clock: this.#clock,
      random: this.#random,
      memory: this.#memory,
      previous: this.#campaign,
      callbacks: {
        ...term,
        onNewLeader: (identity) => this.#callbacks.onNewLeader?.(identity),
        onError: (error) => this.#callbacks.onError?.(error),
      },
    });
    const onAbort = () => campaign.stop("stopped");
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#campaign = campaign;
    this.#since = readClock(this.#clock);
    this.#running = campaign.run();
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

/** What elector and lock must agree on is given to the lock alone. */
function refuseMismatch<T>(option: string, given: T | undefined, ofLock: T | undefined): void {
  if (given === undefined || ofLock === undefined || given === ofLock) return;
  const [shown, expected] = typeof given === "number"
    ? [`${given} ms`, `the lock's ${ofLock} ms`]
    : [
      "another",
      "the lock's own",
    ];
  throw new RangeError(`${option} must be ${expected}, got ${shown}: give it to the lock alone`);
}
