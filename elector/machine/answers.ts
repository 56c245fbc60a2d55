import type { Observed } from "../../lock/mod.ts";
import type { Outcome } from "./events.ts";
import { giveUpLease, hold, type News, newsOf, observe, prove, reportTwin } from "./leadership.ts";
import { backoff, expirySpread, proofFrom, remainingLease } from "./lease.ts";
import { claim, holds, mayClaim } from "./requests.ts";
import { retry, scheduleLook, waitOutLimit } from "./schedule.ts";
import type { Call, Write } from "./state.ts";
import { finish, report, set, type Turn } from "./turn.ts";

export function onAnswer(turn: Turn, call: Call, outcome: Outcome): void {
  set(turn, { call: undefined });
  const { now: { monotonic: at }, state: { firstReadAt } } = turn;
  if (outcome.type !== "failed") set(turn, { contactAt: at, firstReadAt: firstReadAt ?? at });
  if (call.write) onWrite(turn, call, call.write, outcome);
  else onLook(turn, call, outcome);
}

/** What a look told. */
function onLook(turn: Turn, call: Call, outcome: Outcome): void {
  const { state, config } = turn;
  switch (outcome.type) {
    case "record": {
      const { observed } = outcome;
      return onFound(turn, call, newsOf(observed), findMine(turn, observed));
    }
    case "unreadable": {
      // It may hide somebody's lease, and nobody knows for how long.
      const duration = Math.max(config.leaseDuration, state.observed?.duration ?? 0);
      // Nor what token it bore: at the least the first one.
      const { version, tokenFloor: token = 0 } = outcome;
      return onFound(turn, call, {
        version,
        holder: undefined,
        session: undefined,
        isProven: call.proof,
        duration,
        token,
      });
    }
    case "absent":
      if (!state.observed) return onAbsent(turn, call);
      // Never created again by one who knows better: fencing tokens would restart.
      report(turn, "deleted");
      return onLookFailed(turn, call);
    default:
      return onLookFailed(turn, call, outcome);
  }
}

function onAbsent(turn: Turn, call: Call): void {
  const { state, now, config } = turn;
  const spread = expirySpread(now.random, config);
  set(turn, { absent: state.absent ?? { at: now.monotonic, spread } });
  decide(turn, call, call.proof || !config.keepsLostWrites);
}

/**
 * The write of this campaign that a record stems from, if its outcome was unclear: that one, or one after it. A record of
 * an earlier write, which somebody has put back, is not taken for it, nor that of another elector with the same lock.
 */
function findMine({ state: { unclear }, config }: Turn, observed: Observed): Write | undefined {
  const { own, record: { session, sequence = 0, leaderTransitions } } = observed;
  const isMine = own && session === config.session && unclear?.token === leaderTransitions &&
    sequence >= unclear.id;
  return isMine ? unclear : undefined;
}

function onFound(turn: Turn, call: Call, news: News, mine?: Write): void {
  const { state, config } = turn;
  const { observed } = state;
  // A stale read says nothing: neither that a leader lost, nor that a lease stands still.
  const isOld = state.superseded.includes(news.version) &&
    // What was merely shown may have hidden that the older one is in effect.
    (observed?.isProven !== false || !news.isProven);
  if (isOld && !isDeaf(turn)) return onLookFailed(turn, call);
  if (news.version !== observed?.version) {
    reportTwin(turn, news);
    const holds = !isOld && mine && news.holder === config.identity;
    // Nobody hears of another leader while this term still runs.
    if (!holds) giveUpLease(turn, mine ? "stopped" : "lost");
    observe(turn, news);
    if (holds) hold(turn, mine);
  } else if (news.isProven && !observed.isProven) {
    prove(turn, observed, news);
  }
  decide(turn, call, call.proof || turn.state.observed?.isProven === true);
}

/**
 * Whether nothing but replaced versions was read for a whole lease: then the one that was taken for the newest was itself
 * the stale one. To take another for news is safe, as its lease is counted anew.
 */
function isDeaf({ state: { lease, observed, firstReadAt }, config, now }: Turn): boolean {
  if (lease || !observed || firstReadAt === undefined) return false;
  const since = Math.max(observed.at, firstReadAt);
  return now.monotonic - since >= Math.max(observed.duration, config.leaseDuration);
}

/** What to do after a look that told something. */
function decide(turn: Turn, call: Call, isProven: boolean): void {
  const { state, now } = turn;
  if (state.lease) {
    if (state.mustRead) set(turn, { mustRead: false, callAt: now.monotonic });
  } else if (state.stopping) {
    set(turn, { unclear: undefined });
  } else if (!isProven && now.monotonic >= proofFrom(state, turn.config)) {
    set(turn, { callAt: now.monotonic });
  } else if (mayClaim(turn)) {
    claim(turn);
  } else {
    scheduleLook(turn, call.sentAt);
  }
}

function onLookFailed(turn: Turn, call: Call, outcome?: Outcome): void {
  waitOutLimit(turn, outcome);
  const { state } = turn;
  if (outcome?.type === "failed" && outcome.permanent && state.contactAt === undefined) {
    finish(turn, "refused");
  } else if (state.lease || isUrgent(turn)) {
    retry(turn);
  } else {
    scheduleLook(turn, call.sentAt);
  }
}

/** Whether a write of this process may have made it the holder, and it still had time to lead. */
function isUrgent({ state: { unclear }, config, now }: Turn): boolean {
  return unclear !== undefined && remainingLease(unclear.sentAt, now, config) > 0;
}

/** What came of a write: "record" if it took effect, "conflict" or "refused" if it did not, otherwise nobody knows. */
function onWrite(turn: Turn, call: Call, write: Write, outcome: Outcome): void {
  const { state, now } = turn;
  if (outcome.type === "record") {
    observe(turn, { ...newsOf(outcome.observed), token: write.token });
    set(turn, { refusals: 0, refusedAt: undefined });
    if (call.purpose === "release") giveUpLease(turn, "stopped");
    else if (state.lease || call.purpose !== "renew") hold(turn, write);
    if (!turn.state.lease) scheduleLook(turn, now.monotonic);
    return;
  }
  waitOutLimit(turn, outcome);
  if (outcome.type === "refused") onRefused(turn);
  if (call.purpose === "create" || call.purpose === "claim") onClaimLost(turn, outcome);
  const lapsed = (call.purpose === "renew" || call.purpose === "release") && !state.lease;
  // A term that has ended never restarts: its last write does not count, even should it turn out to be in effect.
  if (outcome.type === "failed" && !lapsed) set(turn, { unclear: state.unclear ?? write });
  if (turn.state.lease || turn.state.unclear) retry(turn);
  else scheduleLook(turn, now.monotonic);
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
    // The race was lost: whoever won has a full lease from now on.
    set(turn, { observed: { ...observed, at: now.monotonic } });
  }
  if (!config.keepsLostWrites) return;
  const pause = backoff(lostRaces + 1, now.random, config);
  set(turn, { lostRaces: lostRaces + 1, claimFrom: Math.max(claimFrom, now.monotonic + pause) });
}
