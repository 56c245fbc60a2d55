import { checkFunctions, checkIdentity, type Instant, readClock } from "../lock/mod.ts";
import { Campaign } from "./campaign/campaign.ts";
import { Memory } from "./campaign/memory.ts";
import type { CampaignCallbacks } from "./campaign/options.ts";
import { ENDS_CAMPAIGN } from "./campaign/work_error.ts";
import { TermEndedError } from "./errors.ts";
import { findFault } from "./health.ts";
import type { EndReason } from "./machine/events.ts";
import {
  type CampaignControl,
  checkOptions,
  type LeaderCallbacks,
  type LeaderElectorOptions,
  type Setup,
} from "./options.ts";
import { type ElectorStatus, statusOf } from "./status.ts";
import type { Term } from "./term.ts";
import type { Timings } from "./timings.ts";

/**
 * Takes part in the election: watches the lock, acquires it when no candidate holds it, and renews it while this process leads.
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
 * @example One term after another, until a signal aborts
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
  readonly #setup: Setup;
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
    this.#setup = checkOptions(options);
    this.#callbacks = options;
    this.#since = readClock(this.#setup.clock);
  }

  /** The timings in force: the options, with the defaults filled in. */
  get timings(): Timings {
    return this.#setup.timings;
  }

  /**
   * Leads whenever it can, until the signal aborts.
   *
   * @throws {TypeError} If `onStartedLeading` was not given, or a campaign is already running.
   * @throws {DrainTimeoutError} If the work did not settle in time; the lock was not released.
   * @throws {LockError} If the very first read failed for a reason that waiting does not fix, such as a wrong token.
   * @throws What a callback threw, after the term was ended cleanly.
   */
  async run(control: CampaignControl = {}): Promise<void> {
    const { onStartedLeading } = this.#callbacks;
    if (!onStartedLeading) throw new TypeError("No onStartedLeading: pass it, or use lead()");
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
   * @throws {TermEndedError} If the term expired, was lost or was ended by {@linkcode LeaderElector.stepDown} before
   * the work had settled, whatever the work's result.
   * @throws The signal's reason, if it aborted before the work had settled.
   * @throws What the work threw.
   * @throws {TypeError} If the work is not a function.
   */
  async lead<T>(
    work: (term: Term) => T | PromiseLike<T>,
    control: CampaignControl = {},
  ): Promise<T> {
    checkFunctions({ work: work ?? null }, ["work"]);
    control.signal?.throwIfAborted();
    let result: { value: T } | undefined;
    let ended: EndReason | undefined;
    let token = -1;
    let isOver = false;
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
          this.#campaign?.stop("finished");
        } catch (error) {
          if (term.isValid() || ended === undefined || isOver) throw error;
          // The reason why the term ended comes first; the work's error is its cause.
          thrown = { cause: error };
        }
      },
      onStoppedLeading: (term, reason) => {
        if (!ENDS_CAMPAIGN.has(reason)) ended = reason;
        this.#campaign?.stop(reason);
        return this.#callbacks.onStoppedLeading?.(term, reason);
      },
    });
    try {
      await campaign;
    } catch (cause) {
      throw ended ? new TermEndedError(token, ended, { cause }) : cause;
    } finally {
      isOver = true;
    }
    if (result) return result.value;
    if (ended) throw new TermEndedError(token, ended, thrown);
    throw control.signal?.reason ?? new DOMException("Stopped", "AbortError");
  }

  /**
   * Steps down so that another candidate may lead: the term ends, its work settles, the lock is released, and this
   * candidate claims nothing until another has led, or a whole lease duration has passed. The campaign continues; that
   * of `lead()`, which is for one term only, ends.
   *
   * @returns Whether there was a term to end.
   */
  stepDown(): boolean {
    const isLeader = this.isLeader();
    if (isLeader) this.#campaign?.dispatch({ type: "stepDown" });
    return isLeader;
  }

  /**
   * Hands over to a candidate: the term ends, its work settles, the lock is released, and that candidate claims first.
   * If it does not claim, the others do 1.5 poll periods later than usual, and this one after them. The campaign
   * continues; that of `lead()`, which is for one term only, ends. See {@linkcode requestHandover} to ask another
   * process.
   *
   * @param identity The candidate that is to lead.
   * @returns Whether there was a term to end; `false` also if `identity` is this candidate's own, which ends nothing.
   * @throws {TypeError} If the identity is not a string.
   * @throws {RangeError} If it is not 1 to 128 characters long, or has control characters.
   */
  handover(identity: string): boolean {
    checkIdentity(identity);
    const hasTerm = identity !== this.#setup.lock.identity && this.isLeader();
    if (hasTerm) this.#campaign?.dispatch({ type: "handover", to: identity });
    return hasTerm;
  }

  /** Whether this candidate leads now, by the clocks: `false` from the deadline on, even if no timer has fired. */
  isLeader(): boolean {
    return this.#campaign?.work.term?.isValid() ?? false;
  }

  /** The holder of the lock; `undefined` if there is none, or this candidate does not know. */
  leader(): string | undefined {
    return this.#campaign?.state.observed?.holder || undefined;
  }

  /**
   * Returns what is wrong with this candidate, for a health endpoint; `undefined` if nothing is.
   *
   * @param maxTolerableExpired How much longer than a lease duration ago the last renewal (of a leader) or the last
   * response of the store (to a follower) may be, in milliseconds.
   */
  check(maxTolerableExpired = 0): Error | undefined {
    const campaign = this.#campaign;
    return findFault({
      lock: this.#setup.lock.describe(),
      state: campaign?.state,
      isOverdue: campaign?.work.unsettled !== undefined && campaign.state.isOverdue,
      refusal: this.#memory.failures.refusal,
      now: readClock(this.#setup.clock),
      since: this.#since,
      tolerance: maxTolerableExpired,
      timings: this.#setup.timings,
    });
  }

  /** Returns the status of this elector. */
  status(): ElectorStatus {
    return statusOf(this.#setup, this.#campaign, this.#memory.sighting);
  }

  /** Stops the campaign, if one is running, and waits until its work has settled and the lock is released. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#campaign?.stop("stopped");
    // The caller of `run()` or `lead()` gets the failure, if there is one.
    await this.#running?.catch(() => {});
  }

  async #runCampaign(
    { signal }: CampaignControl,
    term: Omit<CampaignCallbacks, "onNewLeader" | "onError">,
  ): Promise<void> {
    if (this.#running) {
      throw new TypeError("The elector is already running: wait until its campaign has ended");
    }
    if (signal?.aborted) return;
    const campaign = new Campaign({
      ...this.#setup,
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
    this.#since = readClock(this.#setup.clock);
    // Set before the campaign runs, as that asks `isReady` at once.
    const running = Promise.withResolvers<void>();
    this.#running = running.promise;
    running.resolve(campaign.run());
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
      signal?.removeEventListener("abort", onAbort);
    }
  }
}
