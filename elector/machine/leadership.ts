import type { Observed } from "../../lock/mod.ts";
import type { EndReason } from "./events.ts";
import { expirySpread, leaseDuration, remainingLease } from "./lease.ts";
import { holdBackAfter, isRequestOn, preferredHolderIn, unreadyAt } from "./preference.ts";
import { renewPeriod } from "./quota.ts";
import { beginRelease, schedulePoll } from "./schedule.ts";
import type { Observation, Write } from "./state.ts";
import { invariant, set, type Turn } from "./turn.ts";

/** How many replaced versions are remembered, to recognise a stale read. */
const SUPERSEDED_KEPT = 32;

/** The write that a read or a write showed to be in effect, without the time since when. */
export type Seen = Omit<Observation, "at" | "versionAt" | "termAt" | "isReplaced" | "spread">;

/** What the machine keeps of a record. */
export function seenIn({ record, version, isProven = true }: Observed): Seen {
  const { holderIdentity: holder, leaderTransitions: token, session, sequence, rank } = record;
  const preferredHolder = preferredHolderIn(record);
  const isRequest = preferredHolder !== "" && record.requestedBy !== undefined;
  const requestedOn = isRequest ? record.requestedOn : undefined;
  const duration = leaseDuration(record);
  const request = { preferredHolder, isRequest, requestedOn };
  return { version, holder, session, sequence, rank, ...request, token, isProven, duration };
}

/** Another version is in effect. */
export function observe(turn: Turn, seen: Seen): void {
  const { observed, superseded, highestToken } = turn.state;
  set(turn, {
    superseded: (observed ? [...superseded, observed.version] : superseded)
      .filter((replaced) => replaced !== seen.version).slice(-SUPERSEDED_KEPT),
    highestToken: Math.max(highestToken, seen.token),
  });
  if (observed && isRequestOn(observed, seen)) observeAgain(turn, observed, seen);
  else observeFirst(turn, seen);
}

/** A write is seen for the first time: its lease is counted from now. */
function observeFirst(turn: Turn, seen: Seen): void {
  const { observed, holdBack } = turn.state;
  const { monotonic: at, random } = turn.now;
  const { holder, token } = seen;
  const spread = expirySpread(random, turn.config);
  const termAt = observed && isSameTerm(observed, seen) ? observed.termAt : at;
  set(turn, {
    observed: { ...seen, at, versionAt: at, termAt, isReplaced: false, spread },
    absent: undefined,
    reported: undefined,
  });
  // Another candidate has led since we stepped down, even if it has released since: stop holding back.
  if (holder !== "" || (holdBack && token > holdBack.token)) set(turn, { holdBack: undefined });
  if (holder !== "") set(turn, { claimFrom: -Infinity, lostRaces: 0 });
  reportLeader(turn, holder);
}

/** A request on top of the write that was seen before: times are still counted from when that write was first seen. */
function observeAgain(turn: Turn, observed: Observation, seen: Seen): void {
  const duration = Math.max(observed.duration, seen.duration);
  const versionAt = turn.now.monotonic;
  set(turn, { observed: { ...observed, ...seen, duration, versionAt, isReplaced: false } });
}

/** Whether the same holder still leads, without an acquisition in between. */
function isSameTerm(one: Seen, other: Seen): boolean {
  return one.holder === other.holder && one.session === other.session && one.token === other.token;
}

/**
 * Replaces an unproven record by the one that the version really names: that one was there when the version was first
 * seen. The unproven record may have been an earlier write.
 */
export function prove(turn: Turn, observed: Observation, seen: Seen): void {
  const at = isRequestOn(observed, seen) ? observed.at : observed.versionAt;
  const termAt = isSameTerm(observed, seen) ? observed.termAt : at;
  const duration = Math.max(observed.duration, seen.duration);
  const highestToken = Math.max(turn.state.highestToken, seen.token);
  set(turn, { observed: { ...observed, ...seen, duration, at, termAt }, highestToken });
  reportLeader(turn, seen.holder);
}

function reportLeader(turn: Turn, holder: string | undefined): void {
  if (holder === undefined || holder === turn.state.leader) return;
  set(turn, { leader: holder });
  turn.effects.push({ type: "newLeader", identity: holder });
}

/** Reports another process under this identity: one that renews, or one that took this process's lease. */
export function reportDuplicate(turn: Turn, seen: Seen): void {
  const { state: { observed, lease, duplicate }, config } = turn;
  const { holder, session } = seen;
  if (holder !== config.identity || session === undefined || session === config.session) return;
  if (observed && isRequestOn(observed, seen)) return;
  const isRenewed = observed?.holder === holder && observed.session === session;
  if (session === duplicate || !(isRenewed || lease)) return;
  set(turn, { duplicate: session });
  turn.effects.push({ type: "report", problem: "duplicate" });
}

/** A write of this process is known to be in effect: it holds the lease until D after that write was sent. */
export function hold(turn: Turn, write: Write): void {
  const { state, config, now } = turn;
  set(turn, { unclear: undefined, mustRead: false, failures: 0 });
  if (remainingLease(write.sentAt, now, config) <= 0) return;
  if (state.lease) {
    set(turn, { lease: { ...state.lease, sentAt: write.sentAt } });
    if (state.lease.open) turn.effects.push({ type: "extendTerm", sentAt: write.sentAt });
    obeyRequest(turn);
  } else {
    beginLease(turn, write);
  }
  if (!turn.state.lease?.open && !turn.state.working) beginRelease(turn);
  else set(turn, { callAt: write.sentAt.monotonic + renewPeriod(state.quota, now, config) });
}

/**
 * No term begins if a stop or a handover was requested meanwhile (a request may directly follow the claim), or if the
 * workload has not been ready for too long.
 */
function beginLease(turn: Turn, write: Write): void {
  const { state: { stopping, observed }, now, config } = turn;
  const preferredHolder = observed?.preferredHolder ?? "";
  const isUnready = now.monotonic >= unreadyAt(turn.state, config);
  const reason = preferredHolder !== "" ? "handover" : isUnready ? "unready" : undefined;
  const open = !stopping && reason === undefined;
  set(turn, { lease: { ...write, open, reason, preferredHolder } });
  if (open) startTerm(turn, write);
}

/**
 * client-go step 2b: the holder is asked to hand over. Its term ends; until then, all its writes carry the last name
 * seen.
 */
export function obeyRequest(turn: Turn): void {
  const { lease, observed } = turn.state;
  const preferredHolder = observed?.preferredHolder ?? "";
  if (lease && preferredHolder !== "") handOver(turn, preferredHolder);
}

/** Ends the term, if there is one, so that another candidate may claim first. */
export function handOver(turn: Turn, to: string): void {
  const { lease } = turn.state;
  if (!lease || to === turn.config.identity) return;
  set(turn, { lease: { ...lease, preferredHolder: to } });
  endTerm(turn, "handover");
}

/** Split brain would begin here, so the invariants are checked once more. */
function startTerm(turn: Turn, { token, sentAt }: Write): void {
  invariant(!turn.state.working, "no term starts while the work of another goes on");
  invariant(token > turn.state.startedToken, "each term has a higher token than the one before");
  set(turn, { working: true, startedToken: token });
  turn.effects.push({ type: "startTerm", token, sentAt });
}

/** Ends the term, if there is one. The lease is kept while the work settles. */
export function endTerm(turn: Turn, reason: EndReason): void {
  const { state, now, config } = turn;
  if (!state.lease?.open) return;
  set(turn, {
    lease: { ...state.lease, open: false, reason },
    drainUntil: now.monotonic + config.drainTimeout,
  });
  turn.effects.push({ type: "endTerm", reason });
}

/** The lease is no longer held, and no write under it counts. */
export function giveUpLease(turn: Turn, reason: EndReason): void {
  const { state: { lease }, now, config } = turn;
  const pause = holdBackAfter(lease?.reason, config);
  if (lease && pause > 0) {
    set(turn, { holdBack: { until: now.monotonic + pause, token: lease.token } });
  }
  endTerm(turn, reason);
  set(turn, { lease: undefined, unclear: undefined, mustRead: false, failures: 0 });
}

/** The lease is left to expire on its own. */
export function letLapse(turn: Turn): void {
  giveUpLease(turn, "resigned");
  schedulePoll(turn, turn.now.monotonic);
}
