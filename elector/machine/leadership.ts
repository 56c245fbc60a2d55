import type { Observed } from "../../lock/mod.ts";
import type { EndReason } from "./events.ts";
import { expirySpread, leaseDuration, remainingLease } from "./lease.ts";
import { renewPeriod } from "./quota.ts";
import { beginRelease, schedulePoll } from "./schedule.ts";
import type { Observation, Write } from "./state.ts";
import { invariant, set, type Turn } from "./turn.ts";

/** How many replaced versions are remembered, to recognise a stale read. */
const SUPERSEDED_KEPT = 32;

/** What a read or a write showed to be in effect, before it is known since when. */
export type Seen = Omit<Observation, "at" | "spread">;

/** What the machine keeps of a record. */
export function seenIn({ record, version, isProven = true }: Observed): Seen {
  const { holderIdentity: holder, leaderTransitions: token, session } = record;
  return { version, holder, session, token, isProven, duration: leaseDuration(record) };
}

/** Another version is in effect: it is first seen now. */
export function observe(turn: Turn, seen: Seen): void {
  const { observed, superseded, highestToken, holdBack } = turn.state;
  const { monotonic: at, random } = turn.now;
  const { version, holder, token } = seen;
  set(turn, {
    observed: { ...seen, at, spread: expirySpread(random, turn.config) },
    absent: undefined,
    superseded: (observed ? [...superseded, observed.version] : superseded)
      .filter((replaced) => replaced !== version).slice(-SUPERSEDED_KEPT),
    highestToken: Math.max(highestToken, token),
    reported: undefined,
  });
  // Another candidate has led since we stepped down, even if it has released since: stop holding back.
  if (holder !== "" || (holdBack && token > holdBack.token)) set(turn, { holdBack: undefined });
  if (holder !== "") set(turn, { claimFrom: -Infinity, lostRaces: 0 });
  reportLeader(turn, holder);
}

/** Replaces the record that was merely shown by the one that the version really names. It was there at first sight. */
export function prove(turn: Turn, observed: Observation, seen: Seen): void {
  const duration = Math.max(observed.duration, seen.duration);
  const highestToken = Math.max(turn.state.highestToken, seen.token);
  set(turn, { observed: { ...observed, ...seen, duration }, highestToken });
  reportLeader(turn, seen.holder);
}

function reportLeader(turn: Turn, holder: string | undefined): void {
  if (holder === undefined || holder === turn.state.leader) return;
  set(turn, { leader: holder });
  turn.effects.push({ type: "newLeader", identity: holder });
}

/** Reports another process under this identity: one that renews, or one that took the lease of this very process. */
export function reportDuplicate(turn: Turn, { holder, session }: Seen): void {
  const { state: { observed, lease, duplicate }, config } = turn;
  if (holder !== config.identity || session === undefined || session === config.session) return;
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

/** Ends the term, if one lasts. The lease is kept while the work settles. */
export function endTerm(turn: Turn, reason: EndReason): void {
  const { state, now, config } = turn;
  if (!state.lease?.open) return;
  set(turn, {
    lease: { ...state.lease, open: false, resigned: reason === "resigned" },
    drainUntil: now.monotonic + config.drainTimeout,
  });
  turn.effects.push({ type: "endTerm", reason });
}

/** The lease is no longer held, and no write under it counts any more. */
export function giveUpLease(turn: Turn, reason: EndReason): void {
  const { state: { lease }, now, config } = turn;
  if (lease?.resigned) {
    const until = now.monotonic + config.leaseDuration;
    set(turn, { holdBack: { until, token: lease.token } });
  }
  endTerm(turn, reason);
  set(turn, { lease: undefined, unclear: undefined, mustRead: false, failures: 0 });
}

/** The lease is left to expire on its own. */
export function letLapse(turn: Turn): void {
  giveUpLease(turn, "resigned");
  schedulePoll(turn, turn.now.monotonic);
}
