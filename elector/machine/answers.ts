import type { Observed } from "../../lock/mod.ts";
import type { Outcome } from "./events.ts";
import {
  giveUpLease,
  hold,
  observe,
  prove,
  reportDuplicate,
  type Seen,
  seenIn,
} from "./leadership.ts";
import { backoff, expirySpread, proofFrom, remainingLease } from "./lease.ts";
import { mayClaim } from "./requests.ts";
import { retry, schedulePoll, waitOutLimit } from "./schedule.ts";
import type { Call, Write } from "./state.ts";
import { finish, report, set, type Turn } from "./turn.ts";

/** The call in flight has an outcome. */
export function onAnswer(turn: Turn, call: Call, outcome: Outcome): void {
  set(turn, { call: undefined });
  const { now: { monotonic: at }, state: { firstReadAt } } = turn;
  if (outcome.type !== "failed") set(turn, { contactAt: at, firstReadAt: firstReadAt ?? at });
  // Whoever creates a record in the place of the one that is gone knows nothing of this lease.
  if (outcome.type === "failed" && outcome.gone) giveUpLease(turn, "lost");
  if (call.write) onWrite(turn, call, call.write, outcome);
  else onRead(turn, call, outcome);
}

// ---- Reads ----

function onRead(turn: Turn, call: Call, outcome: Outcome): void {
  switch (outcome.type) {
    case "record": {
      const { observed } = outcome;
      return onFound(turn, call, seenIn(observed), findMine(turn, observed));
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
  return { version, holder: undefined, session: undefined, isProven: proof, duration, token };
}

function onAbsent(turn: Turn, call: Call): void {
  const { state, now, config } = turn;
  const spread = expirySpread(now.random, config);
  set(turn, { absent: state.absent ?? { at: now.monotonic, spread } });
  decide(turn, call, call.proof || !config.keepsLostWrites);
}

/**
 * The write of this campaign that a record stems from, if its outcome was unclear: that one, or one after it. A record of an
 * earlier write that was put back is not taken for it, nor one of another elector with the same lock.
 */
function findMine({ state: { unclear }, config }: Turn, observed: Observed): Write | undefined {
  const { own, record: { session, sequence = 0, leaderTransitions } } = observed;
  const isMine = own && session === config.session && unclear?.token === leaderTransitions &&
    sequence >= unclear.id;
  return isMine ? unclear : undefined;
}

function onFound(turn: Turn, call: Call, seen: Seen, mine?: Write): void {
  const { state, config } = turn;
  const { observed } = state;
  // A stale read proves nothing: neither that a leader lost, nor that a lease stands still.
  const isStale = state.superseded.includes(seen.version) &&
    // What was merely shown may have hidden that the older version is in effect.
    (observed?.isProven !== false || !seen.isProven);
  if (isStale && !isStuck(turn)) return onReadFailed(turn, call);
  if (seen.version !== observed?.version) {
    reportDuplicate(turn, seen);
    const holds = !isStale && mine && seen.holder === config.identity;
    // End our term before reporting another leader.
    if (!holds) giveUpLease(turn, mine ? "stopped" : "lost");
    observe(turn, seen);
    if (holds) hold(turn, mine);
  } else if (seen.isProven && !observed.isProven) {
    prove(turn, observed, seen);
  }
  decide(turn, call, call.proof || turn.state.observed?.isProven === true);
}

/**
 * Whether only replaced versions were read for a whole lease: then the one that was taken for the newest was itself the stale
 * one. Accepting another version is safe because its lease is counted from now.
 */
function isStuck({ state: { lease, observed, firstReadAt }, config, now }: Turn): boolean {
  if (lease || !observed || firstReadAt === undefined) return false;
  const since = Math.max(observed.at, firstReadAt);
  return now.monotonic - since >= Math.max(observed.duration, config.leaseDuration);
}

/** Decides what follows from a read that found something out. */
function decide(turn: Turn, call: Call, isProven: boolean): void {
  const { state, now } = turn;
  if (state.lease) {
    if (state.mustRead) set(turn, { mustRead: false, callAt: now.monotonic });
  } else if (state.stopping) {
    set(turn, { unclear: undefined });
  } else if (!isProven && now.monotonic >= proofFrom(state, turn.config)) {
    set(turn, { callAt: now.monotonic });
  } else if (mayClaim(turn)) {
    turn.claims = true;
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

function onRefused(turn: Turn): void {
  const { state: { refusals, refusedAt }, now } = turn;
  set(turn, { refusals: refusals + 1, refusedAt: refusedAt ?? now.monotonic });
}

/** A claim that failed is followed by another only after a pause, which is longer the more of them failed. */
function onClaimLost(turn: Turn, outcome: Outcome): void {
  const { state: { observed, lostRaces, refusals, claimFrom }, now, config } = turn;
  if (outcome.type === "refused") {
    const pause = backoff(refusals, 1, config);
    return set(turn, { claimFrom: now.monotonic + pause });
  }
  if (outcome.type === "conflict" && observed) {
    // We lost the race; the winner has a full lease from now.
    set(turn, { observed: { ...observed, at: now.monotonic } });
  }
  if (!config.keepsLostWrites) return;
  const pause = backoff(lostRaces + 1, now.random, config);
  set(turn, { lostRaces: lostRaces + 1, claimFrom: Math.max(claimFrom, now.monotonic + pause) });
}
