import type { Clock } from "../../lock/mod.ts";

/** How many leases long every write must have been refused before a run gives up. An outage may refuse some, too. */
export const MOST_REFUSED_LEASES = 2;

/** How often it is looked, as a part of the lease. */
const LOOKS_PER_LEASE = 20;

/** What {@linkcode untilRefused} needs. */
export interface RefusalOptions {
  /** For how long the store has refused every write, in milliseconds; `undefined` if it does not. */
  readonly refusedFor: () => number | undefined;
  /** L, in milliseconds. */
  readonly leaseDuration: number;
  /** The clocks. */
  readonly clock: Clock;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * Waits until the store has refused every write for two leases: it is not an outage, the token may not write.
 *
 * @returns `false` if the signal aborted first.
 */
export async function untilRefused(
  { refusedFor, leaseDuration, clock, signal }: RefusalOptions,
): Promise<boolean> {
  while ((refusedFor() ?? 0) < MOST_REFUSED_LEASES * leaseDuration) {
    try {
      await clock.sleep(leaseDuration / LOOKS_PER_LEASE, { signal });
    } catch {
      return false;
    }
  }
  return true;
}
