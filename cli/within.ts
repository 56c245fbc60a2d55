import type { Clock } from "../lock/mod.ts";

/** A step was given up, as it took too long. */
export class OverdueError extends Error {}

/** Runs a step, and gives it up after `ms` milliseconds, or when it is stopped, whether or not it obeys its signal. */
export async function within<T>(
  ms: number,
  clock: Clock,
  step: (signal: AbortSignal) => Promise<T>,
  stopped: readonly AbortSignal[] = [],
): Promise<T> {
  const [done, overdue] = [new AbortController(), new AbortController()];
  const error = new OverdueError(`no answer within ${ms} ms`);
  clock.sleep(ms, { signal: done.signal }).then(() => overdue.abort(error), () => {});
  const signal = AbortSignal.any([overdue.signal, ...stopped]);
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([step(signal), givenUp]);
  } finally {
    done.abort();
  }
}
