import { elapsedSince, type Instant } from "../lock/mod.ts";
import type { Timings } from "./timings.ts";
import type { State } from "./machine/state.ts";

/** What the health of a candidate depends on. */
interface HealthSources {
  readonly lock: string;
  /** The campaign, running or ended; `undefined` if there was none. */
  readonly state: State | undefined;
  /** Whether the work of a term has outlived its drain and still has to settle. */
  readonly isOverdue: boolean;
  /** Why this candidate may not write, if it may not. */
  readonly refusal: unknown;
  readonly now: Instant;
  readonly since: Instant;
  /** How much longer than L the store may be silent, in milliseconds. */
  readonly tolerance: number;
  readonly timings: Timings;
}

/**
 * What is wrong with this candidate, or `undefined` if all is well.
 *
 * A leader is unhealthy when its last renewal is older than L + tolerance: its term has then long ended, and nothing in
 * this process has noticed. A follower is unhealthy when it has not reached the store for that long. Either is when the
 * store refuses its writes, or when work of an ended term still runs: it could not lead then.
 */
export function findFault(sources: HealthSources): Error | undefined {
  const { lock, state, isOverdue, refusal, now, since, tolerance, timings } = sources;
  if (isOverdue) {
    return new Error(
      `Work under ${lock} still runs after its term has ended: no other term can start before it settles`,
    );
  }
  if (refusal !== undefined) {
    return refusal instanceof Error ? refusal : new Error(`${lock} refuses writes: ${refusal}`);
  }
  if (!state || state.finished) return undefined;
  const longest = timings.leaseDuration + tolerance;
  const [age, what] = state.lease
    ? [elapsedSince(state.lease.sentAt, now), `Leadership under ${lock} was last renewed`]
    : [
      now.monotonic - Math.max(state.contactAt ?? -Infinity, since.monotonic),
      `The store of ${lock} was last reached`,
    ];
  if (age <= longest) return undefined;
  return new Error(`${what} ${Math.round(age)} ms ago: it must be at most ${longest} ms`);
}
