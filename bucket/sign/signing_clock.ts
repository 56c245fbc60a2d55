import type { Clock } from "../../lock/mod.ts";
import { readDate } from "../../store/kit.ts";

/** A difference of clocks that no server refuses a signature for, in milliseconds. */
const TOLERATED = 60_000;

/**
 * The time that requests are signed with: the wall clock's, corrected by what a server that refused a signature said the time
 * was. Nothing else uses it; leases never do.
 */
export class SigningClock {
  readonly #clock: Clock;
  readonly #onWarning: (message: string) => void;
  /** By how much the server's clock is ahead, in milliseconds. */
  #offset = 0;

  constructor(clock: Clock, onWarning: (message: string) => void) {
    this.#clock = clock;
    this.#onWarning = onWarning;
  }

  /** The time to sign with, in milliseconds since the Unix epoch. */
  now(): number {
    return this.#clock.wall() + this.#offset;
  }

  /** By how much a server's clock is ahead of {@linkcode SigningClock.now}, in milliseconds; `undefined` if it does not say. */
  errorBy(date: string | null): number | undefined {
    const time = readDate(date);
    return time === undefined ? undefined : time - this.now();
  }

  /** Corrects the clock by the `date` of a response. Returns whether that changes it by more than servers tolerate. */
  correct(date: string | null): boolean {
    const error = this.errorBy(date);
    if (error === undefined || Math.abs(error) < TOLERATED) return false;
    this.#offset += error;
    this.#onWarning(describe(this.#offset));
    return true;
  }
}

function describe(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  if (minutes === 0) return "The clock of this machine agrees with the bucket's again";
  return `The clock of this machine is ${minutes} min ${
    offset > 0 ? "behind" : "ahead of"
  } the bucket's: ` +
    "requests are signed with the bucket's time; set the clock, such as by NTP";
}
