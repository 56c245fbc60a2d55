import type { Clock, Instant, Lock } from "../../lock/mod.ts";
import type { Effect, EndReason } from "../machine/events.ts";
import { LiveTerm, type Term } from "../term.ts";
import type { Timings } from "../timings.ts";
import { fateOf } from "./work_error.ts";

/** What {@linkcode TermWork} needs. */
interface TermWorkOptions {
  readonly lock: Lock;
  readonly clock: Clock;
  readonly timings: Timings;
  readonly onStartedLeading: (term: Term) => unknown;
  readonly onStoppedLeading: (term: Term, reason: EndReason) => unknown;
  /** The current term was found to have passed its deadline. */
  readonly onExpired: (now: Instant) => void;
  /** All work has settled. */
  readonly onSettled: () => void;
  /** Calls what may throw, and is not part of the work. */
  readonly guard: (callback: () => unknown) => void;
  /** Gets what work throws that does not end the campaign. */
  readonly report: (error: unknown) => void;
  /** Gets what ends the campaign. */
  readonly fail: (error: unknown) => void;
}

/** The terms of a campaign, one after the other, and the work that is done under them. */
export class TermWork {
  readonly #options: TermWorkOptions;
  #term: LiveTerm | undefined;
  #work: Promise<unknown> | undefined;

  constructor(options: TermWorkOptions) {
    this.#options = options;
  }

  /** The current term, or the last one. */
  get term(): Term | undefined {
    return this.#term;
  }

  /** The work of the current term, or of one that has ended and whose work has yet to settle. Never rejects. */
  get unsettled(): Promise<unknown> | undefined {
    return this.#work;
  }

  start({ token, sentAt }: Extract<Effect, { type: "startTerm" }>): void {
    const { clock, timings, lock, guard, onExpired, onStartedLeading } = this.#options;
    const term = new LiveTerm({ token, sentAt, timings, clock, onExpired });
    this.#term = term;
    guard(() => lock.recordEvent("became leader"));
    this.#work = this.#watch(term, () => onStartedLeading(term));
  }

  /** A later write of the same term is in effect. */
  extend(sentAt: Instant): void {
    this.#term?.extend(sentAt);
  }

  end(reason: EndReason): void {
    const { lock, guard, onStoppedLeading } = this.#options;
    const term = this.#term;
    if (!term || term.signal.aborted) return;
    term.end(reason);
    guard(() => lock.recordEvent("stopped leading"));
    const cleanUp = this.#watch(term, () => onStoppedLeading(term, reason));
    this.settle(Promise.all([this.#work, cleanUp]));
  }

  /** Waits for work of a term that has ended, of an earlier campaign perhaps. */
  settle(work: Promise<unknown>): void {
    this.#work = work;
    work.then(() => {
      this.#work = undefined;
      this.#options.onSettled();
    });
  }

  /** Runs a part of the term's work. Never rejects. */
  async #watch(term: Term, part: () => unknown): Promise<void> {
    try {
      await part();
    } catch (error) {
      // Reading the clocks ends a term whose deadline has passed unnoticed.
      const fate = term.isValid() ? "fatal" : fateOf(error, term.signal.reason);
      if (fate === "reported") this.#options.report(error);
      else if (fate === "fatal") this.#options.fail(error);
    }
  }
}
