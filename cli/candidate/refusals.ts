import type { Clock } from "../../lock/mod.ts";

/** For how many lease durations every write must have been refused before a run gives up. An outage may refuse some, too. */
const MOST_REFUSED_LEASES = 2;

interface RefusalOptions {
  /** How long the store has refused every write, in milliseconds; `undefined` if it does not. */
  readonly refusedFor: () => number | undefined;
  readonly leaseDuration: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Waits until the store has refused every write for two lease durations: it is not an outage, the access token may not write.
 * Returns `false` if the signal aborted first.
 */
export async function untilRefused(
  { refusedFor, leaseDuration, clock, signal }: RefusalOptions,
): Promise<boolean> {
  for (;;) {
    const left = MOST_REFUSED_LEASES * leaseDuration - (refusedFor() ?? 0);
    if (left <= 0) return true;
    try {
      // It cannot have lasted that long before.
      await clock.sleep(left, { signal });
    } catch {
      return false;
    }
  }
}
