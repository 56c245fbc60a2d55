import { elapsedSince, type Instant } from "../lock/mod.ts";
import type { Timings } from "./config.ts";
import type { State } from "./state.ts";

/**
 * What is wrong with this candidate, or `undefined` if all is well.
 *
 * A leader is unhealthy when its last renewal is older than L + tolerance: its term has then long ended, and nothing in
 * this process has noticed. A follower is unhealthy when it has not reached the store for that long.
 */
export function findFault(
  name: string,
  state: State,
  now: Instant,
  since: Instant,
  tolerance: number,
  { leaseDuration }: Timings,
): Error | undefined {
  const longest = leaseDuration + tolerance;
  if (state.lease) {
    const age = elapsedSince(state.lease.sentAt, now);
    return age <= longest ? undefined : new Error(
      `Leadership under ${name} was last renewed ${
        Math.round(age)
      } ms ago: it must be at most ${longest} ms`,
    );
  }
  const age = now.monotonic - Math.max(state.contactAt ?? -Infinity, since.monotonic);
  return age <= longest ? undefined : new Error(
    `The store of ${name} was last reached ${
      Math.round(age)
    } ms ago: it must be at most ${longest} ms`,
  );
}
