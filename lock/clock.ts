/** Options of {@linkcode Clock.sleep}. */
export interface SleepOptions {
  /** Ends the sleep early: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The two clocks of a machine, and a timer.
 *
 * Neither clock is reliable on its own: the monotonic one may stop while the machine is suspended, and the wall clock may be
 * set at any time. See {@linkcode elapsedSince}.
 */
export interface Clock {
  /** Returns the milliseconds since a fixed instant of this process. Never decreases. */
  monotonic(): number;
  /** Returns the milliseconds since the Unix epoch by this machine's clock. May jump in either direction. */
  wall(): number;
  /** Resolves once `ms` milliseconds of monotonic time have passed, or later. */
  sleep(ms: number, options?: SleepOptions): Promise<void>;
  /**
   * Calls back every `ms` milliseconds of monotonic time, or later, until the returned function is called. Optional:
   * without it, the library repeats `sleep`, which costs more.
   */
  every?(ms: number, callback: () => void): () => void;
}

/** Both clocks, read together. */
export interface Instant {
  /** {@linkcode Clock.monotonic}, in milliseconds. */
  readonly monotonic: number;
  /** {@linkcode Clock.wall}, in milliseconds since the Unix epoch. */
  readonly wall: number;
}

/** Reads both clocks. */
export function readClock(clock: Clock): Instant {
  return { monotonic: clock.monotonic(), wall: clock.wall() };
}

/**
 * Returns the longest possible time since `then`, in milliseconds: the larger of what both clocks show. The wall clock
 * continues while the machine is suspended, and the monotonic clock is not affected when the wall clock is set back. Use it
 * for deadlines that must not be missed.
 */
export function elapsedSince(then: Instant, now: Instant): number {
  return Math.max(now.monotonic - then.monotonic, now.wall - then.wall);
}
