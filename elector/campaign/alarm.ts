import { type Clock, readClock } from "../../lock/mod.ts";
import { every } from "../../lock/system.ts";

/** How often to read the clocks while there is a lease, in milliseconds. */
const LOOK_PERIOD_MS = 1_000;

/** How much the wall clock may gain on the monotonic one before that counts, in milliseconds: their readings are rounded. */
const LEAST_GAIN_MS = 10;

/**
 * The timer of a campaign, and, while there is a lease, a regular reading of the clocks: timers do not count the time
 * in which a machine is suspended.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #onRing: () => void;
  readonly #isDue: () => boolean;
  #pending = new AbortController();
  #stopLooking: (() => void) | undefined;
  /** How far ahead of the monotonic clock the wall clock was when the timer was set. */
  #lead = 0;

  /** @param isDue Called at each look: whether to ring at once. */
  constructor(clock: Clock, onRing: () => void, isDue: () => boolean) {
    this.#clock = clock;
    this.#onRing = onRing;
    this.#isDue = isDue;
  }

  /** Rings at an instant (monotonic, milliseconds; `Infinity` for never) in place of the one before. */
  set(wakeAt: number, hasLease: boolean): void {
    this.#pending.abort();
    this.#lead = this.#readLead();
    if (hasLease) this.#stopLooking ??= every(this.#clock, LOOK_PERIOD_MS, () => this.#look());
    else this.clear();
    if (wakeAt === Infinity) return;
    this.#pending = new AbortController();
    const ms = Math.max(0, wakeAt - this.#clock.monotonic());
    this.#clock.sleep(ms, { signal: this.#pending.signal }).then(this.#onRing, () => {});
  }

  clear(): void {
    this.#pending.abort();
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }

  /** The timer is late if the wall clock has gained on the monotonic one. */
  #look(): void {
    const isLate = this.#readLead() - this.#lead > LEAST_GAIN_MS;
    if (isLate || this.#isDue()) this.#onRing();
  }

  #readLead(): number {
    const { wall, monotonic } = readClock(this.#clock);
    return wall - monotonic;
  }
}
