import type { Clock, SleepOptions } from "../../../../lock/mod.ts";
import type { TrueTime } from "../../../elector/drift_clock.ts";
import type { Host } from "./host.ts";

/** Timers round up: a timer that fires a rounding error early would be set again without any time passing. */
const TIMER_GRAIN_MS = 0.001;

/**
 * One process on a host: its timers, and the gate that everything from outside comes through. While the process is paused
 * nothing reaches it; once it is killed, nothing ever does.
 */
export class Process implements Clock {
  readonly host: Host;
  readonly #time: TrueTime;
  readonly #random: () => number;
  #paused = false;
  #killed = false;
  #waiting: (() => void)[] = [];

  constructor(host: Host, time: TrueTime, random: () => number) {
    this.host = host;
    this.#time = time;
    this.#random = random;
  }

  get isKilled(): boolean {
    return this.#killed;
  }

  /** Whether it runs no code at this instant. */
  get isHalted(): boolean {
    return this.#killed || this.#paused || this.host.isSuspended;
  }

  monotonic(): number {
    return this.host.monotonic();
  }

  wall(): number {
    return this.host.wall();
  }

  sleep(ms: number, { signal }: SleepOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const cancel = new AbortController();
      const onAbort = () => {
        cancel.abort();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#wait(this.monotonic() + Math.max(0, ms), cancel.signal).then(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, () => {});
    });
  }

  /** Resolves as soon as the process runs; never once it is killed. */
  async running(): Promise<void> {
    while (this.isHalted) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** What comes from outside reaches the process when it runs. */
  async deliver<T>(arriving: Promise<T>): Promise<T> {
    try {
      return await arriving;
    } finally {
      await this.running();
    }
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.release();
  }

  kill(): void {
    this.#killed = true;
    this.#waiting = [];
  }

  /** Lets through what has come while the process was halted, in any order: timers and answers alike. */
  release(): void {
    if (this.isHalted) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    while (waiting.length > 0) {
      waiting.splice(Math.floor(this.#random() * waiting.length), 1)[0]?.();
    }
  }

  async #wait(wakeAt: number, signal: AbortSignal): Promise<void> {
    for (let left = wakeAt - this.monotonic(); left > 0; left = wakeAt - this.monotonic()) {
      await this.#time.sleep(left / this.host.rate + TIMER_GRAIN_MS, { signal });
      await this.running();
      signal.throwIfAborted();
    }
  }
}
