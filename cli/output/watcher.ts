import { type Timings, watch } from "../../elector/mod.ts";
import type { Clock, Lock } from "../../lock/mod.ts";
import { type Leadership, leadershipOf, UNREADABLE } from "../candidate/status.ts";
import { Repeats } from "./log.ts";

export interface WatchOptions extends Pick<Timings, "pollPeriod"> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Reports each failure of a kind that was not seen lately. A failure of the very first read ends the watch instead. */
  readonly onError: (error: unknown) => void;
}

/**
 * Polls a lock, and yields each change of the leader, and each request for a handover. Like a candidate, it considers a lease
 * expired when it has not changed for its whole duration by the monotonic clock.
 */
export async function* watchLock(lock: Lock, options: WatchOptions): AsyncGenerator<Leadership> {
  const { clock } = options;
  const failures = new Repeats();
  const onError = (error: unknown) => {
    if (failures.isNew(error, clock.monotonic())) options.onError(error);
  };
  for await (const { state, record } of watch(lock, { ...options, onError })) {
    yield state === "unreadable"
      ? UNREADABLE
      : leadershipOf(record, state === "expired" ? Infinity : 0);
  }
}
