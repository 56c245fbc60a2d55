import type { Clock, Lock, Observed } from "../../lock/mod.ts";
import { InvalidRecordError, RateLimitError } from "../../lock/mod.ts";
import { Repeats } from "./repeats.ts";

/** What a watcher saw. */
export interface Change {
  /** Who leads; `null` where nobody does. */
  readonly leader: string | null;
  /** Why nobody does, or "leads". */
  readonly what: "leads" | "released" | "lapsed" | "free" | "unreadable";
  /** The fencing token; `null` where none is told. */
  readonly token: number | null;
}

/** Options of {@linkcode watchLock}. */
export interface WatchOptions {
  /** The clocks. */
  readonly clock: Clock;
  /** How often to look, in milliseconds. */
  readonly pollPeriod: number;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Told of each failure of a kind that was not seen lately; one at the very first look ends the watch instead. */
  readonly onError: (error: unknown) => void;
}

/**
 * Looks at a lock again and again, and yields each change of who leads. Like a candidate, it takes a lease for lapsed when
 * it has not changed for its whole duration by the monotonic clock.
 */
export async function* watchLock(lock: Lock, options: WatchOptions): AsyncGenerator<Change> {
  const { clock, signal } = options;
  let last: { readonly seen: Seen; readonly at: number } | undefined;
  const failures = new Repeats();
  let told: string | undefined;
  let wait = 0;
  while (!signal.aborted) {
    await clock.sleep(wait, { signal }).catch(() => {});
    if (signal.aborted) return;
    wait = options.pollPeriod;
    try {
      const seen = await look(lock, signal);
      if (last?.seen.version !== seen.version) last = { seen, at: clock.monotonic() };
    } catch (error) {
      if (signal.aborted) return;
      if (!last) throw error;
      if (error instanceof RateLimitError) wait = Math.max(wait, error.retryAt - clock.monotonic());
      if (failures.isNew(error, clock.monotonic())) options.onError(error);
    }
    if (!last) continue;
    const change = changeOf(last.seen, clock.monotonic() - last.at);
    const key = JSON.stringify(change);
    if (key !== told) yield change;
    told = key;
  }
}

/** What one look found. */
interface Seen {
  readonly version: string;
  /** `undefined` where nobody ever held the lock, `"unreadable"` where what is stored is no record. */
  readonly record: Observed["record"] | "unreadable" | undefined;
}

async function look(lock: Lock, signal: AbortSignal): Promise<Seen> {
  try {
    const observed = await lock.get({ signal });
    return { version: observed?.version ?? "", record: observed?.record };
  } catch (error) {
    if (!(error instanceof InvalidRecordError) || error.version === undefined) throw error;
    return { version: error.version, record: "unreadable" };
  }
}

function changeOf({ record }: Seen, age: number): Change {
  if (record === "unreadable") return { leader: null, what: "unreadable", token: null };
  if (!record || (record.holderIdentity === "" && record.renewTime === null)) {
    return { leader: null, what: "free", token: null };
  }
  const { holderIdentity, leaseDurationSeconds, leaderTransitions: token } = record;
  if (holderIdentity === "") return { leader: null, what: "released", token };
  const hasLapsed = age >= Math.max(1, leaseDurationSeconds) * 1_000;
  return hasLapsed
    ? { leader: null, what: "lapsed", token }
    : { leader: holderIdentity, what: "leads", token };
}
