import { type Instant, readClock } from "../../lock/mod.ts";
import { randomSession } from "../../lock/system.ts";
import { DrainTimeoutError } from "../errors.ts";
import type { Effect, EndReason, Event, Finish } from "../machine/events.ts";
import {
  INITIAL_STATE,
  nextCampaign,
  type Problem,
  type Reading,
  type State,
} from "../machine/state.ts";
import { step } from "../machine/step.ts";
import type { MachineConfig } from "../machine/turn.ts";
import { AccessCheck } from "./access.ts";
import { Alarm } from "./alarm.ts";
import { LockCalls } from "./calls.ts";
import type { FailedPart } from "./failures.ts";
import type { CampaignOptions, PartOptions } from "./options.ts";
import { errorOf } from "./problem.ts";
import { readinessOf } from "./readiness.ts";
import { TermWork } from "./term_work.ts";

/**
 * Carries out what the machine decides: calls to the lock, the timer, terms and callbacks. From its start to its stop, it
 * may lead any number of times.
 */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #config: MachineConfig;
  readonly #finished = Promise.withResolvers<Finish>();
  readonly #queue: { event: Event; now: Omit<Reading, "isReady"> }[] = [];
  readonly #isReady: () => boolean;
  #isStepping = false;
  #state: State = INITIAL_STATE;
  readonly work: TermWork;
  readonly #calls: LockCalls;
  readonly #access: AccessCheck;
  readonly #alarm: Alarm;
  #failure: { error: unknown } | undefined;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#config = {
      ...options.timings,
      ...options.preference,
      identity: options.lock.identity,
      session: randomSession(),
      requests: options.lock.requests ?? { read: 1, write: 1 },
      keepsLostWrites: options.lock.keepsLostWrites ?? false,
    };
    const parts: PartOptions = {
      ...options,
      state: () => this.#state,
      dispatch: (event, now) => this.dispatch(event, now),
      guard: (callback) => this.#guard(callback),
      report: (error) => this.#report(error),
      note: (part, error) => this.#note(part, error),
      fail: (error) => this.#fail(error),
    };
    this.#isReady = readinessOf(options.isReady, parts.report);
    this.#alarm = new Alarm(options.clock, () => this.dispatch({ type: "tick" }), () => {
      // A term that is asked ends if it has expired.
      this.work.term?.isValid();
      return this.#isReady() !== this.#state.readiness?.isReady;
    });
    this.work = new TermWork(parts);
    this.#calls = new LockCalls(parts);
    this.#access = new AccessCheck(parts);
  }

  get state(): State {
    return this.#state;
  }

  /** What is wrong: a problem that lasts, or the last failure of a call until one of its sort succeeds. */
  get lastError(): unknown {
    const { reported } = this.#state;
    return reported ? this.#errorOf(reported) : this.#options.memory.failures.last;
  }

  /**
   * Campaigns until it is stopped and all has settled.
   *
   * @throws What a callback threw; a {@linkcode DrainTimeoutError}; an {@linkcode UnsafeStoreError}; or the error of the
   * very first read if waiting does not fix it.
   */
  async run(): Promise<void> {
    const { previous } = this.#options;
    if (previous) {
      const leftover = previous.work.unsettled;
      this.#state = nextCampaign(previous.state, leftover !== undefined);
      if (leftover) this.work.settle(leftover);
    }
    if (this.#options.lock.prepare) await this.#prepare();
    this.dispatch({ type: "start" });
    const how = await this.#finished.promise;
    if (this.#failure) throw this.#failure.error;
    if (how === "undrained") throw new DrainTimeoutError(this.#config.drainTimeout);
    if (how === "refused") throw this.#calls.lastError;
  }

  /** Ends the term if there is one, lets its work settle, releases the lock, and ends the campaign. */
  stop(reason: EndReason): void {
    this.#access.stop();
    this.dispatch({ type: "stop", reason });
  }

  /** Feeds the machine, one event after the other: a callback may cause the next event while one is being carried out. */
  dispatch(event: Event, now: Instant = readClock(this.#options.clock)): void {
    // What fails in here is caught by the dispatch under way.
    if (this.#isStepping) return this.#enqueue(event, now);
    this.#isStepping = true;
    try {
      this.#enqueue(event, now);
      let wakeAt = Infinity;
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        const now = { ...next.now, isReady: this.#isReady() };
        const result = step(this.#config, this.#state, next.event, now);
        this.#state = result.state;
        this.#options.memory.remember(next.event, this.#state.observed);
        wakeAt = result.wakeAt;
        for (const effect of result.effects) this.#carryOut(effect);
      }
      this.#alarm.set(wakeAt, this.#state.lease !== undefined);
      this.#checkAccess(now.monotonic);
    } catch (error) {
      this.#breakDown(error);
    } finally {
      this.#isStepping = false;
    }
  }

  #enqueue(event: Event, now: Instant): void {
    this.#queue.push({ event, now: { ...now, random: this.#options.random() } });
  }

  /** Internal error: ends the term, so that no work continues unsupervised. */
  #breakDown(error: unknown): void {
    // Without a call: should the lock yet answer one, that answer begins no term.
    this.#state = { ...this.#state, finished: true, call: undefined, lease: undefined };
    this.#queue.length = 0;
    this.#alarm.clear();
    this.#calls.abandon();
    this.#access.end();
    this.work.end("failed");
    this.#finished.reject(error);
  }

  #carryOut(effect: Effect): unknown {
    switch (effect.type) {
      case "call":
        // Only what the lock must not do fails here, such as a quota() that throws.
        return this.#guard(() => this.#calls.send(effect));
      case "abandon":
        return this.#calls.abandon();
      case "newLeader":
        return this.#guard(() => this.#options.callbacks.onNewLeader(effect.identity));
      case "startTerm":
        return this.work.start(effect);
      case "extendTerm":
        return this.work.term?.extend(effect.sentAt);
      case "endTerm":
        return this.work.end(effect.reason);
      case "report":
        return this.#onProblem(effect.problem);
      case "finish":
        this.#alarm.clear();
        this.#access.end();
        return this.#finished.resolve(effect.how);
    }
  }

  async #prepare(): Promise<void> {
    const notBefore = Math.max(this.#state.notBefore, await this.#access.prepare());
    // The machine does not yet know what happened meanwhile.
    const working = this.work.unsettled !== undefined;
    const isOverdue = working && this.#state.isOverdue;
    const stopping = this.#access.isStopped;
    this.#state = { ...this.#state, stopping, working, isOverdue, notBefore };
  }

  /** A candidate checks its access only while it does nothing else. */
  #checkAccess(now: number): void {
    const { finished, stopping, lease, unclear, call, contactAt } = this.#state;
    const isIdle = !finished && !stopping && !lease && !unclear && !call;
    if (isIdle && contactAt !== undefined) this.#access.check(now);
  }

  /** Reports each kind of failure once, until a call of the same sort succeeds. */
  #note(part: FailedPart, error: unknown): void {
    if (this.#options.memory.failures.note(part, error)) this.#report(error);
  }

  #report(error: unknown): void {
    this.#guard(() => this.#options.callbacks.onError(error));
  }

  #onProblem(problem: Problem): void {
    const error = this.#errorOf(problem);
    // What hangs is a write or a read, and is of one kind with other failures of that sort.
    if (problem === "unanswered") this.#note("read", error);
    else this.#report(error);
    if (problem === "undrained") this.#options.callbacks.onUndrained?.();
  }

  #errorOf(problem: Problem): Error {
    return errorOf(problem, this.#options.lock.describe(), this.#config, this.#state);
  }

  /** Calls a callback that is not part of the work. It may fail at once, or later. */
  #guard(callback: () => unknown): void {
    try {
      Promise.resolve(callback()).catch((error) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.stop("failed");
  }
}
