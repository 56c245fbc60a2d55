/**
 * The election as a function from (state, event, clock readings) to (state, effects). This folder has no promise, no
 * timer, and no input or output, so that the checker and the simulator explore exactly the code that ships.
 *
 * Files, from low to high: `state`, `events` (the types), `turn` (one step under way), `preference`, `quota`, `lease`
 * (arithmetic), `schedule` (when), `leadership` (the lease and the term), `requests` (calls), `answers` (their
 * outcomes).
 *
 * The steps of client-go's `tryAcquireOrRenew` keep their numbers in the comments of `requests`:
 * 1. obtain or create the record; 2. record obtained, check identity and time; 3. update the lock itself.
 *
 * @module
 */

import { onAnswer } from "./answers.ts";
import type { EndReason, Event, Step } from "./events.ts";
import { endTerm, giveUpLease, handOver, letLapse } from "./leadership.ts";
import { remainingLease } from "./lease.ts";
import { unreadyAt } from "./preference.ts";
import { act } from "./requests.ts";
import { beginRelease, schedulePoll, wakeAt } from "./schedule.ts";
import type { Reading, State } from "./state.ts";
import { finish, type MachineConfig, set, type Turn } from "./turn.ts";

/**
 * Takes one step of the election.
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
  const turn: Turn = { config, now, effects: [], state: before, claims: false, asksOn: undefined };
  expireLease(turn);
  expireDrain(turn);
  noteReadiness(turn);
  handle(turn, event);
  act(turn);
  return { state: turn.state, effects: turn.effects, wakeAt: wakeAt(turn) };
}

function handle(turn: Turn, event: Event): void {
  switch (event.type) {
    case "start":
      return onStart(turn);
    case "tick":
      return expireCall(turn);
    case "answer":
      set(turn, { quota: event.quota ?? turn.state.quota });
      if (event.id === turn.state.call?.id) onAnswer(turn, turn.state.call, event.outcome);
      return;
    case "stop":
      return onStop(turn, event.reason);
    case "stepDown":
      // If the lease is not open, there is no term to end.
      return endTerm(turn, "resigned");
    case "handover":
      if (turn.state.lease?.open) handOver(turn, event.to);
      return;
    case "settled":
      return onSettled(turn);
  }
}

/** A lease ends D after its write was sent, whatever else happens. Nothing in a step reads the lease before this. */
function expireLease(turn: Turn): void {
  const { lease } = turn.state;
  if (lease && remainingLease(lease.sentAt, turn.now, turn.config) <= 0) {
    giveUpLease(turn, "expired");
    schedulePoll(turn, turn.now.monotonic);
  }
}

/** Work that outlives its drain is reported, and the lock is never released under it. */
function expireDrain(turn: Turn): void {
  const { drainUntil, stopping } = turn.state;
  if (drainUntil === undefined || turn.now.monotonic < drainUntil) return;
  set(turn, { drainUntil: undefined, isOverdue: true });
  turn.effects.push({ type: "report", problem: "undrained" });
  if (stopping) finish(turn, "undrained");
  else if (turn.state.lease) letLapse(turn);
}

/** A leader that is not ready for its grace period makes room for another. */
function noteReadiness(turn: Turn): void {
  const { state: { readiness }, now: { isReady, monotonic: since } } = turn;
  if (readiness?.isReady !== isReady) set(turn, { readiness: { isReady, since } });
  if (since >= unreadyAt(turn.state, turn.config)) endTerm(turn, "unready");
}

function expireCall(turn: Turn): void {
  const { call } = turn.state;
  if (!call || turn.now.monotonic < call.timeoutAt) return;
  turn.effects.push({ type: "abandon", id: call.id }, { type: "report", problem: "unanswered" });
  onAnswer(turn, call, { type: "failed" });
}

/** Unsettled work of an earlier campaign gets as much time as after a term of this one. */
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
  // A write in flight may still make this process the holder; a read or a request is no longer useful.
  if (call && !call.write && !lease && !unclear) {
    turn.effects.push({ type: "abandon", id: call.id });
    set(turn, { call: undefined });
  }
}

function onSettled(turn: Turn): void {
  set(turn, { working: false, drainUntil: undefined, isOverdue: false });
  if (turn.state.lease) beginRelease(turn);
  else if (!turn.state.call) schedulePoll(turn, turn.now.monotonic);
}
