import { remainingLease } from "../../../../elector/machine/lease.ts";
import {
  DrainTimeoutError,
  LeaderElector,
  type Term,
  TermEndedError,
  type Timings,
} from "../../../../elector/mod.ts";
import { type Fetch, type Lock, LockError, UnsafeStoreError } from "../../../../lock/mod.ts";
import type { Place } from "../stores/place.ts";
import type { Seat } from "../campaign.ts";
import type { Process } from "./process.ts";
import { NotReadyError } from "./workload.ts";

/** How a candidate's work ends after it was told to. */
export type WorkHabit = "prompt" | "late" | "never";

/** What a candidate reports to its observer. */
export interface Watcher {
  onStarted(candidate: Candidate, term: Term): void;
  onStopped(candidate: Candidate, term: Term): void;
  /** The work asks whether its term is valid, is told that it is, and sends an effect to the resource. */
  onEffect(candidate: Candidate, term: Term): void;
  /** Its workload was asked whether it is ready, and threw. */
  onUnready(): void;
  /** A campaign is over, and the next one begins with the same elector. */
  onAgain(candidate: Candidate, error: unknown): void;
  /** The last campaign is over: by itself, or by an error that is part of the game. */
  onEnded(candidate: Candidate, error: unknown): void;
  /** Something that must never happen. */
  onBroken(error: unknown): void;
}

/** What a candidate is made of. */
export interface CandidateOptions {
  /** Where it runs. */
  readonly seat: Seat;
  readonly process: Process;
  readonly place: Place;
  readonly timings: Timings;
  readonly random: () => number;
  /** Makes this process's commits unlike any other's, yet the same in every run. */
  readonly nonce: string;
  readonly habit: WorkHabit;
  readonly readyGrace: number;
  /** Whether the storm is over: then work continues, and no candidate gives up. */
  readonly isCalm: () => boolean;
  /** Whether the network reaches it now. */
  readonly isConnected: () => boolean;
  readonly watcher: Watcher;
}

/** How often the work asks for its term's validity and does something, in parts of D. */
const EFFECTS_PER_DEADLINE = 8;
/** How long the work of a single term takes, in parts of L, at most; how long a try; how long a pause before the next. */
const WORK = 2;
const TRY = 1.2;
const PAUSE = 0.3;
/** How long late work goes on after it was told to end, in parts of D. */
const LATE_WORK = 0.6;

/** A candidate's process: the elector, the lock and the store as they ship, and work that obeys well or badly. */
export class Candidate {
  readonly options: CandidateOptions;
  readonly elector: LeaderElector;
  /** The term that runs, or ran last. */
  term: Term | undefined;
  /** Whether the work of a term has yet to settle. */
  isWorking = false;
  #stop = new AbortController();
  #commits = 0;

  constructor(options: CandidateOptions) {
    this.options = options;
    const { seat: { role, workload }, process, timings, random, watcher, readyGrace } = options;
    this.elector = new LeaderElector({
      ...timings,
      rank: role.rank,
      failback: role.failback,
      readyGrace,
      isReady: workload.isReady,
      lock: this.#makeLock(),
      clock: process,
      random,
      onStartedLeading: (term) => this.#work(term),
      onStoppedLeading: (term) => watcher.onStopped(this, term),
      onError: (error) => {
        if (error instanceof NotReadyError) watcher.onUnready();
      },
    });
  }

  get name(): string {
    return this.options.seat.name;
  }

  get process(): Process {
    return this.options.process;
  }

  /** Campaigns as its program does, until the process ends. */
  async run(): Promise<void> {
    const { watcher, seat: { program }, process } = this.options;
    while (!process.isKilled) {
      let failure: unknown;
      try {
        await this.#campaign();
      } catch (error) {
        failure = error;
      }
      await process.running();
      if (!this.#isExpected(failure)) return watcher.onBroken(failure);
      // A supervisor starts it again.
      if (program === "run" || failure instanceof LockError) return watcher.onEnded(this, failure);
      watcher.onAgain(this, failure);
      if (this.options.random() < 0.5) await process.sleep(this.#share(PAUSE));
    }
  }

  async #campaign(): Promise<void> {
    const { program } = this.options.seat;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    if (program === "run" || program === "run again") return await this.elector.run({ signal });
    const tries = program === "lead in tries" && !this.options.isCalm();
    if (tries) this.#giveUpLater(this.#stop);
    await this.elector.lead((term) => this.#work(term, true), { signal });
  }

  async #giveUpLater(stop: AbortController): Promise<void> {
    await this.process.sleep(this.#share(TRY));
    if (!this.options.isCalm()) stop.abort();
  }

  /** A random time, in parts of the lease. */
  #share(most: number): number {
    return this.options.random() * most * this.options.timings.leaseDuration;
  }

  #isExpected(failure: unknown): boolean {
    // A right store is never taken for an unsafe one.
    if (failure instanceof UnsafeStoreError) return false;
    return failure === undefined || failure instanceof LockError ||
      failure instanceof DrainTimeoutError || failure instanceof TermEndedError ||
      failure === this.#stop.signal.reason;
  }

  /** Asks the campaign to end, as SIGTERM does. */
  stop(): void {
    this.#stop.abort();
  }

  /**
   * What `term.isValid()` would say at this instant, without asking: to ask has consequences, and a process that is paused
   * cannot be asked.
   */
  holdsValidTerm(): boolean {
    const { term, options: { process: { host, isKilled }, timings } } = this;
    if (isKilled || !term || term.signal.aborted) return false;
    const now = { monotonic: host.monotonic(), wall: host.wall() };
    return remainingLease(host.instantAt(this.countsFrom(term)), now, timings) > 0;
  }

  /** When the write left that a term counts from, by the monotonic clock. */
  countsFrom(term: Term): number {
    return term.validUntil - this.options.timings.renewDeadline;
  }

  #makeLock(): Lock {
    const { seat, process, place, timings, random, nonce } = this.options;
    return place.lock({
      identity: seat.name,
      process,
      timings,
      random,
      nonce: () => `${nonce} ${this.#commits++}`,
      reach: (server) => (request) => process.deliver(this.#send(server, request)),
    });
  }

  #send(server: Fetch, request: Request): Promise<Response> {
    if (this.options.isConnected()) return server(request);
    return new Promise((_resolve, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true });
    });
  }

  /** The work of a term. One that is for a single term ends by itself, unless all is calm. */
  async #work(term: Term, isSingle = false): Promise<void> {
    const { process, timings, habit, watcher } = this.options;
    const endsAt = process.monotonic() + this.#share(WORK);
    this.term = term;
    this.isWorking = true;
    watcher.onStarted(this, term);
    try {
      while (!term.signal.aborted) {
        await process.sleep(timings.renewDeadline / EFFECTS_PER_DEADLINE, { signal: term.signal });
        if (term.isValid()) watcher.onEffect(this, term);
        if (isSingle && !this.options.isCalm() && process.monotonic() > endsAt) break;
      }
    } catch (error) {
      if (!term.signal.aborted) throw error;
    }
    if (habit === "late") await process.sleep(timings.renewDeadline * LATE_WORK);
    if (habit === "never" && term.signal.aborted) await new Promise(() => {});
    this.isWorking = false;
  }
}
