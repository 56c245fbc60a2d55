import { onAnswer } from "./answers.ts";
import type { EndReason, Event, Step } from "./events.ts";
import { endTerm, giveUpLease, lapse } from "./leadership.ts";
import { remainingLease } from "./lease.ts";
import { act } from "./requests.ts";
import { beginRelease, scheduleLook, wakeAt } from "./schedule.ts";
import type { Reading, State } from "./state.ts";
import { finish, type MachineConfig, set, type Turn } from "./turn.ts";

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
