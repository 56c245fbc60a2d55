import {
  type HandoverResult,
  leaseDuration,
  requestHandover,
  type Timings,
} from "../../elector/mod.ts";
import {
  type Clock,
  type LeaderElectionRecord,
  type Lock,
  LockUnavailableError,
  RateLimitError,
} from "../../lock/mod.ts";

/** How often the record is read during a handover, in milliseconds; less often if the poll period is shorter. */
const PACE_MS = 500;

export interface PlannedHandover {
  /** A lock object that no candidate uses. */
  readonly lock: Lock;
  readonly to: string;
  /** The candidates' timings, as far as they are known. */
  readonly timings: Timings;
  /** How long to wait for the candidate to lead, in milliseconds. */
  readonly wait: number | undefined;
  readonly clock: Clock;
  readonly onRequested: (result: HandoverResult, wait: number) => void;
}

export interface HandoverEnd {
  /** `"leads already"` if nothing was asked, `"late"` if the candidate does not lead yet. */
  readonly outcome: "leads already" | "handed over" | "other leads" | "late";
  /** The record in effect when it ended; `undefined` if there was none. */
  readonly record: LeaderElectionRecord | undefined;
  readonly asked: LeaderElectionRecord | undefined;
  /** How long the lock was seen without a holder, in milliseconds; `undefined` if it was not handed over. */
  readonly vacant: number | undefined;
  /** How long it waited, in milliseconds. */
  readonly waited: number;
  /** The last failure of a read, until one succeeds. */
  readonly lastError: unknown;
}

/**
 * How long a handover may take, in milliseconds: the leader sees it at its next renewal, its work settles, a poll finds the
 * release. The record says how long the lease is; if the leader's is longer than this command's, its periods may be, too.
 */
export function longestHandover(
  { leaseDuration: own, retryPeriod, pollPeriod, requestTimeout, drainTimeout }: Timings,
  record: LeaderElectionRecord,
): number {
  const stretch = Math.max(1, leaseDuration(record) / own);
  return stretch * (retryPeriod + 2 * pollPeriod) + drainTimeout + 6 * requestTimeout;
}

/**
 * Asks the leader to hand over to a candidate, and waits until that one leads, or another.
 *
 * @throws {HandoverRefusedError} If the leader cannot be asked, or there is none.
 * @throws {LockError} If the store refuses access, or the request cannot be written.
 */
export async function handOver(options: PlannedHandover): Promise<HandoverEnd> {
  const { lock, to, timings, clock, onRequested } = options;
  const { pollPeriod } = timings;
  const result = await requestHandover(lock, to, { clock, pollPeriod });
  const { record } = result.observed;
  if (result.outcome === "leads already") {
    const none = { asked: undefined, vacant: undefined, waited: 0, lastError: undefined };
    return { outcome: "leads already", record, ...none };
  }
  const wait = options.wait ?? longestHandover(timings, record);
  onRequested(result, wait);
  return await untilLed(options, record, wait);
}

async function untilLed(
  { lock, to, timings, clock }: PlannedHandover,
  asked: LeaderElectionRecord,
  wait: number,
): Promise<HandoverEnd> {
  const begun = clock.monotonic();
  const token = asked.leaderTransitions;
  let record: LeaderElectionRecord | undefined = asked;
  let heldAt = begun;
  let lastError: unknown;
  for (let pause = 0;;) {
    await clock.sleep(pause);
    pause = Math.min(PACE_MS, timings.pollPeriod);
    const readAt = clock.monotonic();
    try {
      record = (await lock.get({ proof: true }))?.record;
      lastError = undefined;
    } catch (error) {
      if (!(error instanceof LockUnavailableError || error instanceof RateLimitError)) throw error;
      lastError = error;
      pause = Math.max(pause, (error.retryAt ?? 0) - clock.monotonic());
    }
    const now = clock.monotonic();
    const base = { record, asked, waited: now - begun, lastError };
    const holder = record?.holderIdentity ?? "";
    const isNext = record !== undefined && record.leaderTransitions > token && holder !== "";
    if (isNext) {
      const outcome = holder === to ? "handed over" : "other leads";
      return { ...base, outcome, vacant: now - heldAt };
    }
    if (holder !== "" && lastError === undefined) heldAt = readAt;
    if (now - begun >= wait) return { ...base, outcome: "late", vacant: undefined };
    pause = Math.max(0, Math.min(pause, begun + wait - now));
  }
}
