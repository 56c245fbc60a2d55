/**
 * Who should lead: ranks, planned handover, failback and readiness. The rules are those of DESIGN.md, "Preference", in
 * its order. Each of them only delays a claim or ends a term early, so none can lead to two leaders.
 *
 * @module
 */

import { isIdentity, type LeaderElectionRecord, type Observed } from "../../lock/mod.ts";
import { HANDICAP_POLLS } from "../preference.ts";
import type { EndReason } from "./events.ts";
import type { Observation, Reading, State, Write } from "./state.ts";
import type { MachineConfig } from "./turn.ts";

/** What names one write. */
type Named = Pick<Observation, "session" | "sequence" | "token" | "holder">;

/**
 * **Same write.** A manual release may keep the session and the sequence of the write that it edits, although it frees
 * the lock: so the holder is compared, too.
 */
export function isSameWrite(one: Named, other: Named): boolean {
  return isOfOneTerm(one, other) && one.sequence !== undefined && one.sequence === other.sequence &&
    one.holder === other.holder;
}

/**
 * Whether a request was made on top of the write that was observed. It puts the holder's record under another version while
 * the holder may be dead: if that counted as a sign of life, one request in each lease would keep the lock locked.
 *
 * Only a request, and only on the very version that was seen: a person may put older content back over a later renewal,
 * whose holder counts from that renewal. A request follows the write that it is on, and a holder that writes after one
 * has ended its term.
 */
export function isRequestOn(observed: Below, seen: Above): boolean {
  const below = observed.requestedOn ?? observed.version;
  const isOnIt = seen.requestedOn === undefined || seen.requestedOn === below;
  return seen.isRequest && isOnIt && isSameWrite(observed, seen);
}

type Below = Named & Pick<Observation, "version" | "requestedOn">;
type Above = Named & Pick<Observation, "isRequest" | "requestedOn">;

/**
 * Whether a record is from before what was observed in the same term: of an earlier write, or of the same write before
 * the request on it. A stale read shows such a one, under a version not seen before.
 */
export function isOlder(seen: Above, observed: Observation): boolean {
  if (!isOfOneTerm(seen, observed) || seen.sequence === undefined) return false;
  if (observed.isRequest && !seen.isRequest && isSameWrite(seen, observed)) return true;
  return observed.sequence !== undefined && seen.sequence < observed.sequence;
}

function isOfOneTerm(one: Named, other: Named): boolean {
  return one.session !== undefined && one.session === other.session && one.token === other.token;
}

/**
 * **Holder.** The write of this campaign that a record stems from, if its outcome was unclear: that one, or one after
 * it. A stale read may show a request on top of an older write while the renewal that was sent since is in effect: it
 * proves nothing about that renewal. The last writer does not matter, as that may be the request's sender.
 */
export function unclearWriteIn(
  { unclear }: Pick<State, "unclear">,
  { session, sequence = 0, token }: Named,
  config: MachineConfig,
): Write | undefined {
  const isMine = session === config.session && unclear?.token === token && sequence >= unclear.id;
  return isMine ? unclear : undefined;
}

/**
 * **Asked.** The candidate to hand over to; `""` if there is none. A text that is not an identity is never carried on: a huge
 * one would make the holder's own next write unreadable. One that names the holder asks for nothing.
 */
export function preferredHolderIn(
  { holderIdentity, preferredHolder }: LeaderElectionRecord,
): string {
  const asks = preferredHolder !== holderIdentity && isIdentity(preferredHolder);
  return asks ? preferredHolder : "";
}

/**
 * **May claim from.** How much later than the first this candidate claims, in milliseconds. Polls of two candidates lie
 * up to P apart, and a claim has to be seen before the next candidate may claim.
 */
export function claimDelay(
  { observed }: Pick<State, "observed">,
  { identity, rank, pollPeriod }: Pick<MachineConfig, "identity" | "rank" | "pollPeriod">,
): number {
  const preferred = observed?.preferredHolder ?? "";
  if (preferred === identity) return 0;
  return handicap(preferred === "" ? rank : rank + 1, pollPeriod);
}

/** For how long a candidate claims nothing after it gave up a lease, in milliseconds, unless another leads first. */
export function holdBackAfter(reason: EndReason | undefined, config: MachineConfig): number {
  switch (reason) {
    case "resigned":
      return config.leaseDuration;
    case "handover":
    case "unready":
      return handicap(config.rank + 2, config.pollPeriod);
    default:
      return 0;
  }
}

function handicap(turns: number, pollPeriod: number): number {
  return turns * HANDICAP_POLLS * pollPeriod;
}

/**
 * **Request.** Whether a record's holder can be asked for a handover. One of an older version writes no rank, and would take
 * the request for a loss; one written in Go would erase it.
 */
export function canBeAsked(
  { holder, session, sequence, rank }: Pick<
    Observation,
    "holder" | "session" | "sequence" | "rank"
  >,
): boolean {
  const isHeld = holder !== undefined && holder !== "";
  return isHeld && session !== undefined && sequence !== undefined && rank !== undefined;
}

/** The record with a request on top, in place of another request: the same write, under another version. */
export function requestOn(
  { record, version }: Pick<Observed, "record" | "version">,
  preferredHolder: string,
  requestedBy: string,
): LeaderElectionRecord {
  const below = record.requestedBy === undefined ? version : record.requestedOn;
  return { ...record, preferredHolder, requestedBy, requestedOn: below ?? version };
}

/**
 * **Failback.** Whether this candidate asks for the lead now: it ranks better than the holder, and both the holder's
 * term and its own readiness have lasted for the whole period. Otherwise two candidates that are ready alternately
 * would swap leadership each time.
 */
export function asksForLead(state: State, now: Reading, config: MachineConfig): boolean {
  const { observed, readiness, working, stopping, lease, askFrom } = state;
  if (!observed || lease || working || stopping || now.monotonic < askFrom) return false;
  if (!readiness?.isReady || observed.preferredHolder !== "" || !canBeAsked(observed)) return false;
  const isBetter = observed.holder !== config.identity && config.rank < (observed.rank ?? -1);
  const isLapsed = now.monotonic - observed.at >= observed.duration;
  const since = Math.max(observed.termAt, readiness.since);
  return isBetter && !isLapsed && now.monotonic - since >= config.failback;
}

/**
 * **Readiness.** When a candidate that is not ready may no longer lead (monotonic, milliseconds); `Infinity` if it is
 * ready. Its claim may have been sent before that and be answered after it.
 */
export function unreadyAt(
  { readiness }: Pick<State, "readiness">,
  { readyGrace }: MachineConfig,
): number {
  return !readiness || readiness.isReady ? Infinity : readiness.since + readyGrace;
}
