import type { Commit } from "../model/store.ts";
import { tickOf } from "./scope.ts";
import {
  answer,
  answerFrom,
  arrive,
  type Candidate,
  candidateOf,
  crash,
  dispatch,
  hasRoom,
  leavesTrace,
  monotonicOf,
  replace,
  type Setting,
  settle,
  start,
  verdict,
  type World,
} from "./world.ts";

/** What can happen next. `who` and `which` mean nothing where they do not apply. */
export interface Action {
  readonly kind: ActionKind;
  readonly who: number;
  readonly which: number;
}

/** The kinds of things that can happen. */
export const ACTION_KINDS = [
  "time passes",
  "timer",
  "write arrives",
  "write arrives, a copy stays under way",
  "write is answered",
  "read is answered",
  "call fails",
  "late write lands",
  "late write lands, and is answered late",
  "stop",
  "step down",
  "work settles",
  "crash",
  "restart",
  "suspend",
  "resume",
] as const;

/** The number of a call that nobody waits for. */
const GIVEN_UP = 0;

/** One of {@linkcode ACTION_KINDS}. */
export type ActionKind = typeof ACTION_KINDS[number];

/** Everything that can happen next. */
export function actionsOf(setting: Setting, world: World): Action[] {
  if (isOver(setting, world)) return [];
  const { lateTimers } = setting.scope;
  const mayBeLate = lateTimers && world.faults > 0;
  const lateness = world.candidates.map((_, who) => latenessOf(setting, world, who));
  const overdue = lateness.findIndex((late) => late > 0);
  if (overdue >= 0 && !lateTimers) {
    // It was due between two ticks, so that it fires before all else; or this would be one fault too many.
    return mayTick(setting, world, overdue) ? [{ kind: "timer", who: overdue, which: 0 }] : [];
  }
  const actions: Action[] = [];
  world.candidates.forEach((candidate, who) => {
    const add = (kind: ActionKind, which = 0) => actions.push({ kind, who, which });
    addArrivals(setting, world, candidate, add);
    if (!candidate.isRunning) add("restart");
    else if (candidate.suspendedAt !== undefined) add("resume");
    else {
      if ((lateness[who] ?? -1) >= 0 && mayTick(setting, world, who)) add("timer");
      addOwn(setting, world, who, add);
    }
  });
  if (mayBeLate || lateness.every((late) => late < 0)) {
    actions.push({ kind: "time passes", who: 0, which: 0 });
  }
  return actions;
}

/** Whether a timer may fire: not one that gives a call up, once there are to be no more faults. */
function mayTick(setting: Setting, world: World, who: number): boolean {
  if (world.faults > 0) return true;
  const { call } = candidateOf(world, who).state;
  return !call || monotonicOf(setting, world, who) < call.timeoutAt;
}

/** How many faults an action is. */
function costOf(setting: Setting, world: World, { kind, who, which }: Action): number {
  switch (kind) {
    case "timer":
      return mayTick(setting, { ...world, faults: 0 }, who) ? 0 : 1;
    case "read is answered":
      return Math.min(which, 1);
    case "time passes":
      return world.candidates.some((_, index) => latenessOf(setting, world, index) >= 0) ? 1 : 0;
    case "write arrives, a copy stays under way":
    case "late write lands, and is answered late":
    case "call fails":
    case "crash":
    case "suspend":
      return 1;
    default:
      return 0;
  }
}

/** Whether the log is full, and nobody's term can start or be extended any more. */
function isOver({ scope }: Setting, { head, candidates }: World): boolean {
  return head.index >= scope.revisions &&
    candidates.every(({ inFlight, state }) => inFlight?.outcome === undefined && !state.unclear);
}

/** How long a candidate's timer has been due, by its own clock; below zero where it is not. */
function latenessOf(setting: Setting, world: World, who: number): number {
  const { isRunning, suspendedAt, wakeAt } = candidateOf(world, who);
  if (!isRunning || suspendedAt !== undefined) return -1;
  return monotonicOf(setting, world, who) - wakeAt;
}

type Add = (kind: ActionKind, which?: number) => void;

/** What the network may do with a candidate's writes, whatever became of the candidate. */
function addArrivals(setting: Setting, world: World, candidate: Candidate, add: Add): void {
  candidate.strays.forEach((write, which) => {
    if (!leavesTrace(setting, world, write)) return;
    add("late write lands", which);
    // To a process that waits for another call by now.
    const isHeard = candidate.isRunning && candidate.session === write.session &&
      candidate.inFlight;
    if (isHeard && world.faults > 0) add("late write lands, and is answered late", which);
  });
  const { inFlight } = candidate;
  if (inFlight?.write && !inFlight.outcome && hasRoom(setting, world, inFlight.write)) {
    add("write arrives");
    if (setting.scope.copies && world.faults > 0) add("write arrives, a copy stays under way");
  }
}

/** What one running candidate may meet. */
function addOwn(
  setting: Setting,
  world: World,
  who: number,
  add: Add,
): void {
  const { scope } = setting;
  const { inFlight, state, mustSettle, isAskedToStop } = candidateOf(world, who);
  if (inFlight?.outcome) add("write is answered");
  const isLate = !scope.slowReads && monotonicOf(setting, world, who) > (state.call?.sentAt ?? 0);
  if (inFlight && !inFlight.write && !isLate) {
    const staleness = world.faults > 0 ? scope.staleness : 0;
    for (let back = 0; back <= staleness && back <= world.head.index; back++) {
      add("read is answered", back);
    }
  }
  const mayFail = world.faults > 0;
  if (inFlight && scope.errors && mayFail) add("call fails");
  if (mustSettle && scope.lingeringWork) add("work settles");
  if (state.finished) return;
  const stopped = world.candidates.filter((candidate) => candidate.isAskedToStop).length;
  if (!isAskedToStop && stopped < scope.stops) {
    add("stop");
    if (state.lease) add("step down");
  }
  if (scope.crashes && mayFail) add("crash");
  if (scope.suspensions && mayFail) add("suspend");
}

/** The world after something happened. */
export function perform(setting: Setting, before: World, action: Action): World {
  const { kind, who, which } = action;
  const cost = costOf(setting, before, action);
  const world = cost === 0 ? before : { ...before, faults: before.faults - cost };
  const { inFlight, strays } = candidateOf(world, who);
  const write = inFlight?.write;
  switch (kind) {
    case "time passes":
      return { ...world, now: world.now + tickOf(setting.scope) };
    case "timer":
      return dispatch(setting, world, who, { type: "tick" });
    case "write arrives":
    case "write arrives, a copy stays under way": {
      if (!write) return world;
      const next = arrive(setting, world, write);
      const copies = kind === "write arrives"
        ? strays
        : [...strays, write].slice(-setting.scope.strays);
      const arrived = { write, outcome: verdict(setting, next, write), seen: next.head };
      return replace(next, who, { inFlight: arrived, strays: copies });
    }
    case "write is answered":
      return inFlight?.outcome
        ? answer(setting, world, who, inFlight.outcome, inFlight.seen)
        : world;
    case "read is answered": {
      const head = goBack(world.head, which);
      return answer(setting, world, who, answerFrom(world, who, head), head);
    }
    case "call fails":
      return answer(setting, world, who, { type: "failed" }, undefined);
    case "late write lands":
    case "late write lands, and is answered late": {
      const landing = strays[which];
      const next = replace(world, who, { strays: strays.filter((_, index) => index !== which) });
      if (!landing) return next;
      const landed = arrive(setting, next, landing);
      if (kind === "late write lands") return landed;
      const outcome = verdict(setting, landed, landing);
      return dispatch(setting, landed, who, { type: "answer", id: GIVEN_UP, outcome });
    }
    default:
      return performRare(setting, world, { kind, who, which });
  }
}

function performRare(setting: Setting, world: World, { kind, who }: Action): World {
  const { slept, suspendedAt } = candidateOf(world, who);
  switch (kind) {
    case "stop": {
      const next = replace(world, who, { isAskedToStop: true });
      return dispatch(setting, next, who, { type: "stop", reason: "stopped" });
    }
    case "step down": {
      const next = replace(world, who, { isAskedToStop: true });
      return dispatch(setting, next, who, { type: "stepDown" });
    }
    case "work settles":
      return settle(setting, world, who);
    case "crash":
      return crash(world, who, setting.scope);
    case "restart":
      return start(setting, world, who);
    case "suspend":
      return replace(world, who, { suspendedAt: world.now });
    case "resume": {
      const lost = world.now - (suspendedAt ?? world.now);
      return replace(world, who, { suspendedAt: undefined, slept: slept + lost });
    }
    default:
      return world;
  }
}

function goBack(head: Commit, steps: number): Commit {
  let commit = head;
  for (let step = 0; step < steps && commit.parent; step++) commit = commit.parent;
  return commit;
}
