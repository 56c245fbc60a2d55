/**
 * Who leads: the whole election as a function from (state, event, clock readings) to (state, effects). No promise, no
 * timer, no input or output is in here, so that what ships is exactly what the checker and the simulator explore.
 *
 * The steps of client-go's `tryAcquireOrRenew` keep their numbers in the comments:
 * 1. obtain or create the record; 2. record obtained, check identity and time; 3. update the lock itself.
 *
 * @module
 */

import type { LeaderElectionRecord, Observed } from "../lock/mod.ts";
import type { RequestCounts } from "../lock/mod.ts";
import type { Timings } from "./config.ts";
import {
  backoff,
  callTimeout,
  claimableAt,
  claimLookAt,
  expirySpread,
  jittered,
  leaseDuration,
  nextToken,
  proofFrom,
  remainingLease,
  retryDelay,
} from "./lease.ts";
import { pollPace, renewPeriod } from "./quota.ts";
import type {
  Call,
  Effect,
  EndReason,
  Event,
  Finish,
  Observation,
  Outcome,
  Reading,
  State,
  Step,
  Write,
} from "./state.ts";

/** Who this candidate is, and its timings. */
export interface MachineConfig extends Timings {
  /** What it writes into the record. */
  readonly identity: string;
  /** Names this very campaign: with the number of a call, it tells one write from every other. */
  readonly session: string;
  /** How many requests a read and a write of the lock need. */
  readonly requests: RequestCounts;
  /** Whether a lost race leaves something behind; see `Lock.keepsLostWrites`. */
  readonly keepsLostWrites: boolean;
}

/** How many replaced versions are remembered to tell a stale read by. */
const SUPERSEDED_KEPT = 32;

/** One step under way: the only place where the state changes, before it is handed out as immutable. */
interface Turn {
  readonly config: MachineConfig;
  readonly now: Reading;
  readonly effects: Effect[];
  state: State;
}

/** What a look or a write showed to be in effect. */
interface News extends Omit<Observation, "at" | "spread"> {
  readonly token: number;
}

/**
 * What follows from an event.
 *
 * @param config Who this candidate is, and its timings.
 * @param before The election so far; start with {@linkcode INITIAL_STATE}.
 * @param event What happened.
 * @param now Both clocks, read when it happened (never earlier than for the step before), and a random number.
 */
export function step(config: MachineConfig, before: State, event: Event, now: Reading): Step {
  // Nothing happens before a campaign has begun, nor after it has ended.
  if (before.finished || (!before.started && event.type !== "start")) {
    return { state: before, effects: [], wakeAt: Infinity };
  }
  const turn: Turn = { config, now, effects: [], state: before };
  expireLease(turn);
  expireDrain(turn);
  switch (event.type) {
    case "start":
      onStart(turn);
      break;
    case "tick":
      expireCall(turn);
      break;
    case "answer":
      set(turn, { quota: event.quota ?? turn.state.quota });
      if (event.id === turn.state.call?.id) onAnswer(turn, turn.state.call, event.outcome);
      break;
    case "stop":
      onStop(turn, event.reason);
      break;
    case "stepDown":
      // Should the lease not be open, there is no term to end.
      endTerm(turn, "resigned");
      break;
    case "settled":
      onSettled(turn);
      break;
  }
  act(turn);
  return { state: turn.state, effects: turn.effects, wakeAt: wakeAt(turn) };
}

function set(turn: Turn, change: Partial<State>): void {
  turn.state = { ...turn.state, ...change };
}

// ---- Time passes ----

/** A lease ends D after its write left, whatever else goes on. Nothing in a step looks at the lease before this. */
function expireLease(turn: Turn): void {
  const { lease } = turn.state;
  if (lease && remainingLease(lease.sentAt, turn.now, turn.config) <= 0) {
    giveUpLease(turn, "expired");
    scheduleLook(turn, turn.now.monotonic);
  }
}

/** Work that outlives its drain is reported, and never released under. */
function expireDrain(turn: Turn): void {
  const { drainUntil, stopping } = turn.state;
  if (drainUntil === undefined || turn.now.monotonic < drainUntil) return;
  set(turn, { drainUntil: undefined, isOverdue: true });
  turn.effects.push({ type: "report", problem: "undrained" });
  if (stopping) finish(turn, "undrained");
  else if (turn.state.lease) lapse(turn);
}

function expireCall(turn: Turn): void {
  const { call } = turn.state;
  if (!call || turn.now.monotonic < call.timeoutAt) return;
  turn.effects.push({ type: "abandon", id: call.id }, { type: "report", problem: "unanswered" });
  onAnswer(turn, call, { type: "failed" });
}

// ---- What comes in ----

/** Work of an earlier campaign that has yet to settle gets as long as it would after a term of this one. */
function onStart(turn: Turn): void {
  const { now, config, state } = turn;
  const drainUntil = state.working ? now.monotonic + config.drainTimeout : undefined;
  set(turn, { started: true, callAt: now.monotonic, drainUntil });
}

function onStop(turn: Turn, reason: EndReason): void {
  if (turn.state.stopping) return;
  set(turn, { stopping: true });
  if (turn.state.lease) endTerm(turn, reason);
  else beginRelease(turn);
  const { call, lease, unclear } = turn.state;
  // A write in flight may yet make this process the holder; a look is of no use any more.
  if (call?.purpose === "look" && !lease && !unclear) {
    turn.effects.push({ type: "abandon", id: call.id });
    set(turn, { call: undefined });
  }
}

function onSettled(turn: Turn): void {
  set(turn, { working: false, drainUntil: undefined, isOverdue: false });
  if (turn.state.lease) beginRelease(turn);
  else if (!turn.state.call) scheduleLook(turn, turn.now.monotonic);
}

function onAnswer(turn: Turn, call: Call, outcome: Outcome): void {
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

function newsOf({ record, version, isProven = true }: Observed): News {
  const { holderIdentity: holder, leaderTransitions: token, session } = record;
  return { version, holder, session, isProven, duration: leaseDuration(record), token };
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

/** Whether what was observed is somebody's lease. */
function isHeld({ observed }: State): boolean {
  return observed !== undefined && observed.holder !== "";
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

// ---- What the election remembers ----

function observe(turn: Turn, { token, ...news }: News): void {
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
function prove(turn: Turn, observed: Observation, { token, ...news }: News): void {
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
function reportTwin(turn: Turn, { holder, session }: News): void {
  const { state: { observed, lease, twin }, config } = turn;
  if (holder !== config.identity || session === undefined || session === config.session) return;
  const isRenewed = observed?.holder === holder && observed.session === session;
  if (session === twin || !(isRenewed || lease)) return;
  set(turn, { twin: session });
  turn.effects.push({ type: "report", problem: "twin" });
}

/** A write of this process is known to be in effect: it holds the lease until D after that write left. */
function hold(turn: Turn, write: Write): void {
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

function endTerm(turn: Turn, reason: EndReason): void {
  const { state, now, config } = turn;
  if (!state.lease?.open) return;
  set(turn, {
    lease: { ...state.lease, open: false, resigned: reason === "resigned" },
    drainUntil: now.monotonic + config.drainTimeout,
  });
  turn.effects.push({ type: "endTerm", reason });
}

/** The lease is not held any more, and no write under it counts any more. */
function giveUpLease(turn: Turn, reason: EndReason): void {
  const { state: { lease }, now, config } = turn;
  if (lease?.resigned) {
    const until = now.monotonic + config.leaseDuration;
    set(turn, { holdBack: { until, token: lease.token } });
  }
  endTerm(turn, reason);
  set(turn, { lease: undefined, unclear: undefined, mustRead: false, failures: 0 });
}

/** The lease is left to end by itself. */
function lapse(turn: Turn): void {
  giveUpLease(turn, "resigned");
  scheduleLook(turn, turn.now.monotonic);
}

function beginRelease(turn: Turn): void {
  const { now, config } = turn;
  set(turn, {
    callAt: now.monotonic,
    releaseUntil: now.monotonic +
      (config.requests.read + config.requests.write) * config.requestTimeout,
  });
}

// ---- When ----

function retry(turn: Turn): void {
  const failures = turn.state.failures + 1;
  const callAt = turn.now.monotonic + retryDelay(failures, turn.config);
  set(turn, { failures, callAt, mustRead: true });
}

/** A follower looks P after its last look, and when a claim falls due. */
function scheduleLook(turn: Turn, lookedAt: number): void {
  const { state, config, now } = turn;
  const { period, isScarce } = pollPace(state.quota, now, config);
  const poll = lookedAt + jittered(period, now.random);
  const due = claimLookAt(state, config);
  // One that fell due already was this look. Where requests are scarce, a poll has to find that a lease has lapsed.
  const claimLook = due > now.monotonic && !(isScarce && isHeld(state)) ? due : Infinity;
  set(turn, { failures: 0, callAt: Math.max(now.monotonic, Math.min(poll, claimLook)) });
}

function waitOutLimit(turn: Turn, outcome: Outcome | undefined): void {
  const retryAt = outcome?.type === "failed" ? outcome.retryAt : undefined;
  if (retryAt === undefined || !Number.isFinite(retryAt)) return;
  set(turn, { notBefore: Math.max(turn.state.notBefore, retryAt) });
}

function wakeAt({ state, config, now }: Turn): number {
  if (state.finished) return Infinity;
  const call = state.call ? state.call.timeoutAt : Math.max(state.callAt, state.notBefore);
  const lease = state.lease
    ? now.monotonic + remainingLease(state.lease.sentAt, now, config)
    : Infinity;
  const idle = state.stopping && !state.lease && !state.unclear && !state.call;
  return Math.min(idle ? Infinity : call, lease, state.drainUntil ?? Infinity);
}

// ---- What goes out ----

/** Makes the call that is due, if any; at most one is in flight. */
function act(turn: Turn): void {
  const { state, now } = turn;
  if (state.finished || state.call) return;
  if (state.stopping && !state.lease && !state.unclear) {
    if (!state.working) finish(turn, holds(turn) ? "unreleased" : "clean");
    else if (state.drainUntil === undefined) finish(turn, "undrained");
    return;
  }
  const due = Math.max(state.callAt, state.notBefore);
  const releasing = (state.stopping || state.lease?.open === false) && !state.working;
  if (releasing && due >= (state.releaseUntil ?? Infinity)) {
    return state.stopping ? finish(turn, "unreleased") : lapse(turn);
  }
  if (now.monotonic < due) return;
  if (!state.lease || state.mustRead) look(turn);
  else if (releasing) release(turn);
  else renew(turn);
}

/** Whether this process led, and the record in effect, as far as it knows, still names it as the holder. */
function holds({ state, config }: Turn): boolean {
  return state.startedToken >= 0 && state.observed?.holder === config.identity;
}

/**
 * client-go step 1: obtain the record. What a write builds on, or whether one took effect, needs proof; a poll that only
 * watches does not.
 */
function look(turn: Turn): void {
  const { state, config, now } = turn;
  const isHolder = state.lease !== undefined || state.unclear !== undefined;
  const mayClaimNext = now.monotonic >= proofFrom(state, config);
  // Where requests are scarce, what was merely read shows first whether there is anything to prove.
  const isPoll = isHeld(state) && pollPace(state.quota, now, config).isScarce;
  send(turn, "look", {
    proof: isHolder || (mayClaimNext && !(isPoll && state.observed?.isProven)),
  });
}

/** client-go step 2: record obtained, check identity and time. */
function mayClaim(turn: Turn): boolean {
  const { state, config, now } = turn;
  if (state.working || now.monotonic < claimableAt(state, config)) return false;
  if (nextToken(state) === undefined) {
    report(turn, "exhausted");
    return false;
  }
  return true;
}

/** client-go step 1 (create) or 3 (update): try to become the holder. */
function claim(turn: Turn): void {
  const { state, config, now } = turn;
  const token = nextToken(state);
  invariant(token !== undefined && !state.lease && !state.stopping, "only a follower claims");
  set(turn, {
    highestToken: token,
    // Should it fail, it is not sent again at once.
    claimFrom: now.monotonic + config.pollPeriod,
  });
  send(turn, state.observed ? "claim" : "create", { term: { token, acquireTime: now.wall } });
}

/** client-go step 3: update the lock itself. */
function renew(turn: Turn): void {
  const { lease } = turn.state;
  invariant(lease, "only a holder renews");
  send(turn, "renew", { term: lease });
}

/** client-go's release: only when the work has settled, only of this session's own record. */
function release(turn: Turn): void {
  const { lease, working } = turn.state;
  invariant(lease && !lease.open && !working, "nothing is released under work");
  send(turn, "release", { term: { token: lease.token, acquireTime: turn.now.wall } });
}

interface Sent {
  /** Of a look: whether it asks for proof. */
  readonly proof?: boolean;
  /** What a write writes. */
  readonly term?: Pick<Write, "token" | "acquireTime">;
}

function send(turn: Turn, purpose: Call["purpose"], { proof = false, term }: Sent): void {
  const { state, config, now } = turn;
  invariant(!state.call, "one call at a time");
  const id = state.calls + 1;
  const sentAt = { monotonic: now.monotonic, wall: now.wall };
  const write = term && { id, sentAt, token: term.token, acquireTime: term.acquireTime };
  const requests = term ? config.requests.write : config.requests.read;
  const remaining = state.lease ? remainingLease(state.lease.sentAt, now, config) : Infinity;
  const call: Call = {
    id,
    purpose,
    proof,
    sentAt: now.monotonic,
    timeoutAt: now.monotonic + callTimeout(requests, remaining, config),
    write,
  };
  set(turn, { call, calls: id });
  const record = write && recordOf(turn, purpose, write);
  turn.effects.push({ type: "call", call, version: state.observed?.version, record });
}

function recordOf(
  { config, now }: Turn,
  purpose: Call["purpose"],
  write: Write,
): LeaderElectionRecord {
  const released = purpose === "release";
  return {
    holderIdentity: released ? "" : config.identity,
    leaseDurationSeconds: released ? 1 : config.leaseDuration / 1_000,
    acquireTime: write.acquireTime,
    renewTime: now.wall,
    leaderTransitions: write.token,
    strategy: "",
    preferredHolder: "",
    session: config.session,
    sequence: write.id,
  };
}

function finish(turn: Turn, how: Finish): void {
  if (turn.state.call) turn.effects.push({ type: "abandon", id: turn.state.call.id });
  set(turn, { finished: true, call: undefined, lease: undefined });
  turn.effects.push({ type: "finish", how });
}

/** Tells of what lasts once, until there is news. */
function report(turn: Turn, problem: "deleted" | "exhausted"): void {
  if (turn.state.reported === problem) return;
  set(turn, { reported: problem });
  turn.effects.push({ type: "report", problem });
}

function invariant(holds: unknown, promise: string): asserts holds {
  if (!holds) throw new Error(`Broken promise of the election, please report it: ${promise}`);
}
