import {
  checkFunctions,
  checkPeriod,
  type Clock,
  InvalidRecordError,
  type LeaderElectionRecord,
  type Lock,
} from "../lock/mod.ts";
import { systemClock } from "../lock/system.ts";
import { retryAtOf } from "./campaign/outcome.ts";
import { seenIn } from "./machine/leadership.ts";
import { leaseDuration } from "./machine/lease.ts";
import { isRequestOn, preferredHolderIn } from "./machine/preference.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";

/** The leadership of a lock, as an observer sees it. */
export interface Leadership {
  /** The leader; `undefined` if there is none. */
  readonly leader: string | undefined;
  /**
   * - `"held"`: there is a leader;
   * - `"expired"`: the record has not changed for its whole lease, while this process watched;
   * - `"released"`: the last leader released the lock;
   * - `"free"`: the lock was never held;
   * - `"unreadable"`: the stored content is not a record.
   */
  readonly state: "held" | "expired" | "released" | "free" | "unreadable";
  /** The fencing token of the last term; `undefined` if there was none, or it cannot be read. */
  readonly token: number | undefined;
  /** The candidate named in a handover request. */
  readonly preferredHolder: string | undefined;
  /** The record; `undefined` if there is none, or it cannot be read. */
  readonly record: LeaderElectionRecord | undefined;
}

/** Options of {@linkcode watch}. */
export interface WatchOptions {
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How often to read, in milliseconds.
   *
   * @default {5_000}
   */
  readonly pollPeriod?: number | undefined;
  /** Called with the error of each failed read. The watch continues, unless the very first read failed. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /**
   * The clocks.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
}

/** The result of one read, and when the holder's write was first seen. */
interface Sight {
  readonly version: string;
  readonly record: LeaderElectionRecord | undefined;
  readonly isUnreadable: boolean;
  readonly at: number;
}

/**
 * Watches the leader without being a candidate: yields at once, and at each change of the leader, the state, the token
 * or the preferred holder. A watch writes nothing. Like a candidate, it takes a lease for expired once the record has
 * not changed for its whole duration by the monotonic clock; wall clocks are not compared.
 *
 * Do not use it to decide what only a leader may do: the result may be stale.
 *
 * @param lock The lock, under any identity.
 * @throws {LockError} If the very first read fails.
 *
 * @example Follow the leader
 * ```ts
 * import { LeaderElector, MemoryLock, MemoryStore, watch } from "@multicluster/leader-election";
 *
 * const store = new MemoryStore();
 * await using elector = new LeaderElector({ lock: new MemoryLock("eu-west-1", store) });
 * const work = elector.lead(async () => {
 *   for await (const { leader, token } of watch(new MemoryLock("observer", store))) {
 *     console.log(`${leader} leads with fencing token ${token}`);
 *     break;
 *   }
 * });
 * await work;
 * ```
 */
export async function* watch(
  lock: Lock,
  options: WatchOptions = {},
): AsyncGenerator<Leadership, void, void> {
  const {
    signal,
    pollPeriod = DEFAULT_TIMINGS.pollPeriod,
    onError = () => {},
    clock = systemClock,
  } = options;
  checkPeriod("pollPeriod", pollPeriod);
  checkFunctions(options, ["onError"]);
  let last: Sight | undefined;
  let shown: string | undefined;
  while (!signal?.aborted) {
    let wait = pollPeriod;
    try {
      const found = await look(lock, signal);
      if (last?.version !== found.version) {
        // A request on top of a write does not show that its holder lives.
        const at = last && isSameLease(last, found) ? last.at : clock.monotonic();
        last = { ...found, at };
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!last) throw error;
      await onError(error);
      wait = Math.max(wait, (retryAtOf(error) ?? 0) - clock.monotonic());
    }
    const leadership = leadershipOf(last, clock.monotonic());
    const { leader, state, token, preferredHolder } = leadership;
    const key = JSON.stringify([leader, state, token, preferredHolder]);
    if (key !== shown) yield leadership;
    shown = key;
    await clock.sleep(Math.min(wait, untilExpiry(last, clock.monotonic())), { signal })
      .catch(() => {});
  }
}

async function look(lock: Lock, signal: AbortSignal | undefined): Promise<Omit<Sight, "at">> {
  try {
    const observed = await lock.get({ signal });
    const { version = "", record } = observed ?? {};
    return { version, record, isUnreadable: false };
  } catch (error) {
    if (!(error instanceof InvalidRecordError) || error.version === undefined) throw error;
    return { version: error.version, record: undefined, isUnreadable: true };
  }
}

/** Whether one of two records is a request on top of the other. */
function isSameLease(last: Sight, found: Omit<Sight, "at">): boolean {
  if (!last.record || !found.record) return false;
  const before = seenIn({ record: last.record, version: last.version, own: false });
  const now = seenIn({ record: found.record, version: found.version, own: false });
  return isRequestOn(before, now) || isRequestOn(now, before);
}

function leadershipOf({ record, isUnreadable, at }: Sight, now: number): Leadership {
  const preferredHolder = (record && preferredHolderIn(record)) || undefined;
  const none = { leader: undefined, token: undefined, preferredHolder, record };
  if (isUnreadable) return { ...none, state: "unreadable" };
  if (!record || (record.holderIdentity === "" && record.renewTime === null)) {
    return { ...none, state: "free" };
  }
  const { holderIdentity, leaderTransitions: token } = record;
  if (holderIdentity === "") return { ...none, state: "released", token };
  if (now - at >= leaseDuration(record)) return { ...none, state: "expired", token };
  return { leader: holderIdentity, state: "held", token, preferredHolder, record };
}

/** The time until the seen lease expires, in milliseconds; `Infinity` if it has already, or never will. */
function untilExpiry({ record, at }: Sight, now: number): number {
  if (!record || record.holderIdentity === "") return Infinity;
  const left = at + leaseDuration(record) - now;
  return left > 0 ? left : Infinity;
}
