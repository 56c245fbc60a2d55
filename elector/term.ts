import { type Clock, type Instant, readClock } from "../lock/mod.ts";
import type { Timings } from "./timings.ts";
import { TermEndedError } from "./errors.ts";
import { remainingLease } from "./machine/lease.ts";
import type { EndReason } from "./machine/events.ts";

/**
 * One stretch of leadership, from one acquisition to its end. A term that has ended never restarts.
 *
 * Check {@linkcode Term.isValid} right before each effect on the outside world, and send {@linkcode Term.token} with
 * it: a process can be paused between the check and the effect, and then only the resource can refuse it.
 */
export interface Term {
  /** The fencing token: higher than that of every term before it. Let resources refuse lower ones. */
  readonly token: number;
  /**
   * Aborts when the term ends, with a {@linkcode TermEndedError}: at its deadline at the latest, if timers fire on
   * time.
   */
  readonly signal: AbortSignal;
  /** The present deadline, as a reading of the elector's monotonic clock, in milliseconds. Renewals extend it. */
  readonly validUntil: number;
  /** How long the term is still valid if it is not renewed, in milliseconds; 0 once it has ended. */
  remaining(): number;
  /** Whether the term is valid now. Reads the clocks at the call; once `false`, it stays `false`. */
  isValid(): boolean;
  /**
   * Does nothing while the term is valid.
   *
   * @throws {TermEndedError} If it is not.
   */
  assertValid(): void;
}

/** What a {@linkcode LiveTerm} needs from its elector. */
interface LiveTermOptions {
  readonly token: number;
  readonly sentAt: Instant;
  readonly timings: Timings;
  readonly clock: Clock;
  /** Called, at most once, when a reading of the clocks shows that the deadline has passed. */
  readonly onExpired: (now: Instant) => void;
}

/** A term as its elector holds it. */
export class LiveTerm implements Term {
  readonly token: number;
  readonly #options: LiveTermOptions;
  readonly #ending = new AbortController();
  #sentAt: Instant;
  #expired = false;

  constructor(options: LiveTermOptions) {
    this.token = options.token;
    this.#sentAt = options.sentAt;
    this.#options = options;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get validUntil(): number {
    return this.#sentAt.monotonic + this.#options.timings.renewDeadline;
  }

  remaining(): number {
    if (this.#expired || this.signal.aborted) return 0;
    const now = readClock(this.#options.clock);
    const remaining = remainingLease(this.#sentAt, now, this.#options.timings);
    if (remaining > 0) return remaining;
    this.#expired = true;
    this.#options.onExpired(now);
    return 0;
  }

  isValid(): boolean {
    return this.remaining() > 0;
  }

  assertValid(): void {
    if (this.isValid()) return;
    throw this.signal.aborted ? this.signal.reason : new TermEndedError(this.token, "expired");
  }

  /** A renewal that left at `sentAt` is known to be in effect. */
  extend(sentAt: Instant): void {
    this.#sentAt = sentAt;
  }

  /** Ends the term; its signal aborts now. */
  end(reason: EndReason): void {
    this.#expired = true;
    this.#ending.abort(new TermEndedError(this.token, reason));
  }
}
