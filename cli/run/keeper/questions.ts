import { type Clock, elapsedSince, type Instant, readClock } from "../../../lock/mod.ts";
import type { GrantedTerm } from "../messages.ts";

/** The least time from one question of a term to the next, in milliseconds. */
const LEAST_PAUSE_MS = 100;

/**
 * The keeper's questions to the campaigner, one at a time, so that they do not pile up for a campaigner that is stopped; and
 * the term that the last answer granted. It is counted from the question: the answer may have lain in the pipe.
 */
export class Questions {
  readonly #clock: Clock;
  readonly #longestPause: number;
  readonly #send: (n: number) => void;
  #count = 0;
  /** The question that is not answered yet. */
  #open: { readonly n: number; readonly at: Instant } | undefined;
  #grant: { readonly term: GrantedTerm; readonly at: Instant } | undefined;
  /** When the last question was asked that the campaigner has answered, and how long after it the next one is due. */
  #answered: { readonly at: Instant; readonly pause: number } | undefined;
  /** Whether the campaigner has said since the grant that it has ended. */
  #isRevoked = false;

  /** @param renewDeadline How long the campaigner takes a silent keeper for a working one, in milliseconds. */
  constructor(clock: Clock, renewDeadline: number, send: (n: number) => void) {
    this.#clock = clock;
    this.#longestPause = renewDeadline / 8;
    this.#send = send;
  }

  /** The last granted term, whether it is still valid or not. */
  get lastTerm(): GrantedTerm | undefined {
    return this.#grant?.term;
  }

  /** How long the last granted term lasts by its deadline, in milliseconds; negative after it. */
  remaining(): number {
    return this.#grant ? this.#grant.term.remaining - this.#since(this.#grant.at) : 0;
  }

  isValid(): boolean {
    return !this.#isRevoked && this.remaining() > 0;
  }

  ask(): void {
    if (this.#open) return;
    this.#open = { n: ++this.#count, at: readClock(this.#clock) };
    this.#send(this.#open.n);
  }

  /** Asks now: an answer on its way is older than the change. */
  askAgain(): void {
    this.#open = undefined;
    this.ask();
  }

  /** Returns whether it answers the question that is open. */
  answer(n: number, term: GrantedTerm | null): boolean {
    if (n !== this.#open?.n) return false;
    const { at } = this.#open;
    this.#open = undefined;
    this.#isRevoked = !term;
    if (term) this.#grant = { term, at };
    const half = term ? Math.max(LEAST_PAUSE_MS, term.remaining / 2) : Infinity;
    this.#answered = { at, pause: Math.min(this.#longestPause, half) };
    return true;
  }

  /** How long until the next question of a term is due, in milliseconds. */
  dueIn(): number {
    return this.#open || !this.#answered
      ? Infinity
      : this.#answered.pause - this.#since(this.#answered.at);
  }

  /** Whether the campaigner has answered a question of the last `within` milliseconds. */
  hasHeard(within: number): boolean {
    return this.#answered !== undefined && this.#since(this.#answered.at) <= within;
  }

  #since(then: Instant): number {
    return elapsedSince(then, readClock(this.#clock));
  }
}
