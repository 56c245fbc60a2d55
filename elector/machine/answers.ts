import { EMPTY_RECORD, type Observed } from "../../lock/mod.ts";
import type { Outcome } from "./events.ts";
import {
  giveUpLease,
  hold,
  obeyRequest,
  observe,
  prove,
  reportDuplicate,
  type Seen,
  seenIn,
} from "./leadership.ts";
import { backoff, expirySpread, remainingLease } from "./lease.ts";
import { asksForLead, isOlder, isRequestOn, isSameWrite, unclearWriteIn } from "./preference.ts";
import { mayClaim, mayWriteNext } from "./requests.ts";
import { retry, schedulePoll, waitOutLimit } from "./schedule.ts";
import type { Call, Write } from "./state.ts";
import { finish, report, set, type Turn } from "./turn.ts";

/** The call in flight has an outcome. */
export function onAnswer(turn: Turn, call: Call, outcome: Outcome): void {
  set(turn, { call: undefined });
  const { now: { monotonic: at }, state: { firstReadAt } } = turn;
  if (outcome.type !== "failed") set(turn, { contactAt: at, firstReadAt: firstReadAt ?? at });
  // A candidate that creates the missing record again does not know this lease.
  if (outcome.type === "failed" && outcome.gone) giveUpLease(turn, "lost");
  if (call.purpose === "request") onRequest(turn, call, outcome);
  else if (call.write) onWrite(turn, call, call.write, outcome);
  else onRead(turn, call, outcome);
}

// ---- Reads ----

function onRead(turn: Turn, call: Call, outcome: Outcome): void {
  switch (outcome.type) {
    case "record": {
      const { observed } = outcome;
      return onFound(turn, call, seenIn(observed), observed);
    }
    case "unreadable":
      return onFound(turn, call, seenUnreadable(turn, call, outcome));
    case "absent":
      if (!turn.state.observed) return onAbsent(turn, call);
      // Never recreate a record that was seen before: fencing tokens would restart.
      report(turn, "deleted");
      return onReadFailed(turn, call);
    default:
      return onReadFailed(turn, call, outcome);
  }
}

/** Content that is not a record may hide a lease of unknown duration, with a token that was at least the first one. */
function seenUnreadable(
  { state, config }: Turn,
  { proof }: Call,
  { version, tokenFloor: token = 0 }: Extract<Outcome, { type: "unreadable" }>,
): Seen {
  const duration = Math.max(config.leaseDuration, state.observed?.duration ?? 0);
  const empty = seenIn({ record: EMPTY_RECORD, version, own: false, isProven: proof });
  return { ...empty, holder: undefined, duration, token };
}

function onAbsent(turn: Turn, call: Call): void {
  const { state, now, config } = turn;
  const spread = expirySpread(now.random, config);
  set(turn, { absent: state.absent ?? { at: now.monotonic, spread } });
  decide(turn, call, call.proof || !config.keepsLostWrites);
}

function onFound(turn: Turn, call: Call, seen: Seen, read?: Observed): void {
  const { observed, lease } = turn.state;
  const stale = isStale(turn, seen);
  if (stale && !isStuck(turn)) return onReadFailed(turn, call);
  const isKnown = observed &&
    (isRequestOn(observed, seen) || (lease && isSameWrite(observed, seen)));
  if (isKnown && !stale) {
    // The known write under another version is not a loss, and does not settle an unclear one.
    if (seen.version !== observed.version) observe(turn, seen);
    else if (seen.isProven && !observed.isProven) prove(turn, observed, seen);
    obeyRequest(turn);
  } else if (seen.version !== observed?.version || stale) {
    onOther(turn, seen, stale);
  } else if (seen.isProven && !observed.isProven) {
    prove(turn, observed, seen);
  }
  decide(turn, call, call.proof || turn.state.observed?.isProven === true, read);
}

/** Another write is in effect: one of this campaign whose outcome was unclear, or another candidate's. */
function onOther(turn: Turn, seen: Seen, stale: boolean): void {
  reportDuplicate(turn, seen);
  const mine = unclearWriteIn(turn.state, seen, turn.config);
  const holds = !stale && mine && seen.holder === turn.config.identity;
  // End our term before reporting another leader.
  if (!holds) giveUpLease(turn, mine ? "stopped" : "lost");
  observe(turn, seen);
  if (holds) hold(turn, mine);
}

/** A stale read proves neither that a leader lost nor that a lease is not renewed. */
function isStale({ state: { observed, superseded, lease } }: Turn, seen: Seen): boolean {
  if (!observed) return false;
  if (seen.version === observed.version) return observed.isReplaced;
  if (isRequestOn(observed, seen) || (lease && isSameWrite(observed, seen))) return false;
  const isOld = superseded.includes(seen.version) || (!lease && isOlder(seen, observed));
  // An unproven record may have hidden that the older version is in effect.
  return isOld && (observed.isProven || !seen.isProven);
}

/**
 * Whether only replaced versions were read for a whole lease: then the one that was taken for the newest was itself the stale
 * one. Accepting another version is safe because its lease is counted from now.
 */
function isStuck({ state: { lease, observed, firstReadAt }, config, now }: Turn): boolean {
  if (lease || !observed || firstReadAt === undefined) return false;
  const since = Math.max(observed.versionAt, firstReadAt);
  return now.monotonic - since >= Math.max(observed.duration, config.leaseDuration);
}

/** Decides what follows from a successful read. */
function decide(turn: Turn, call: Call, isProven: boolean, read?: Observed): void {
  const { state, now } = turn;
  if (state.lease) {
    if (state.mustRead) set(turn, { mustRead: false, callAt: now.monotonic });
  } else if (state.stopping) {
    set(turn, { unclear: undefined });
  } else if (!isProven && mayWriteNext(turn)) {
    set(turn, { callAt: now.monotonic });
  } else if (mayClaim(turn)) {
    turn.claims = true;
  } else if (read && asksForLead(state, now, turn.config)) {
    turn.asksOn = read;
  } else {
    schedulePoll(turn, call.sentAt);
  }
}

function onReadFailed(turn: Turn, call: Call, outcome?: Outcome): void {
  waitOutLimit(turn, outcome);
  const { state } = turn;
  if (outcome?.type === "failed" && outcome.permanent && state.contactAt === undefined) {
    finish(turn, "refused");
  } else if (state.lease || isUrgent(turn)) {
    retry(turn);
  } else {
    schedulePoll(turn, call.sentAt);
  }
}

/** Whether a write of this process may have made it the holder, with time left to lead. */
function isUrgent({ state: { unclear }, config, now }: Turn): boolean {
  return unclear !== undefined && remainingLease(unclear.sentAt, now, config) > 0;
}

// ---- Writes ----

/** "record" if the write took effect, "conflict" or "refused" if it did not; otherwise its outcome is unknown. */
function onWrite(turn: Turn, call: Call, write: Write, outcome: Outcome): void {
  const { state, now } = turn;
  if (outcome.type === "record") {
    observe(turn, { ...seenIn(outcome.observed), token: write.token });
    set(turn, { refusals: 0, refusedAt: undefined });
    if (call.purpose === "release") giveUpLease(turn, "stopped");
    else if (state.lease || call.purpose !== "renew") hold(turn, write);
    if (!turn.state.lease) schedulePoll(turn, now.monotonic);
    return;
  }
  waitOutLimit(turn, outcome);
  if (outcome.type === "refused") onRefused(turn);
  if (call.purpose === "create" || call.purpose === "claim") onClaimLost(turn, outcome);
  const hasExpired = (call.purpose === "renew" || call.purpose === "release") && !state.lease;
  // A term that has ended never restarts: its last write does not count, even if it turns out to be in effect.
  if (outcome.type === "failed" && !outcome.gone && !hasExpired) {
    set(turn, { unclear: state.unclear ?? write });
  }
  if (turn.state.lease || turn.state.unclear) retry(turn);
  else schedulePoll(turn, now.monotonic);
}

/**
 * A request that failed or lost its race is made again after the next read, if there is still a reason; a refused one
 * after a pause, which grows with each refusal.
 */
function onRequest(turn: Turn, call: Call, outcome: Outcome): void {
  const { state: { observed }, now, config } = turn;
  if (outcome.type === "refused") {
    onRefused(turn);
    set(turn, { askFrom: now.monotonic + backoff(turn.state.refusals, 1, config) });
  }
  if (outcome.type === "record") {
    const seen = seenIn(outcome.observed);
    set(turn, { refusals: 0, refusedAt: undefined });
    if (observed && isRequestOn(observed, seen)) observe(turn, seen);
  }
  waitOutLimit(turn, outcome);
  schedulePoll(turn, outcome.type === "record" ? call.sentAt : now.monotonic);
}

function onRefused(turn: Turn): void {
  const { state: { refusals, refusedAt }, now } = turn;
  set(turn, { refusals: refusals + 1, refusedAt: refusedAt ?? now.monotonic });
}

/** A failed claim is followed by another only after a pause, which grows with each failure. */
function onClaimLost(turn: Turn, outcome: Outcome): void {
  const { state: { observed, lostRaces, refusals, claimFrom }, now, config } = turn;
  if (outcome.type === "refused") {
    const pause = backoff(refusals, 1, config);
    return set(turn, { claimFrom: now.monotonic + pause });
  }
  if (!config.keepsLostWrites) {
    // The next read shows the winner: another claim, or only a request on top of the observed write.
    if (outcome.type !== "conflict" || !observed) return;
    return set(turn, { observed: { ...observed, isReplaced: true, versionAt: now.monotonic } });
  }
  const pause = backoff(lostRaces + 1, now.random, config);
  set(turn, { lostRaces: lostRaces + 1, claimFrom: Math.max(claimFrom, now.monotonic + pause) });
}
