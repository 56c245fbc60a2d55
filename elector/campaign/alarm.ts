import type { Clock } from "../../lock/mod.ts";

/** While leading, the clocks are looked at this often: a machine that wakes from suspend has lost time off its timers. */
const HEARTBEAT_MS = 1_000;

/** The one timer of a campaign. */
export class Alarm {
  readonly #clock: Clock;
  readonly #onRing: () => void;
  #pending = new AbortController();

  constructor(clock: Clock, onRing: () => void) {
    this.#clock = clock;
    this.#onRing = onRing;
  }

  /** Rings at an instant (monotonic, milliseconds; `Infinity` for never) in place of the one before; while leading, not later than a heartbeat from now. */
  set(wakeAt: number, isLeading: boolean): void {
    this.clear();
    if (wakeAt === Infinity) return;
    this.#pending = new AbortController();
    const wait = Math.max(0, wakeAt - this.#clock.monotonic());
    const ms = isLeading ? Math.min(wait, HEARTBEAT_MS) : wait;
    this.#clock.sleep(ms, { signal: this.#pending.signal }).then(this.#onRing, () => {});
  }

  clear(): void {
    this.#pending.abort();
  }
}
