import { remainingLease } from "../../elector/lease.ts";
import { DrainTimeoutError, LeaderElector, type Term, type Timings } from "../../elector/mod.ts";
import { GistLock, type Protocol } from "../../gist/mod.ts";
import { type GistServer, LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { LockError } from "../../lock/mod.ts";
import type { Process } from "./process.ts";

/** How a candidate's work ends after it was told to. */
export type WorkHabit = "prompt" | "late" | "never";

/** What a candidate tells whoever watches it. */
export interface Watcher {
  onStarted(candidate: Candidate, term: Term): void;
  onStopped(candidate: Candidate, term: Term): void;
  /** The work asks whether its term is valid, is told that it is, and sends an effect to the resource. */
  onEffect(candidate: Candidate, term: Term): void;
  /** The campaign is over: by itself, or by an error that is part of the game. */
  onEnded(candidate: Candidate, error: unknown): void;
  /** Something that must never happen. */
  onBroken(error: unknown): void;
}

/** What a candidate is made of. */
export interface CandidateOptions {
  readonly name: string;
  readonly process: Process;
  readonly server: GistServer;
  readonly gist: string;
  readonly protocol: Protocol;
  readonly timings: Timings;
  readonly random: () => number;
  /** Makes this process's commits unlike any other's, yet the same in every run. */
  readonly nonce: string;
  readonly habit: WorkHabit;
  /** Whether the network reaches it now. */
  readonly isConnected: () => boolean;
  readonly watcher: Watcher;
}

/** How often the work asks for its term's validity and does something, in parts of D. */
const EFFECTS_PER_DEADLINE = 8;
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
    const { process, timings, random, watcher } = options;
    this.elector = new LeaderElector({
      ...timings,
      lock: this.#makeLock(),
      clock: process,
      random,
      onStartedLeading: (term) => this.#work(term),
      onStoppedLeading: (term) => watcher.onStopped(this, term),
    });
  }

  get name(): string {
    return this.options.name;
  }

  get process(): Process {
    return this.options.process;
  }

  /** Campaigns until it is told to stop, or the campaign fails. */
  async run(): Promise<void> {
    const { watcher } = this.options;
    let failure: unknown;
    try {
      await this.elector.run({ signal: this.#stop.signal });
    } catch (error) {
      failure = error;
    }
    const isExpected = failure === undefined || failure instanceof LockError ||
      failure instanceof DrainTimeoutError;
    if (isExpected) watcher.onEnded(this, failure);
    else watcher.onBroken(failure);
  }

  /** Asks the process to end, as SIGTERM does. */
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
    const sentAt = host.instantAt(term.validUntil - timings.renewDeadline);
    const now = { monotonic: host.monotonic(), wall: host.wall() };
    return remainingLease(sentAt, now, timings) > 0;
  }

  #makeLock(): GistLock {
    const { name, process, server, gist, protocol, nonce } = this.options;
    const options = {
      id: gist,
      identity: name,
      protocol,
      token: LOCAL_TOKEN,
      clock: process,
      requestTimeout: this.options.timings.requestTimeout,
      // Passed on to the git store.
      nonce: () => `${nonce} ${this.#commits++}`,
      fetch: (request: Request) => process.deliver(this.#send(server, request)),
    };
    return new GistLock(options);
  }

  #send(server: GistServer, request: Request): Promise<Response> {
    if (this.options.isConnected()) return server.fetch(request);
    return new Promise((_resolve, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true });
    });
  }

  async #work(term: Term): Promise<void> {
    const { process, timings, habit, watcher } = this.options;
    this.term = term;
    this.isWorking = true;
    watcher.onStarted(this, term);
    try {
      while (!term.signal.aborted) {
        await process.sleep(timings.renewDeadline / EFFECTS_PER_DEADLINE, { signal: term.signal });
        if (term.isValid()) watcher.onEffect(this, term);
      }
    } catch (error) {
      if (!term.signal.aborted) throw error;
    }
    if (habit === "late") await process.sleep(timings.renewDeadline * LATE_WORK);
    if (habit === "never") await new Promise(() => {});
    this.isWorking = false;
  }
}
