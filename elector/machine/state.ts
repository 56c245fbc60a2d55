import type { Instant, Quota } from "../../lock/mod.ts";
import type { EndReason } from "./events.ts";

/** Both clocks, a fresh random number from 0 (included) to 1 (excluded) to draw jitter from, and the workload's word. */
export interface Reading extends Instant {
  readonly random: number;
  /** Whether this candidate is ready to lead. */
  readonly isReady: boolean;
}

/** Problems to report to the operator. */
export type Problem =
  /** A call was aborted. */
  | "unanswered"
  /** The record was there and has disappeared. */
  | "deleted"
  /** The fencing token is at its limit. */
  | "exhausted"
  /** Work did not settle in time after its term had ended. */
  | "undrained"
  /** Another process campaigns under this candidate's identity. */
  | "duplicate";

/** What the process saw in effect, and when it first saw it. */
export interface Observation {
  /** The version; see {@linkcode Observed.version}. */
  readonly version: string;
  /** The holder: `""` if released, `undefined` if the content is not a record. */
  readonly holder: string | undefined;
  /** The campaign that wrote it, if the record names one. */
  readonly session: string | undefined;
  /** Counts that campaign's writes, if the record does. */
  readonly sequence: number | undefined;
  /** The holder's rank, if the record names one. */
  readonly rank: number | undefined;
  /** The candidate to which the holder is asked to hand over, or did; `""` if there is none. */
  readonly preferredHolder: string;
  /** Whether this is a request on top of the holder's write, and not the write itself. */
  readonly isRequest: boolean;
  /** The version of the write below a request, if the request names it. */
  readonly requestedOn: string | undefined;
  readonly token: number;
  /** Whether the record is known to belong to the version; see {@linkcode Observed.isProven}. */
  readonly isProven: boolean;
  /** How long the lease lasts from {@linkcode Observation.at}, in milliseconds. */
  readonly duration: number;
  /** When this process first saw this write, under whatever version (monotonic, milliseconds). */
  readonly at: number;
  /** When this process first saw this version, or learned that it is replaced (monotonic, milliseconds). */
  readonly versionAt: number;
  /** When this process first saw this holder's term (monotonic, milliseconds). */
  readonly termAt: number;
  /** Whether another write is known to have replaced this version; what that wrote has yet to be read. */
  readonly isReplaced: boolean;
  /** How long after the lock became claimable this process claims (milliseconds), drawn at random. */
  readonly spread: number;
}

/** The lock was found without any record. */
interface Absence {
  /** When this process first found it so (monotonic, milliseconds). */
  readonly at: number;
  /** How long after that this process claims (milliseconds), drawn at random. */
  readonly spread: number;
}

/** The last readiness of the workload, and since when it lasts. */
export interface Readiness {
  /** Whether this candidate is ready to lead. */
  readonly isReady: boolean;
  /** Since when (monotonic, milliseconds). */
  readonly since: number;
}

/** A candidate that stepped down or handed over waits until another has led. */
interface HoldBack {
  /** No claim before this instant (monotonic, milliseconds), unless another leads first. */
  readonly until: number;
  /** The fencing token of the ended term: a higher one in the record proves that another candidate has led. */
  readonly token: number;
}

/** A write that would make or keep this process the holder, or release the lock. */
export interface Write {
  /** The id of its call: later writes of a campaign have higher ones. */
  readonly id: number;
  /** Read before the write leaves: a term is counted from here. */
  readonly sentAt: Instant;
  /** The fencing token that it writes. */
  readonly token: number;
  /** When the term began, by the wall clock; for people. */
  readonly acquireTime: number;
}

/** A call to the lock. */
export interface Call {
  /** Distinguishes calls: an answer to any other than the one in flight is ignored. */
  readonly id: number;
  /** Which method of the lock, and for what. */
  readonly purpose: "read" | "create" | "claim" | "renew" | "release" | "request";
  /** Whether a read asks for proof; a write is always proven. */
  readonly proof: boolean;
  /** When it left (monotonic, milliseconds). */
  readonly sentAt: number;
  /** When the call is aborted (monotonic, milliseconds). */
  readonly timeoutAt: number;
  /** What it writes; `undefined` for a read, and for a request: that is another's write under a new version. */
  readonly write: Write | undefined;
}

/** The lease that this process holds by a write that is known to be in effect: until D after that write left. */
export interface Lease extends Write {
  /** Whether work may run under it. Once `false` (a stop was asked for) it never becomes `true` again. */
  readonly open: boolean;
  /** Why the term under it ended, or why none began; `undefined` while it lasts, and if a stop kept it from beginning. */
  readonly reason: EndReason | undefined;
  /** The candidate to which it is handed over, by the last request to this process; `""` if there is none. */
  readonly preferredHolder: string;
}

/** Everything that the election remembers. Plain and immutable: the checker enumerates it. */
export interface State {
  /** Whether the campaign has begun. Before that nothing has an effect. */
  readonly started: boolean;
  /** The write in effect, as far as this process knows. */
  readonly observed: Observation | undefined;
  /** Since when the lock is known to have no record; `undefined` if it has one, or was not read. */
  readonly absent: Absence | undefined;
  /** When this campaign first read the record (monotonic, milliseconds). */
  readonly firstReadAt: number | undefined;
  /** Versions known to have been replaced, newest last. A read that answers with one of them is stale. */
  readonly superseded: readonly string[];
  /** The highest fencing token that this process has seen or written, or 0. */
  readonly highestToken: number;
  /** The highest fencing token under which this process started a term, or 0. */
  readonly startedToken: number;
  readonly lease: Lease | undefined;
  /** The earliest write since the last known outcome whose own is not known: to count from it is safe for later ones, too. */
  readonly unclear: Write | undefined;
  /** Whether a holder must read before it writes again. */
  readonly mustRead: boolean;
  readonly call: Call | undefined;
  readonly calls: number;
  /** How many attempts failed since the last write whose outcome is known. */
  readonly failures: number;
  /** When the next call is due (monotonic, milliseconds). */
  readonly callAt: number;
  /** No call before this instant (monotonic, milliseconds): the store's rate limit. */
  readonly notBefore: number;
  /** The holder last reported. */
  readonly leader: string;
  /** Whether the work of a term has yet to settle. No other term starts meanwhile. */
  readonly working: boolean;
  /** When work that has yet to settle is reported (monotonic, milliseconds). */
  readonly drainUntil: number | undefined;
  /** Whether the work has outlived its drain and still has to settle. */
  readonly isOverdue: boolean;
  /** When an attempt to release ends (monotonic, milliseconds). */
  readonly releaseUntil: number | undefined;
  /** No claim before this instant (monotonic, milliseconds): the pace of claims that fail. */
  readonly claimFrom: number;
  /** No request for the lead before this instant (monotonic, milliseconds): the pace of requests that are refused. */
  readonly askFrom: number;
  /** How many claims in a row, since a holder was last seen, lost their race or have an unknown outcome. */
  readonly lostRaces: number;
  /** What this process waits for before it claims, after it stepped down. */
  readonly holdBack: HoldBack | undefined;
  /** Whether this candidate is ready to lead; `undefined` before the campaign has begun. */
  readonly readiness: Readiness | undefined;
  /** How many writes in a row the store refused to this candidate. */
  readonly refusals: number;
  /** When the first of them was refused (monotonic, milliseconds). */
  readonly refusedAt: number | undefined;
  /** What is left of the quota, by the last response. */
  readonly quota: Quota | undefined;
  /** The session of another process under this identity that was reported last. */
  readonly duplicate: string | undefined;
  readonly stopping: boolean;
  readonly finished: boolean;
  /** The lasting problem that was reported since a new version was observed. */
  readonly reported: Problem | undefined;
  /** When the store last answered with something (monotonic, milliseconds). */
  readonly contactAt: number | undefined;
}

/** The election before its start. */
export const INITIAL_STATE: State = Object.freeze({
  started: false,
  observed: undefined,
  absent: undefined,
  firstReadAt: undefined,
  superseded: [],
  highestToken: 0,
  startedToken: 0,
  lease: undefined,
  unclear: undefined,
  mustRead: false,
  call: undefined,
  calls: 0,
  failures: 0,
  callAt: Infinity,
  notBefore: -Infinity,
  leader: "",
  working: false,
  drainUntil: undefined,
  isOverdue: false,
  releaseUntil: undefined,
  claimFrom: -Infinity,
  askFrom: -Infinity,
  lostRaces: 0,
  holdBack: undefined,
  readiness: undefined,
  refusals: 0,
  refusedAt: undefined,
  quota: undefined,
  duplicate: undefined,
  stopping: false,
  finished: false,
  reported: undefined,
  contactAt: undefined,
});

/**
 * The state in which an elector begins its next campaign. What it knows of the lock outlives a campaign; lease, unclear
 * write, call and last contact never do, as the next campaign has its own session.
 *
 * @param last The state in which the last campaign ended.
 * @param working Whether work of an earlier term has yet to settle.
 */
export function nextCampaign(last: State, working: boolean): State {
  return {
    ...INITIAL_STATE,
    observed: last.observed,
    absent: last.absent,
    superseded: last.superseded,
    highestToken: last.highestToken,
    startedToken: last.startedToken,
    notBefore: last.notBefore,
    leader: last.leader,
    working,
    isOverdue: working && last.isOverdue,
    claimFrom: last.claimFrom,
    askFrom: last.askFrom,
    lostRaces: last.lostRaces,
    holdBack: last.holdBack,
    refusals: last.refusals,
    refusedAt: last.refusedAt,
    quota: last.quota,
    duplicate: last.duplicate,
  };
}
