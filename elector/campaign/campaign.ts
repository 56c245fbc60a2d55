import {
  type Clock,
  type Instant,
  InvalidRecordError,
  type Lock,
  LockAccessError,
  LockConflictError,
  LockDeletedError,
  LockUnavailableError,
  type Observed,
  ProtocolMismatchError,
  RateLimitError,
  readClock,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "../../lock/mod.ts";
import { randomSession } from "../../lock/system.ts";
import type { Timings } from "../timings.ts";
import type { Preference } from "../preference.ts";
import { ReadinessProbe } from "./readiness.ts";
import { DrainTimeoutError, DuplicateIdentityError, TermEndedError } from "../errors.ts";
import { type FailedPart, FailureLog } from "./failures.ts";
import { step } from "../machine/step.ts";
import type { MachineConfig } from "../machine/turn.ts";
import type { Effect, EndReason, Event, Finish, Outcome } from "../machine/events.ts";
import {
  INITIAL_STATE,
  nextCampaign,
  type Problem,
  type Reading,
  type State,
} from "../machine/state.ts";
import { LiveTerm, type Term } from "../term.ts";

/** How often a follower checks that it may write, in milliseconds, unless its lock says otherwise: a day. */
const ACCESS_CHECK_PERIOD_MS = 86_400_000;

/** The ends of a term with which the campaign goes on, so that what its work throws later must not end it. */
const CAMPAIGN_GOES_ON: ReadonlySet<EndReason> = new Set([
  "expired",
  "lost",
  "resigned",
  "handover",
  "unready",
]);

/** While leading, the clocks are looked at this often: a machine that wakes from suspend has lost time off its timers. */
const HEARTBEAT_MS = 1_000;

type CallEffect = Extract<Effect, { type: "call" }>;

/** What a campaign reports to its elector. A promise that is returned counts as part of the term's work. */
export interface CampaignCallbacks {
  onStartedLeading(term: Term): unknown;
  onStoppedLeading(term: Term, reason: EndReason): unknown;
  onNewLeader(identity: string): void;
  onError(error: unknown): void;
  /** Work of a term, of an earlier campaign perhaps, has outlived its drain; no other term can start. */
  onUndrained?(): void;
}

/** The record that was last seen in effect. */
export interface Sighting {
  readonly observed: Observed;
  /** When the holder's own write was first seen (monotonic, milliseconds): a request on top of it renews nothing. */
  readonly at: number;
}

/** What an elector keeps for all its campaigns, beside the state that each hands on to the next. */
export class Memory {
  /** The record that was last seen in effect. */
  sighting: Sighting | undefined;
  /** What went wrong. */
  readonly failures: FailureLog = new FailureLog();
  /** When access is to be checked next (monotonic, milliseconds). */
  accessCheckAt = -Infinity;
}

/** What a campaign needs. */
export interface CampaignOptions {
  readonly lock: Lock;
  readonly timings: Timings;
  readonly preference: Preference;
  /** Whether the workload is ready to lead. */
  readonly isReady?: (() => boolean) | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly callbacks: CampaignCallbacks;
  readonly memory: Memory;
  /** The campaign before this one: this one begins with what it learned, and with its work if that has yet to settle. */
  readonly previous: Campaign | undefined;
}

/**
 * Carries out what the machine decides: calls to the lock, the timer, terms and callbacks. From its start to its stop, it
 * may lead any number of times.
 */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #config: MachineConfig;
  readonly #finished = Promise.withResolvers<Finish>();
  readonly #queue: { event: Event; now: Omit<Reading, "isReady"> }[] = [];
  readonly #readiness: ReadinessProbe;
  readonly #memory: Memory;
  #isStepping = false;
  #state: State = INITIAL_STATE;
  #term: LiveTerm | undefined;
  /** The work of the current term, or of one that has ended and whose work has yet to settle. */
  #work: Promise<unknown> | undefined;
  #alarm = new AbortController();
  #inFlight = new AbortController();
  readonly #preparing = new AbortController();
  readonly #checking = new AbortController();
  #lastError: unknown;
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
    this.#memory = options.memory;
    this.#readiness = new ReadinessProbe(options.isReady, (error) => this.#report(error));
  }

  /** The election as it stands. */
  get state(): State {
    return this.#state;
  }

  /** The current term, or the last one. */
  get term(): Term | undefined {
    return this.#term;
  }

  /** Work that has yet to settle. Never rejects. */
  get unsettled(): Promise<unknown> | undefined {
    return this.#work;
  }

  /** What is wrong: a problem that lasts, or the last failure of a call until one of its sort succeeds. */
  get lastError(): unknown {
    const { reported } = this.#state;
    return reported ? this.#problem(reported) : this.#memory.failures.last;
  }

  /**
   * Campaigns until it is stopped and all has settled.
   *
   * @throws What a callback threw; a {@linkcode DrainTimeoutError}; an {@linkcode UnsafeStoreError}; or what made the very
   * first look hopeless.
   */
  async run(): Promise<void> {
    const { previous } = this.#options;
    if (previous) {
      const leftover = previous.unsettled;
      this.#state = nextCampaign(previous.state, leftover !== undefined);
      if (leftover) this.#settle(leftover);
    }
    if (this.#options.lock.prepare) await this.#prepare();
    this.#dispatch({ type: "start" });
    const how = await this.#finished.promise;
    if (this.#failure) throw this.#failure.error;
    if (how === "undrained") throw new DrainTimeoutError(this.#config.drainTimeout);
    if (how === "refused") throw this.#lastError;
  }

  /** Ends the term if there is one, lets its work settle, releases the lock, and ends the campaign. */
  stop(reason: EndReason): void {
    this.#preparing.abort();
    this.#dispatch({ type: "stop", reason });
  }

  /** Ends the term if there is one, lets its work settle, releases the lock, and lets others claim it first. */
  stepDown(): void {
    this.#dispatch({ type: "stepDown" });
  }

  /** Ends the term if there is one, lets its work settle, releases the lock, and lets another candidate claim it first. */
  handOver(to: string): void {
    this.#dispatch({ type: "handover", to });
  }

  /** Feeds the machine, one event after the other: a callback may cause the next event while one is being carried out. */
  #dispatch(event: Event, now = readClock(this.#options.clock)): void {
    // What fails in here is caught by the dispatch under way.
    if (this.#isStepping) return this.#enqueue(event, now);
    this.#isStepping = true;
    try {
      this.#enqueue(event, now);
      let wakeAt = Infinity;
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        const now = { ...next.now, isReady: this.#readiness.ask() };
        const result = step(this.#config, this.#state, next.event, now);
        this.#state = result.state;
        this.#remember(next.event);
        wakeAt = result.wakeAt;
        for (const effect of result.effects) this.#carryOut(effect);
      }
      this.#setAlarm(wakeAt);
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

  /** Keeps the record that is in effect, for status pages: the state has no more of it than it needs to decide. */
  #remember(event: Event): void {
    if (event.type !== "answer" || event.outcome.type !== "record") return;
    const { observed } = event.outcome;
    const state = this.#state.observed;
    if (observed.version !== state?.version) return;
    const known = this.#memory.sighting;
    const isNew = observed.version !== known?.observed.version;
    // A record that was merely shown may be that of another write.
    if (!isNew && observed.isProven === false) return;
    this.#memory.sighting = { observed, at: state.at };
  }

  /** What must never fail has failed: no work goes on under a term that nobody watches any more. */
  #breakDown(error: unknown): void {
    // Without a call: should the lock yet answer one, that answer begins no term.
    this.#state = { ...this.#state, finished: true, call: undefined, lease: undefined };
    this.#queue.length = 0;
    this.#alarm.abort();
    this.#inFlight.abort();
    this.#checking.abort();
    this.#endTerm("failed");
    this.#finished.reject(error);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case "call":
        this.#inFlight = new AbortController();
        this.#call(effect, this.#inFlight.signal);
        break;
      case "abandon":
        this.#inFlight.abort(new DOMException("The call was given up", "AbortError"));
        break;
      case "newLeader":
        this.#guard(() => this.#options.callbacks.onNewLeader(effect.identity));
        break;
      case "startTerm":
        this.#startTerm(effect);
        break;
      case "extendTerm":
        this.#term?.extend(effect.sentAt);
        break;
      case "endTerm":
        this.#endTerm(effect.reason);
        break;
      case "report":
        this.#onProblem(effect.problem);
        break;
      case "finish":
        this.#alarm.abort();
        this.#checking.abort();
        this.#finished.resolve(effect.how);
        break;
    }
  }

  // ---- The lock ----

  /** Lets the lock find out whether its store can be trusted. A stop gives that up. */
  async #prepare(): Promise<void> {
    const { signal } = this.#preparing;
    const stopped = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve(), { once: true })
    );
    let notBefore = this.#state.notBefore;
    try {
      await Promise.race([this.#options.lock.prepare?.({ signal }), stopped]);
      if (!signal.aborted) this.#onPrepared();
    } catch (error) {
      if (!signal.aborted) this.#onUnprepared(error);
      notBefore = Math.max(notBefore, retryAtOf(error) ?? -Infinity);
    }
    // The machine heard nothing yet of what happened meanwhile.
    const working = this.#work !== undefined;
    const isOverdue = working && this.#state.isOverdue;
    this.#state = { ...this.#state, stopping: signal.aborted, working, isOverdue, notBefore };
  }

  #onPrepared(): void {
    const { failures } = this.#memory;
    failures.succeed("access");
    // Whoever is trusted to write may write.
    if (this.#memory.accessCheckAt === -Infinity) this.#planAccessCheck();
  }

  /** The lock tries again by itself, before it writes. */
  #onUnprepared(error: unknown): void {
    this.#note(isRefusal(error) ? "access" : "read", error);
    if (error instanceof UnsafeStoreError) this.#fail(error);
  }

  async #call(effect: CallEffect, signal: AbortSignal): Promise<void> {
    const { call } = effect;
    const { failures } = this.#memory;
    const part: FailedPart = effect.record ? "write" : "read";
    // A call that was given up may yet be answered, even after the campaign has ended.
    const isAwaited = () => this.#state.call?.id === call.id;
    let outcome: Outcome;
    try {
      const observed = await this.#ask(effect, signal);
      outcome = observed ? { type: "record", observed } : { type: "absent" };
      if (isAwaited()) failures.succeed(part);
    } catch (error) {
      outcome = outcomeOf(error, part);
      if (isAwaited()) this.#onCallFailed(part, outcome, error);
    }
    const quota = this.#options.lock.quota?.();
    this.#dispatch({ type: "answer", id: call.id, outcome, quota });
  }

  #onCallFailed(part: FailedPart, outcome: Outcome, error: unknown): void {
    if (outcome.type === "conflict") return;
    this.#lastError = error;
    const { failures } = this.#memory;
    const isNew = outcome.type === "refused" ? failures.refuse(error) : failures.note(part, error);
    if (isNew) this.#report(error);
    // With such a store two may lead: nothing mends it, and no term may go on.
    if (error instanceof UnsafeStoreError) this.#fail(error);
  }

  #ask(
    { call, record, version }: CallEffect,
    signal: AbortSignal,
  ): Promise<Observed | undefined> {
    const { lock } = this.#options;
    if (!record) return lock.get({ signal, proof: call.proof });
    if (version === undefined || call.purpose === "create") return lock.create(record, { signal });
    return lock.update(record, { version }, { signal });
  }

  /**
   * A follower finds out, without writing, whether it could: nothing else would show it before it has to take over. It
   * does so at its start and daily, or as often as the lock says.
   */
  async #checkAccess(now: number): Promise<void> {
    const { lock, timings, clock } = this.#options;
    const { finished, stopping, lease, unclear, call, contactAt } = this.#state;
    const isIdle = !finished && !stopping && !lease && !unclear && !call;
    if (!lock.checkAccess || !isIdle || contactAt === undefined) return;
    if (now < this.#memory.accessCheckAt) return;
    this.#planAccessCheck(now);
    try {
      await lock.checkAccess({ signal: this.#checking.signal });
      this.#memory.failures.succeed("access");
    } catch (error) {
      if (this.#state.finished) return;
      if (error instanceof LockAccessError) this.#note("access", error);
      else if (error instanceof UnsafeStoreError) this.#onUnprepared(error);
      else this.#memory.accessCheckAt = clock.monotonic() + timings.leaseDuration;
    }
  }

  #planAccessCheck(now = this.#options.clock.monotonic()): void {
    const { accessCheckPeriod = ACCESS_CHECK_PERIOD_MS } = this.#options.lock;
    this.#memory.accessCheckAt = now + accessCheckPeriod;
  }

  /** Reports each kind of failure once, until a call of the same sort succeeds. */
  #note(part: FailedPart, error: unknown): void {
    if (this.#memory.failures.note(part, error)) this.#report(error);
  }

  #report(error: unknown): void {
    this.#guard(() => this.#options.callbacks.onError(error));
  }

  #onProblem(problem: Problem): void {
    const error = this.#problem(problem);
    // What hangs is a write or a read, and is of one kind with other failures of that sort.
    if (problem === "unanswered") this.#note("read", error);
    else this.#report(error);
    if (problem === "undrained") this.#options.callbacks.onUndrained?.();
  }

  #problem(problem: Problem): Error {
    const name = this.#options.lock.describe();
    switch (problem) {
      case "undrained":
        return new DrainTimeoutError(this.#config.drainTimeout);
      case "unanswered":
        return new LockUnavailableError(`A call to ${name} was given up as it took too long`);
      case "deleted":
        return new LockDeletedError(
          `The record of ${name} has disappeared; it is not created again, as fencing tokens would restart: ` +
            `once nobody leads any more, put {"leaderTransitions": ${this.#state.highestToken}} in its place`,
        );
      case "exhausted":
        return new InvalidRecordError(
          `Cannot lead under ${name} as its fencing token cannot be raised: leaderTransitions is at or beyond its limit`,
        );
      case "duplicate":
        return new DuplicateIdentityError(this.#config.identity, name);
    }
  }

  // ---- Terms ----

  #startTerm({ token, sentAt }: Extract<Effect, { type: "startTerm" }>): void {
    const { clock, timings, callbacks, lock } = this.#options;
    const onExpired = (now: ReturnType<typeof readClock>) => this.#dispatch({ type: "tick" }, now);
    const term = new LiveTerm({ token, sentAt, timings, clock, onExpired });
    this.#term = term;
    this.#guard(() => lock.recordEvent("became leader"));
    this.#work = this.#watch(term, () => callbacks.onStartedLeading(term));
  }

  #endTerm(reason: EndReason): void {
    const term = this.#term;
    if (!term || term.signal.aborted) return;
    term.end(reason);
    this.#guard(() => this.#options.lock.recordEvent("stopped leading"));
    const cleanUp = this.#watch(
      term,
      () => this.#options.callbacks.onStoppedLeading(term, reason),
    );
    this.#settle(Promise.all([this.#work, cleanUp]));
  }

  #settle(work: Promise<unknown>): void {
    this.#work = work;
    work.then(() => {
      this.#work = undefined;
      this.#dispatch({ type: "settled" });
    });
  }

  /** Runs a part of the term's work. Never rejects. */
  async #watch(term: Term, part: () => unknown): Promise<void> {
    try {
      await part();
    } catch (error) {
      // Reading the clocks ends a term whose deadline has passed unnoticed.
      if (term.isValid()) return this.#fail(error);
      const { reason } = term.signal;
      if (isObedient(error, reason)) return;
      const goesOn = reason instanceof TermEndedError && CAMPAIGN_GOES_ON.has(reason.reason);
      if (goesOn) this.#report(error);
      else this.#fail(error);
    }
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

  // ---- The timer ----

  #setAlarm(wakeAt: number): void {
    this.#alarm.abort();
    if (wakeAt === Infinity) return;
    this.#alarm = new AbortController();
    const { clock } = this.#options;
    const wait = Math.max(0, wakeAt - clock.monotonic());
    const ms = this.#state.lease ? Math.min(wait, HEARTBEAT_MS) : wait;
    clock.sleep(ms, { signal: this.#alarm.signal })
      .then(() => this.#dispatch({ type: "tick" }), () => {});
  }
}

/** What a rejection of the lock means to the machine. For a write, "failed" means that its outcome is unknown. */
function outcomeOf(error: unknown, part: FailedPart): Outcome {
  if (error instanceof LockConflictError) return { type: "conflict" };
  if (isRefusal(error) && part === "write") return { type: "refused" };
  if (error instanceof InvalidRecordError && error.version !== undefined) {
    return { type: "unreadable", version: error.version, tokenFloor: error.tokenFloor };
  }
  const retryAt = retryAtOf(error);
  return {
    type: "failed",
    permanent: isPermanent(error),
    gone: error instanceof LockDeletedError && error.isCertain,
    ...(retryAt !== undefined && { retryAt }),
  };
}

function retryAtOf(error: unknown): number | undefined {
  const mayPause = error instanceof RateLimitError || error instanceof LockUnavailableError ||
    error instanceof UnknownOutcomeError;
  return mayPause ? error.retryAt : undefined;
}

/** Whether nothing was written, and nothing will be until a person changes something. */
function isRefusal(error: unknown): boolean {
  return error instanceof LockAccessError || error instanceof UnsafeStoreError;
}

/** Whether time alone will not mend it: a wrong token, id, store or protocol, or a record that was deleted. */
function isPermanent(error: unknown): boolean {
  return isRefusal(error) || error instanceof ProtocolMismatchError ||
    error instanceof LockDeletedError;
}

/**
 * Whether work ended because its signal aborted: its error is the signal's reason or an AbortError, or has one of them
 * anywhere in its `cause` or `errors`.
 */
function isObedient(error: unknown, reason: unknown): boolean {
  const seen = new Set<unknown>();
  const queue = [error];
  for (const next of queue) {
    if (next === reason) return true;
    if (!(next instanceof Error) || seen.has(next)) continue;
    if (next.name === "AbortError") return true;
    seen.add(next);
    queue.push(next.cause);
    if ("errors" in next && Array.isArray(next.errors)) queue.push(...next.errors);
  }
  return false;
}
