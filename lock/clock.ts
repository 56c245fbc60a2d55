/** Options of {@linkcode Clock.sleep}. */
export interface SleepOptions {
  /** Ends the sleep early; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The two clocks of a machine, and a timer.
 *
 * Neither clock is trusted alone: the monotonic one may stand still while the machine is suspended, the wall clock may be
 * set at any time. How each is used is said where it is used; see {@linkcode elapsedSince}.
 */
export interface Clock {
  /** Milliseconds since some fixed instant of this process. Never goes back. */
  monotonic(): number;
  /** Milliseconds since the Unix epoch, as far as this machine knows. May jump either way. */
  wall(): number;
  /** Resolves once `ms` milliseconds of monotonic time have passed, or later. */
  sleep(ms: number, options?: SleepOptions): Promise<void>;
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
 * How long ago `then` was at the most, as far as this machine can know, in milliseconds: the larger of both clocks'
 * answers. A suspended machine's monotonic clock stands still, its wall clock does not; a wall clock that is set back
 * does not fool the monotonic one. Whoever must stop in time counts with this one.
 */
export function elapsedSince(then: Instant, now: Instant): number {
  return Math.max(now.monotonic - then.monotonic, now.wall - then.wall);
}
