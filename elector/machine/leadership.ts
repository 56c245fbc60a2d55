import type { Observed } from "../../lock/mod.ts";
import type { EndReason } from "./events.ts";
import { expirySpread, leaseDuration, remainingLease } from "./lease.ts";
import { renewPeriod } from "./quota.ts";
import { beginRelease, scheduleLook } from "./schedule.ts";
import type { Observation, Write } from "./state.ts";
import { invariant, set, type Turn } from "./turn.ts";

/** How many replaced versions are remembered to tell a stale read by. */
const SUPERSEDED_KEPT = 32;

/** What a look or a write showed to be in effect. */
export interface News extends Omit<Observation, "at" | "spread"> {
  readonly token: number;
}

export function newsOf({ record, version, isProven = true }: Observed): News {
  const { holderIdentity: holder, leaderTransitions: token, session } = record;
  return { version, holder, session, isProven, duration: leaseDuration(record), token };
}

export function observe(turn: Turn, { token, ...news }: News): void {
  const { observed, superseded, highestToken, holdBack } = turn.state;
  const { monotonic: at, random } = turn.now;
  const { version, holder } = news;
  set(turn, {
    observed: { ...news, at, spread: expirySpread(random, turn.config) },
    absent: undefined,
    superseded: (observed ? [...superseded, observed.version] : superseded)
      .filter((replaced) => replaced !== version).slice(-SUPERSEDED_KEPT),
    highestToken: Math.max(highestToken, token),
    reported: undefined,
  });
  // Whoever held back has made room for another, which may have released since.
  if (holder !== "" || (holdBack && token > holdBack.token)) set(turn, { holdBack: undefined });
  if (holder !== "") set(turn, { claimFrom: -Infinity, lostRaces: 0 });
  reportLeader(turn, holder);
}

/** The record that was merely shown is replaced by the one that the version really names. It was there at first sight. */
export function prove(turn: Turn, observed: Observation, { token, ...news }: News): void {
  set(turn, {
    observed: {
      ...observed,
      ...news,
      duration: Math.max(observed.duration, news.duration),
    },
    highestToken: Math.max(turn.state.highestToken, token),
  });
  reportLeader(turn, news.holder);
}

function reportLeader(turn: Turn, holder: string | undefined): void {
  if (holder === undefined || holder === turn.state.leader) return;
  set(turn, { leader: holder });
  turn.effects.push({ type: "newLeader", identity: holder });
}

/** Another process with this identity is one that renews, or one that took the lease of this very process. */
export function reportTwin(turn: Turn, { holder, session }: News): void {
  const { state: { observed, lease, twin }, config } = turn;
  if (holder !== config.identity || session === undefined || session === config.session) return;
  const isRenewed = observed?.holder === holder && observed.session === session;
  if (session === twin || !(isRenewed || lease)) return;
  set(turn, { twin: session });
  turn.effects.push({ type: "report", problem: "twin" });
}

/** A write of this process is known to be in effect: it holds the lease until D after that write left. */
export function hold(turn: Turn, write: Write): void {
  const { state, config, now } = turn;
  set(turn, { unclear: undefined, mustRead: false, failures: 0 });
  if (remainingLease(write.sentAt, now, config) <= 0) return;
  if (state.lease) {
    set(turn, { lease: { ...state.lease, sentAt: write.sentAt } });
    if (state.lease.open) turn.effects.push({ type: "extendTerm", sentAt: write.sentAt });
  } else {
    set(turn, { lease: { ...write, open: !state.stopping, resigned: false } });
    if (!state.stopping) startTerm(turn, write);
  }
  if (!turn.state.lease?.open && !turn.state.working) beginRelease(turn);
  else set(turn, { callAt: write.sentAt.monotonic + renewPeriod(state.quota, now, config) });
}

/** Split brain would begin here, so the promises are checked once more. */
function startTerm(turn: Turn, { token, sentAt }: Write): void {
  invariant(!turn.state.working, "no term starts while the work of another goes on");
  invariant(token > turn.state.startedToken, "each term has a higher token than the one before");
  set(turn, { working: true, startedToken: token });
  turn.effects.push({ type: "startTerm", token, sentAt });
}

export function endTerm(turn: Turn, reason: EndReason): void {
  const { state, now, config } = turn;
  if (!state.lease?.open) return;
  set(turn, {
    lease: { ...state.lease, open: false, resigned: reason === "resigned" },
    drainUntil: now.monotonic + config.drainTimeout,
  });
  turn.effects.push({ type: "endTerm", reason });
}

/** The lease is not held any more, and no write under it counts any more. */
export function giveUpLease(turn: Turn, reason: EndReason): void {
  const { state: { lease }, now, config } = turn;
  if (lease?.resigned) {
    const until = now.monotonic + config.leaseDuration;
    set(turn, { holdBack: { until, token: lease.token } });
  }
  endTerm(turn, reason);
  set(turn, { lease: undefined, unclear: undefined, mustRead: false, failures: 0 });
}

/** The lease is left to end by itself. */
export function lapse(turn: Turn): void {
  giveUpLease(turn, "resigned");
  scheduleLook(turn, turn.now.monotonic);
}
