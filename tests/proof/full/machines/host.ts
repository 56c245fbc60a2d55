import type { Instant } from "../../../../lock/mod.ts";
import type { TrueTime } from "../../../elector/drift_clock.ts";

/** The wall clock of every host at the true start, in milliseconds since the epoch. */
export const EPOCH = Date.UTC(2026, 0, 2, 3, 4, 5);

/**
 * The clocks of one machine, as they are: they run at a rate of their own, the wall clock is set now and then, and the
 * monotonic one stands still while the machine is suspended.
 */
export class Host {
  readonly #time: TrueTime;
  #rate: number;
  /** Where the monotonic clock stood when its rate last changed, and when that was (true time). */
  #since = { monotonic: 0, at: 0 };
  #suspended = false;
  /** How far the wall clock is ahead of the monotonic one from each monotonic reading on, oldest first. */
  readonly #offsets = [{ from: 0, offset: EPOCH }];

  constructor(time: TrueTime, rate: number) {
    this.#time = time;
    this.#rate = rate;
    this.#since.at = time.now;
  }

  /** How much the clocks count in a true millisecond. */
  get rate(): number {
    return this.#rate;
  }

  get isSuspended(): boolean {
    return this.#suspended;
  }

  monotonic(): number {
    const { monotonic, at } = this.#since;
    return this.#suspended ? monotonic : monotonic + (this.#time.now - at) * this.#rate;
  }

  wall(): number {
    const asleep = this.#suspended ? (this.#time.now - this.#since.at) * this.#rate : 0;
    return this.monotonic() + this.#offset() + asleep;
  }

  /** What both clocks said when the monotonic one stood at this reading. */
  instantAt(monotonic: number): Instant {
    const { offset } = this.#offsets.findLast(({ from }) => from <= monotonic) ?? { offset: EPOCH };
    return { monotonic, wall: monotonic + offset };
  }

  /** The clocks run at another rate from now on. */
  drift(rate: number): void {
    if (this.#suspended) return;
    this.#since = { monotonic: this.monotonic(), at: this.#time.now };
    this.#rate = rate;
  }

  /** Somebody sets the wall clock. */
  stepWall(ms: number): void {
    this.#offsets.push({ from: this.monotonic(), offset: this.#offset() + ms });
  }

  suspend(): void {
    if (this.#suspended) return;
    this.#since = { monotonic: this.monotonic(), at: this.#time.now };
    this.#suspended = true;
  }

  wake(): void {
    if (!this.#suspended) return;
    const { monotonic, at } = this.#since;
    const asleep = (this.#time.now - at) * this.#rate;
    this.#suspended = false;
    this.#since = { monotonic, at: this.#time.now };
    this.stepWall(asleep);
  }

  #offset(): number {
    return this.#offsets.at(-1)?.offset ?? EPOCH;
  }
}
