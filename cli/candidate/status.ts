import type { ElectorStatus, Timings } from "../../elector/mod.ts";
import { VERSION } from "../version.ts";
import type { Sighting } from "./recording_lock.ts";

/** What a candidate has counted since it started. */
export interface Counters {
  /** Terms that began. */
  readonly terms: number;
  /** Terms that ended, by reason. */
  readonly termsEnded: ReadonlyMap<string, number>;
  /** How often another holder was seen, this candidate included. */
  readonly leaderChanges: number;
  /** Failures that differ from the one before. */
  readonly errors: number;
  /** Requests to the store, by method and HTTP status; the status is `error` where none came back. */
  readonly requests: ReadonlyMap<string, number>;
  /** Log lines that could not be written. */
  readonly logLinesDropped: number;
}

/** How a candidate stands, as `/` tells it. Durations in seconds, `null` where there is nothing to tell. */
export interface Figures {
  /** This candidate. */
  readonly identity: string;
  /** The lock. */
  readonly lock: string;
  /** What it is doing. */
  readonly role: ElectorStatus["role"];
  /** Whether it leads, by the clocks at this very moment. */
  readonly isLeader: boolean;
  /** Who leads, as far as it knows; `null` where nobody does, or a lease has lapsed. */
  readonly leader: string | null;
  /** The fencing token of the record. */
  readonly token: number | null;
  /** When the leader's term began, by the leader's own clock. */
  readonly since: string | null;
  /** How long its own term lasts if it is not renewed; 0 where it does not lead. */
  readonly remainingSeconds: number;
  /** How long ago it saw the record change. */
  readonly leaseAgeSeconds: number | null;
  /** Whether the store has answered lately. */
  readonly storeReachable: boolean;
  /** How long ago the store last answered. */
  readonly lastContactSeconds: number | null;
  /** The last failure, until a call succeeds. */
  readonly lastError: string | null;
  /** For how long the store has refused every write of this candidate. */
  readonly refusedSeconds: number | null;
  /** How often it polls while it follows: more rarely than asked for where the quota would not last for the leader. */
  readonly pollPeriodSeconds: number;
  /** The version of the program. */
  readonly version: string;
}

/** Brings together what the elector says and what was last seen in the lock. */
export function figuresOf(
  status: ElectorStatus,
  last: Sighting | undefined,
  now: number,
  timings: Timings,
): Figures {
  const isLeader = status.remaining > 0;
  const age = last && now - last.at;
  const record = last?.observed.record;
  const { retryPeriod, requestTimeout } = timings;
  const longestSilence = Math.max(retryPeriod, status.pollPeriod) + 2 * requestTimeout;
  return {
    identity: status.identity,
    lock: status.lock,
    role: status.role,
    isLeader,
    leader: isLeader ? status.identity : otherLeader(last, age),
    token: record ? record.leaderTransitions : null,
    since: typeof record?.acquireTime === "number" && record.holderIdentity !== ""
      ? new Date(record.acquireTime).toISOString()
      : null,
    remainingSeconds: seconds(status.remaining),
    leaseAgeSeconds: age === undefined ? null : seconds(age),
    storeReachable: status.lastContact !== undefined && status.lastContact <= longestSilence,
    lastContactSeconds: status.lastContact === undefined ? null : seconds(status.lastContact),
    lastError: status.lastError ?? null,
    refusedSeconds: status.refusedFor === undefined ? null : seconds(status.refusedFor),
    pollPeriodSeconds: seconds(status.pollPeriod),
    version: VERSION,
  };
}

/** Seconds, to the millisecond. */
function seconds(ms: number): number {
  return Math.floor(ms) / 1_000;
}

/** Another candidate whose lease runs. A leader that nobody has heard of for its whole lease is not told any more. */
function otherLeader(last: Sighting | undefined, age = 0): string | null {
  if (!last || last.observed.own) return null;
  const { holderIdentity, leaseDurationSeconds } = last.observed.record;
  if (holderIdentity === "" || age >= Math.max(1, leaseDurationSeconds) * 1_000) return null;
  return holderIdentity;
}
