import { EDITS } from "../model/foreign.ts";
import { answersTo } from "./answers.ts";
import { type Candidate, candidateOf, type World } from "./candidate.ts";
import type { Scope } from "./scope.ts";
import { monotonicOf, type Setting } from "./setting.ts";
import { edit } from "./world.ts";
import type { WriteRequest } from "../model/store.ts";

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
  "write is refused",
  "read is answered",
  "call fails",
  "late write lands",
  "late write lands, and is answered late",
  "stop",
  "step down",
  "work settles",
  "next campaign is made",
  "next campaign begins",
  "crash",
  "restart",
  "suspend",
  "resume",
  "wall clock is set",
  "gist is edited",
  "hand over",
  "readiness changes",
] as const;

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
      addRare(setting, world, who, add);
    }
  });
  if (world.faults > 0) addEdits(setting, world, actions);
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
export function costOf(setting: Setting, world: World, { kind, who, which }: Action): number {
  switch (kind) {
    case "timer":
      return mayTick(setting, { ...world, faults: 0 }, who) ? 0 : 1;
    case "read is answered":
    case "write is answered":
      return Math.min(which, 1);
    case "time passes":
      return world.candidates.some((_, index) => latenessOf(setting, world, index) >= 0) ? 1 : 0;
    case "write arrives, a copy stays under way":
    case "late write lands, and is answered late":
    case "write is refused":
    case "call fails":
    case "crash":
    case "suspend":
    case "wall clock is set":
    case "gist is edited":
    case "readiness changes":
      return 1;
    default:
      return 0;
  }
}

/** Whether the log is full, and nobody's term can start or be extended any more. */
function isOver({ scope }: Setting, { head, candidates }: World): boolean {
  return head.index >= scope.revisions &&
    candidates.every(({ inFlight, state }) => inFlight?.arrived === undefined && !state.unclear);
}

/** How long a candidate's timer has been due, by its own clock; below zero where it is not. */
export function latenessOf(setting: Setting, world: World, who: number): number {
  const { isRunning, suspendedAt, wakeAt } = candidateOf(world, who);
  if (!isRunning || suspendedAt !== undefined) return -1;
  return monotonicOf(setting, world, who) - wakeAt;
}

/** Whether a write can arrive: there is no revision after the last. */
function hasRoom({ protocol, revisions }: Scope, { head }: World, write: WriteRequest): boolean {
  return head.index < revisions || (protocol === "git" && write.base !== head);
}

/** Whether a late write can leave a trace: by git only one that follows the head does. */
export function leavesTrace(
  { protocol, revisions }: Scope,
  { head }: World,
  write: WriteRequest,
): boolean {
  return head.index < revisions && (protocol === "rest" || write.base === head);
}

type Add = (kind: ActionKind, which?: number) => void;

/** What the network may do with a candidate's writes, whatever became of the candidate. */
function addArrivals({ scope }: Setting, world: World, candidate: Candidate, add: Add): void {
  candidate.strays.forEach((write, which) => {
    if (!leavesTrace(scope, world, write)) return;
    add("late write lands", which);
    // To a process that waits for another call by now.
    const isHeard = candidate.isRunning && candidate.session === write.session &&
      candidate.inFlight;
    if (isHeard && world.faults > 0) add("late write lands, and is answered late", which);
  });
  const { inFlight } = candidate;
  if (inFlight?.write && !inFlight.arrived && hasRoom(scope, world, inFlight.write)) {
    add("write arrives");
    if (scope.copies && world.faults > 0) add("write arrives, a copy stays under way");
  }
}

/** What becomes of a running candidate's call, and of its work. */
function addOwn(setting: Setting, world: World, who: number, add: Add): void {
  const { scope } = setting;
  const { inFlight, state, mustSettle } = candidateOf(world, who);
  const isRead = inFlight !== undefined && !inFlight.write;
  const isLate = isRead && !scope.slowReads &&
    monotonicOf(setting, world, who) > (state.call?.sentAt ?? 0);
  if (!isLate) {
    answersTo(setting, world, who).forEach((_, which) =>
      add(isRead ? "read is answered" : "write is answered", which)
    );
  }
  if (world.faults > 0 && inFlight) {
    if (scope.errors) add("call fails");
    if (scope.refusals && inFlight.write && !inFlight.arrived) add("write is refused");
  }
  if (mustSettle && scope.lingeringWork) add("work settles");
}

/** What programs and machines do. */
function addRare({ scope }: Setting, world: World, who: number, add: Add): void {
  const { state, isAskedToStop, campaign } = candidateOf(world, who);
  const mayFail = world.faults > 0;
  if (scope.crashes && mayFail) add("crash");
  if (scope.readiness && mayFail) add("readiness changes");
  if (scope.suspensions && mayFail) add("suspend");
  if (scope.wallSteps > 0 && mayFail) {
    for (let which = 0; which < scope.wallSteps; which++) add("wall clock is set", which);
  }
  if (state.finished) {
    if (campaign + 1 < scope.campaigns) add("next campaign is made");
    return;
  }
  if (!state.started) return add("next campaign begins");
  const stops = world.candidates.reduce(
    (sum, candidate) => sum + candidate.campaign + (candidate.isAskedToStop ? 1 : 0),
    0,
  );
  if (isAskedToStop || stops >= scope.stops) return;
  const isHolder = state.lease !== undefined || state.unclear !== undefined;
  if (scope.stopped === (isHolder ? "followers" : "holders")) return;
  // To the next candidate, to nobody, and to itself.
  if (scope.handovers && state.lease?.open) {
    for (let which = 0; which < 3; which++) add("hand over", which);
  }
  if (scope.handovers) return;
  add("stop");
  if (state.lease) add("step down");
}

function addEdits(setting: Setting, world: World, actions: Action[]): void {
  for (const which of setting.scope.edits) {
    if (!edit(setting, world, which)) continue;
    actions.push({ kind: "gist is edited", who: 0, which: EDITS.indexOf(which) });
  }
}
