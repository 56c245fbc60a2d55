import {
  type Clock,
  InvalidRecordError,
  type LeaderElectionRecord,
  type Lock,
  RateLimitError,
} from "../../lock/mod.ts";
import { type Leadership, leadershipOf, UNREADABLE } from "../candidate/status.ts";
import { Repeats } from "./log.ts";

/** Options of {@linkcode watchLock}. */
export interface WatchOptions {
  readonly clock: Clock;
  /** How often to read the record, in milliseconds. */
  readonly pollPeriod: number;
  readonly signal: AbortSignal;
  /** Reports each failure of a kind that was not seen lately. A failure of the very first read ends the watch instead. */
  readonly onError: (error: unknown) => void;
}

/**
 * Polls a lock, and yields each change of the leader. Like a candidate, it considers a lease expired when it has not
 * changed for its whole duration by the monotonic clock.
 */
export async function* watchLock(lock: Lock, options: WatchOptions): AsyncGenerator<Leadership> {
  const { clock, signal } = options;
  const failures = new Repeats();
  let last: { readonly seen: Seen; readonly at: number } | undefined;
  let reported: string | undefined;
  let wait = 0;
  while (!signal.aborted) {
    await clock.sleep(wait, { signal }).catch(() => {});
    if (signal.aborted) return;
    wait = options.pollPeriod;
    try {
      const seen = await read(lock, signal);
      if (last?.seen.version !== seen.version) last = { seen, at: clock.monotonic() };
    } catch (error) {
      if (signal.aborted) return;
      if (!last) throw error;
      if (error instanceof RateLimitError) wait = Math.max(wait, error.retryAt - clock.monotonic());
      if (failures.isNew(error, clock.monotonic())) options.onError(error);
    }
    if (!last) continue;
    const { record } = last.seen;
    const leadership = record === "unreadable"
      ? UNREADABLE
      : leadershipOf(record, clock.monotonic() - last.at);
    const { state, holder, token } = leadership;
    const key = JSON.stringify([state, holder, token]);
    if (key !== reported) yield leadership;
    reported = key;
  }
}

/** What one read found. */
interface Seen {
  readonly version: string;
  readonly record: LeaderElectionRecord | "unreadable" | undefined;
}

async function read(lock: Lock, signal: AbortSignal): Promise<Seen> {
  try {
    const observed = await lock.get({ signal });
    return { version: observed?.version ?? "", record: observed?.record };
  } catch (error) {
    if (!(error instanceof InvalidRecordError) || error.version === undefined) throw error;
    return { version: error.version, record: "unreadable" };
  }
}
