import { type ElectorStatus, leaseDuration, type Timings } from "../../elector/mod.ts";
import { isIdentity, type LeaderElectionRecord } from "../../lock/mod.ts";
import { VERSION } from "../version.ts";

/*
 * The JSON of the program, in every command, log line and HTTP response:
 *
 * - `null` means that there is none, or that it is not known. A name is never empty.
 * - Times are ISO 8601 in UTC. Durations are in seconds, and their keys end in `Seconds`.
 * - A key has one meaning: `time` (of the line), `lock`, `identity` (of the candidate that reports), and those of
 *   Leadership below.
 */

/** What a record says about the leader. Times are in milliseconds since the Unix epoch. */
export interface Leadership {
  /**
   * "held" while the lease runs, "expired" afterwards, "released" when its holder has released the lock, "free" if
   * there was no holder yet, or none since the record was restored manually, "unreadable" if the stored content is not
   * a record.
   */
  readonly state: "held" | "expired" | "released" | "free" | "unreadable";
  /** The leader: the holder while its lease runs. */
  readonly leader: string | null;
  readonly holder: string | null;
  /** The fencing token of the last term. */
  readonly token: number | null;
  /** When the holder's term began, by its own clock. */
  readonly since: number | null;
  /** When the record was last written, by the writer's clock. */
  readonly renewed: number | null;
  /** When the lease ends unless it is renewed, by the holder's clock. */
  readonly expires: number | null;
  readonly rank: number | null;
  /** Who is to lead next, if a handover was asked for. */
  readonly preferredHolder: string | null;
}

const UNKNOWN = {
  leader: null,
  holder: null,
  token: null,
  since: null,
  renewed: null,
  expires: null,
  rank: null,
  preferredHolder: null,
} as const;

export const UNREADABLE: Leadership = { state: "unreadable", ...UNKNOWN };

/** Reads the leader from a record that was renewed `age` milliseconds ago, by the clock that the caller trusts. */
export function leadershipOf(record: LeaderElectionRecord | undefined, age: number): Leadership {
  const holder = record?.holderIdentity || null;
  const renewed = record?.renewTime ?? null;
  if (!record) return { state: "free", ...UNKNOWN };
  const token = record.leaderTransitions;
  // A manually restored record has only the last token.
  if (holder === null && renewed === null) {
    return { state: "free", ...UNKNOWN, token: token > 0 ? token : null };
  }
  const preferredHolder = preferredHolderOf(record);
  if (holder === null) return { ...UNKNOWN, state: "released", token, renewed, preferredHolder };
  const lease = leaseDuration(record);
  const isHeld = age < lease;
  return {
    state: isHeld ? "held" : "expired",
    leader: isHeld ? holder : null,
    holder,
    token,
    since: record.acquireTime,
    renewed,
    expires: renewed === null ? null : renewed + lease,
    rank: record.rank ?? null,
    preferredHolder,
  };
}

/**
 * The candidate to which the holder is asked to hand over. The key may have any text: only another valid name counts.
 */
function preferredHolderOf(record: LeaderElectionRecord): string | null {
  const { holderIdentity, preferredHolder } = record;
  return isIdentity(preferredHolder) && preferredHolder !== holderIdentity ? preferredHolder : null;
}

export function leadershipJson(leadership: Leadership): Record<string, unknown> {
  const { since, renewed, expires } = leadership;
  return { ...leadership, since: iso(since), renewed: iso(renewed), expires: iso(expires) };
}

/** A time as JSON; `null` if it is not known, or never comes. */
export function iso(time: number | null | undefined): string | null {
  return Number.isFinite(time) ? new Date(Number(time)).toISOString() : null;
}

export interface Counters {
  readonly terms: number;
  readonly termsEnded: ReadonlyMap<string, number>;
  /** How often another holder was seen, this candidate included. */
  readonly leaderChanges: number;
  readonly errors: number;
  /** Requests to the store, by method and HTTP status; the status is `error` if there was no response. */
  readonly requests: ReadonlyMap<string, number>;
  readonly logLinesDropped: number;
}

/** The status of a candidate, as `/` shows it. */
export interface CandidateStatus {
  readonly identity: string;
  readonly lock: string;
  readonly role: ElectorStatus["role"] | "observer";
  /** Whether it leads, by the clocks at this moment. */
  readonly isLeader: boolean;
  readonly leader: string | null;
  readonly token: number | null;
  readonly since: string | null;
  /** How long its own term lasts if it is not renewed; 0 if it does not lead. */
  readonly remainingSeconds: number;
  /** How long ago it saw the holder's last write. */
  readonly leaseAgeSeconds: number | null;
  readonly storeReachable: boolean;
  readonly lastContactSeconds: number | null;
  /** The last failure, until a call succeeds. */
  readonly lastError: string | null;
  /** How long the store has refused every write of this candidate. */
  readonly refusedSeconds: number | null;
  /** How often it polls as a follower: less often than configured if the quota would not last for the leader. */
  readonly pollPeriodSeconds: number;
  /** The order in which it takes over, 0 first; `null` if it never does. */
  readonly rank: number | null;
  /** Whether its workload was ready to lead when it was last asked. */
  readonly ready: boolean | null;
  /** The candidate to which the leader is asked to hand over. */
  readonly preferredHolder: string | null;
  readonly version: string;
}

/** Turns what the elector says into the status of its candidate, or of an observer. */
export function statusOf(
  status: ElectorStatus,
  timings: Pick<Timings, "retryPeriod" | "requestTimeout">,
  isObserver = false,
): CandidateStatus {
  const { identity, lock, role, remaining, observed, lastContact, pollPeriod } = status;
  const isLeader = remaining > 0;
  const { leader, token, since } = leadershipOf(observed?.record, observed?.age ?? 0);
  const longestSilence = Math.max(timings.retryPeriod, pollPeriod) + 2 * timings.requestTimeout;
  return {
    identity,
    lock,
    role: isObserver ? "observer" : role,
    isLeader,
    // Only its term says that this candidate leads, never its record.
    leader: isLeader ? identity : observed?.own ? null : leader,
    token,
    since: iso(since),
    remainingSeconds: seconds(remaining),
    leaseAgeSeconds: secondsOrNull(observed?.age),
    storeReachable: lastContact !== undefined && lastContact <= longestSilence,
    lastContactSeconds: secondsOrNull(lastContact),
    lastError: status.lastError ?? null,
    refusedSeconds: secondsOrNull(status.refusedFor),
    pollPeriodSeconds: seconds(pollPeriod),
    rank: isObserver ? null : status.rank,
    ready: isObserver ? null : status.ready ?? null,
    preferredHolder: status.preferredHolder || null,
    version: VERSION,
  };
}

/** A duration as JSON: seconds, to the millisecond. */
export function seconds(ms: number): number {
  return Math.floor(ms) / 1_000;
}

function secondsOrNull(ms: number | undefined): number | null {
  return ms === undefined ? null : seconds(ms);
}
