import type { Instant } from "../../lock/mod.ts";
import type { Effect, EndReason } from "../machine/events.ts";
import { LiveTerm, type Term } from "../term.ts";
import type { PartOptions } from "./options.ts";
import { fateOf } from "./work_error.ts";

/** The terms of a campaign, one after the other, and the work that is done under them. */
export class TermWork {
  readonly #options: PartOptions;
  /** The current term, or the last one. */
  term: LiveTerm | undefined;
  /** The work of the current term, or of one that has ended and whose work has yet to settle. Never rejects. */
  unsettled: Promise<unknown> | undefined;

  constructor(options: PartOptions) {
    this.#options = options;
  }

  start({ token, sentAt }: Extract<Effect, { type: "startTerm" }>): void {
    const { clock, timings, lock, callbacks, dispatch, guard } = this.#options;
    const onExpired = (now: Instant) => dispatch({ type: "tick" }, now);
    const term = new LiveTerm({ token, sentAt, timings, clock, onExpired });
    this.term = term;
    guard(() => lock.recordEvent("became leader"));
    this.unsettled = this.#watch(term, () => callbacks.onStartedLeading(term));
  }

  end(reason: EndReason): void {
    const { lock, callbacks, guard } = this.#options;
    const term = this.term;
    if (!term || term.signal.aborted) return;
    term.end(reason);
    guard(() => lock.recordEvent("stopped leading"));
    const cleanUp = this.#watch(term, () => callbacks.onStoppedLeading(term, reason));
    this.settle(Promise.all([this.unsettled, cleanUp]));
  }

  /** Waits for work of a term that has ended, of an earlier campaign perhaps. */
  settle(work: Promise<unknown>): void {
    this.unsettled = work;
    work.then(() => {
      this.unsettled = undefined;
      this.#options.dispatch({ type: "settled" });
    });
  }

  /** Runs a part of the term's work. Never rejects. */
  async #watch(term: Term, part: () => unknown): Promise<void> {
    try {
      await part();
    } catch (error) {
      // Reading the clocks ends a term whose deadline has passed unnoticed.
      const fate = term.isValid() ? "fatal" : fateOf(error, term.signal.reason);
      if (fate === "dropped") return;
      // A campaign that has ended cannot fail any more.
      if (fate === "reported" || this.#options.state().finished) this.#options.report(error);
      else this.#options.fail(error);
    }
  }
}
