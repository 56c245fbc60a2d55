import type { Clock, SleepOptions } from "./clock.ts";
import { abortable, nextTurn } from "./system.ts";

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** The most sleepers that may wake at one instant: more are a loop that never lets time pass. */
const MOST_WAKES = 10_000;

/** Options of {@linkcode FakeClock}. */
export interface FakeClockOptions {
  /**
   * The first monotonic reading, in milliseconds.
   *
   * @default {0}
   */
  readonly monotonic?: number | undefined;
  /**
   * The first wall clock reading, in milliseconds since the Unix epoch.
   *
   * @default {Date.UTC(2026, 0, 2, 3, 4, 5)}
   */
  readonly wall?: number | undefined;
}

/**
 * A clock for tests in virtual time, which moves only by its methods.
 *
 * @example Two seconds pass at once
 * ```ts
 * import assert from "node:assert/strict";
 * import { FakeClock } from "@multicluster/leader-election/lock";
 *
 * const clock = new FakeClock();
 * let woken = false;
 * clock.sleep(2_000).then(() => woken = true);
 * await clock.advance(2_000);
 * assert.ok(woken);
 * ```
 */
export class FakeClock implements Clock {
  #monotonic: number;
  #wall: number;
  #sleepers: Sleeper[] = [];

  /** Creates a clock that is stopped at the given readings. */
  constructor(options: FakeClockOptions = {}) {
    this.#monotonic = options.monotonic ?? 0;
    this.#wall = options.wall ?? Date.UTC(2026, 0, 2, 3, 4, 5);
  }

  /** The monotonic reading, in milliseconds. */
  monotonic(): number {
    return this.#monotonic;
  }

  /** The wall clock reading, in milliseconds since the Unix epoch. */
  wall(): number {
    return this.#wall;
  }

  /** Resolves when {@linkcode FakeClock.advance} has moved the clock by `ms` milliseconds. */
  sleep(ms: number, { signal }: SleepOptions = {}): Promise<void> {
    return abortable(signal, (wake) => {
      const sleeper: Sleeper = { wakeAt: this.#monotonic + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      return () => this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    });
  }

  /**
   * Advances both clocks by `ms` milliseconds and wakes each sleeper at its own instant, in order.
   *
   * @throws {Error} If a loop sleeps for 0 ms again and again, so that time would never pass.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    let wakes = 0;
    await nextTurn();
    for (let next = this.#nextSleeper(end); next; next = this.#nextSleeper(end)) {
      // After a skip a sleeper may be overdue; the clock does not go back to its instant.
      const wait = Math.max(0, next.wakeAt - this.#monotonic);
      wakes = wait > 0 ? 0 : wakes + 1;
      if (wakes > MOST_WAKES) {
        throw new Error(
          `Sleepers woke ${MOST_WAKES} times in a row at ${this.#monotonic} ms: let the loop wait longer`,
        );
      }
      this.skip(wait);
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
      await nextTurn();
    }
    this.skip(end - this.#monotonic);
    await nextTurn();
  }

  /** Advances both clocks without waking a sleeper, as in a paused process or a blocked event loop. */
  skip(ms: number): void {
    this.#monotonic += ms;
    this.#wall += ms;
  }

  /** Moves only the wall clock: it was set, or the machine was suspended. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }

  #nextSleeper(end: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.wakeAt <= end && (first === undefined || sleeper.wakeAt < first.wakeAt)) {
        first = sleeper;
      }
    }
    return first;
  }
}
