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
import type { Timings } from "./config.ts";
import {
  callTimeout,
  expirySpread,
  isClaimable,
  leaseDuration,
  nextToken,
  pollDelay,
  remainingLease,
  retryDelay,
} from "./lease.ts";
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
interface News extends Pick<Observation, "version" | "holder" | "duration"> {
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
  const turn: Turn = { config, now, effects: [], state: before };
  expireLease(turn);
  expireDrain(turn);
  switch (event.type) {
    case "start":
      set(turn, { callAt: now.monotonic });
      break;
    case "tick":
      expireCall(turn);
      break;
    case "answer":
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
  set(turn, { drainUntil: undefined });
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
  set(turn, { working: false, drainUntil: undefined });
  if (turn.state.lease) beginRelease(turn);
  else if (!turn.state.call) scheduleLook(turn, turn.now.monotonic);
}

function onAnswer(turn: Turn, call: Call, outcome: Outcome): void {
  set(turn, { call: undefined });
  if (outcome.type !== "failed") set(turn, { contactAt: turn.now.monotonic });
  if (call.write) onWrite(turn, call, call.write, outcome);
  else onLook(turn, call, outcome);
}

/** What a look told. */
function onLook(turn: Turn, call: Call, outcome: Outcome): void {
  const { state, config } = turn;
  switch (outcome.type) {
    case "record": {
      const { observed } = outcome;
      const { holderIdentity: holder, leaderTransitions: token } = observed.record;
      const news = { version: observed.version, holder, duration: leaseDuration(observed), token };
      return onFound(turn, call, news, findMine(turn, observed));
    }
    case "unreadable": {
      // It may hide somebody's lease, and nobody knows for how long.
      const duration = Math.max(config.leaseDuration, state.observed?.duration ?? 0);
      // Nor what token it bore: at the least the first one.
      const { version, tokenFloor: token = 0 } = outcome;
      return onFound(turn, call, { version, holder: undefined, duration, token });
    }
    case "absent":
      if (!state.observed) return decide(turn, call);
      // Never created again by one who knows better: fencing tokens would restart.
      report(turn, "deleted");
      return onLookFailed(turn, call);
    default:
      return onLookFailed(turn, call, outcome);
  }
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
  // A stale read says nothing: neither that a leader lost, nor that a lease stands still.
  const isOld = state.superseded.includes(news.version);
  if (isOld && !isDeaf(turn)) return onLookFailed(turn, call);
  if (news.version !== state.observed?.version) {
    const holds = !isOld && mine && news.holder === config.identity;
    // Nobody hears of another leader while this term still runs.
    if (!holds) giveUpLease(turn, mine ? "stopped" : "lost");
    observe(turn, news);
    if (holds) hold(turn, mine);
  }
  decide(turn, call);
}

/**
 * Whether nothing but replaced versions was read for a whole lease: then the one that was taken for the newest was itself
 * the stale one. To take another for news is safe, as its lease is counted anew.
 */
function isDeaf({ state: { lease, observed }, config, now }: Turn): boolean {
  return !lease && observed !== undefined &&
    now.monotonic - observed.at >= Math.max(observed.duration, config.leaseDuration);
}

/** What to do after a look that told something. */
function decide(turn: Turn, call: Call): void {
  const { state, now } = turn;
  if (state.lease) {
    if (state.mustRead) set(turn, { mustRead: false, callAt: now.monotonic });
  } else if (state.stopping) {
    set(turn, { unclear: undefined });
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

/** What came of a write: "record" if it took effect, "conflict" if it did not, otherwise nobody knows. */
function onWrite(turn: Turn, call: Call, write: Write, outcome: Outcome): void {
  const { state, now } = turn;
  if (outcome.type === "record") {
    const { observed } = outcome;
    const { version, record: { holderIdentity: holder } } = observed;
    observe(turn, { version, holder, duration: leaseDuration(observed), token: write.token });
    if (call.purpose === "release") giveUpLease(turn, "stopped");
    else if (state.lease || call.purpose !== "renew") hold(turn, write);
    if (!turn.state.lease) scheduleLook(turn, now.monotonic);
    return;
  }
  waitOutLimit(turn, outcome);
  const lapsed = (call.purpose === "renew" || call.purpose === "release") && !state.lease;
  if (outcome.type !== "conflict") {
    // A term that has ended never restarts: its last write does not count, even should it turn out to be in effect.
    if (!lapsed) set(turn, { unclear: state.unclear ?? write });
  } else if (!state.lease && state.observed) {
    // The race was lost: whoever won has a full lease from now on.
    set(turn, { observed: { ...state.observed, at: now.monotonic } });
  }
  if (turn.state.lease || turn.state.unclear) retry(turn);
  else scheduleLook(turn, now.monotonic);
}

// ---- What the election remembers ----

function observe(turn: Turn, { version, holder, duration, token }: News): void {
  const { observed, superseded, highestToken, leader } = turn.state;
  const { monotonic: at, random } = turn.now;
  set(turn, {
    observed: { version, holder, duration, at, spread: expirySpread(random, turn.config) },
    superseded: (observed ? [...superseded, observed.version] : superseded)
      .filter((replaced) => replaced !== version).slice(-SUPERSEDED_KEPT),
    highestToken: Math.max(highestToken, token),
    reported: undefined,
  });
  // Whoever held back has made room for another.
  if (holder !== "") set(turn, { claimFrom: -Infinity });
  if (holder !== undefined && holder !== leader) {
    set(turn, { leader: holder });
    turn.effects.push({ type: "newLeader", identity: holder });
  }
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
    set(turn, { lease: { ...write, open: !state.stopping } });
    if (!state.stopping) startTerm(turn, write);
  }
  if (!turn.state.lease?.open && !turn.state.working) beginRelease(turn);
  else set(turn, { callAt: write.sentAt.monotonic + config.retryPeriod });
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
    lease: { ...state.lease, open: false },
    drainUntil: now.monotonic + config.drainTimeout,
  });
  turn.effects.push({ type: "endTerm", reason });
}

/** The lease is not held any more, and no write under it counts any more. */
function giveUpLease(turn: Turn, reason: EndReason): void {
  const { state: { lease, stopping }, now, config } = turn;
  // Closed though nobody stops this process: it steps down, and others are to have the first claim.
  if (lease?.open === false && !stopping) {
    set(turn, { claimFrom: now.monotonic + config.leaseDuration });
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
    releaseUntil: now.monotonic + 2 * config.requestTimeout,
  });
}

// ---- When ----

function retry(turn: Turn): void {
  const failures = turn.state.failures + 1;
  const callAt = turn.now.monotonic + retryDelay(failures, turn.config);
  set(turn, { failures, callAt, mustRead: true });
}

/** A follower looks P after its last look, and when the lease that it watches lapses. */
function scheduleLook(turn: Turn, lookedAt: number): void {
  const { state: { observed }, config, now } = turn;
  const poll = lookedAt + pollDelay(now.random, config);
  const lapse = observed && !isClaimable(observed, now)
    ? observed.at + observed.duration + observed.spread
    : Infinity;
  set(turn, { failures: 0, callAt: Math.max(now.monotonic, Math.min(poll, lapse)) });
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

/** client-go step 1: obtain the record. */
function look(turn: Turn): void {
  send(turn, "look");
}

/** client-go step 2: record obtained, check identity and time. */
function mayClaim(turn: Turn): boolean {
  const { state, now } = turn;
  if (state.working || (state.observed && !isClaimable(state.observed, now))) return false;
  if (now.monotonic < state.claimFrom) return false;
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
  send(turn, state.observed ? "claim" : "create", { token, acquireTime: now.wall });
}

/** client-go step 3: update the lock itself. */
function renew(turn: Turn): void {
  const { lease } = turn.state;
  invariant(lease, "only a holder renews");
  send(turn, "renew", lease);
}

/** client-go's release: only when the work has settled, only of this session's own record. */
function release(turn: Turn): void {
  const { lease, working } = turn.state;
  invariant(lease && !lease.open && !working, "nothing is released under work");
  send(turn, "release", { token: lease.token, acquireTime: turn.now.wall });
}

function send(
  turn: Turn,
  purpose: Call["purpose"],
  term?: Pick<Write, "token" | "acquireTime">,
): void {
  const { state, config, now } = turn;
  invariant(!state.call, "one call at a time");
  const id = state.calls + 1;
  const sentAt = { monotonic: now.monotonic, wall: now.wall };
  const write = term && { id, sentAt, token: term.token, acquireTime: term.acquireTime };
  const remaining = state.lease
    ? remainingLease(state.lease.sentAt, now, config)
    : 2 * config.requestTimeout;
  const call: Call = {
    id,
    purpose,
    sentAt: now.monotonic,
    timeoutAt: now.monotonic + callTimeout(remaining, config),
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
