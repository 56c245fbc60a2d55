import type { Clock, SleepOptions } from "../../lock/mod.ts";
import { abortable, nextTurn } from "../../lock/system.ts";

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** The one true time that several machines' clocks measure, each at its own rate. */
export class TrueTime {
  /** True milliseconds since the start. */
  now = 0;
  #sleepers: Sleeper[] = [];

  /** Resolves after `ms` true milliseconds. */
  sleep(ms: number, { signal }: SleepOptions = {}): Promise<void> {
    return abortable(signal, (wake) => {
      const sleeper: Sleeper = { wakeAt: this.now + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      return () => this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    });
  }

  /** Moves on to `end`, sleeper by sleeper, and calls `look` right before and right after each instant's events. */
  async runUntil(end: number, look: () => void): Promise<void> {
    await nextTurn();
    for (let next = this.#first(); next && next.wakeAt <= end; next = this.#first()) {
      this.now = next.wakeAt;
      look();
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
      await nextTurn();
      look();
    }
    this.now = end;
  }

  #first(): Sleeper | undefined {
    return this.#sleepers.reduce<Sleeper | undefined>(
      (first, other) => first && first.wakeAt <= other.wakeAt ? first : other,
      undefined,
    );
  }
}

/** A machine's clocks, both running at `rate` times the true time. */
export class DriftClock implements Clock {
  readonly #time: TrueTime;
  readonly #rate: number;

  constructor(time: TrueTime, rate: number) {
    this.#time = time;
    this.#rate = rate;
  }

  monotonic(): number {
    return this.#time.now * this.#rate;
  }

  wall(): number {
    return Date.UTC(2026, 0, 2, 3, 4, 5) + this.#time.now * this.#rate;
  }

  sleep(ms: number, options?: SleepOptions): Promise<void> {
    return this.#time.sleep(Math.max(0, ms) / this.#rate, options);
  }
}
