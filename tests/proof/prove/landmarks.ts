/**
 * What a world must reach, or it proves nothing about it: a check that cannot get there would pass, too.
 *
 * @module
 */

import { isClaimable } from "../../../elector/machine/lease.ts";
import type { EndReason } from "../../../elector/machine/events.ts";
import type { Observation } from "../../../elector/machine/state.ts";
import { EDITS, REQUESTS } from "../model/foreign.ts";
import type { File } from "../model/store.ts";
import type { Action } from "./actions.ts";
import { type Answer, answersTo } from "./answers.ts";
import { candidateOf, nameOf, type World } from "./candidate.ts";
import { clocksOf, holdsTerm, type Setting } from "./setting.ts";

/** One transition from world to world. */
interface Passage {
  readonly setting: Setting;
  readonly before: World;
  readonly action: Action;
  readonly after: World;
}

/** By name, how a landmark is known. */
const LANDMARKS = {
  "a takeover": ({ before, after }) => isTakeover(before, after),
  "a late write takes effect": ({ before, action, after }) =>
    isLate(action) && isInEffect(before, after),
  "a late write is void": ({ before, action, after }) =>
    isLate(action) && after.head !== before.head && !isInEffect(before, after),
  "the answer to a write is lost": ({ before, action, after }) => {
    const isLost = action.kind === "timer" || action.kind === "call fails";
    return isLost && candidateOf(before, action.who).inFlight?.arrived !== undefined &&
      candidateOf(after, action.who).inFlight?.arrived === undefined;
  },
  "a term expires": (passage) => endsAs(passage, "expired"),
  "a term is lost": (passage) => endsAs(passage, "lost"),
  "a stale read": ({ action }) => action.kind === "read is answered" && action.which > 0,
  "a read takes long": ({ before, action, setting }) => {
    const { call } = candidateOf(before, action.who).state;
    return action.kind === "read is answered" && call !== undefined &&
      clocksOf(setting, before, action.who).monotonic > call.sentAt;
  },
  "a write fails, and was in effect": ({ before, action }) => {
    const { inFlight } = candidateOf(before, action.who);
    const { arrived, write } = inFlight ?? {};
    return action.kind === "call fails" && arrived !== undefined &&
      arrived.effective.write === write;
  },
  "a refused write is followed by a term": ({ before, action, after }) =>
    isStart(before, after) && candidateOf(before, action.who).state.refusals > 0,
  "a refused renewal": ({ before, action }) =>
    action.kind === "write is refused" && candidateOf(before, action.who).state.lease !== undefined,
  "a timer is late": (passage) => isTimerLate(passage),
  "a term ends late": (passage) => isTimerLate(passage) && endsAs(passage, "expired"),
  "a release takes effect": ({ before, action, after }) =>
    isInEffect(before, after) && after.head.write?.purpose === "release" && !isLate(action),
  "a late release is void": ({ before, action, after }) =>
    isLate(action) && !isInEffect(before, after) && after.head.write?.purpose === "release",
  "a leader steps down, and another leads": ({ before, after }) =>
    isTakeover(before, after) && candidateOf(after, before.lastLeader).ended === "resigned",
  "a stop while work of an ended term goes on": ({ before, action }) => {
    const { mustSettle, state } = candidateOf(before, action.who);
    return action.kind === "stop" && mustSettle && !state.lease;
  },
  "a campaign ends with its work unsettled": ({ before, after, action }) => {
    const { state, memory } = candidateOf(after, action.who);
    return state.finished && memory.isWorking && !candidateOf(before, action.who).state.finished;
  },
  "work settles after its campaign": ({ before, action }) =>
    action.kind === "work settles" && candidateOf(before, action.who).state.finished,
  "work settles before the next campaign begins": ({ before, action }) => {
    const { state, campaign } = candidateOf(before, action.who);
    return action.kind === "work settles" && campaign > 0 && !state.started;
  },
  "work settles in the next campaign": ({ before, action }) => {
    const { state, campaign, ended } = candidateOf(before, action.who);
    return action.kind === "work settles" && campaign > 0 && state.started && !state.finished &&
      ended !== undefined;
  },
  "a term in a second campaign": ({ before, after }) =>
    isStart(before, after) && candidateOf(after, after.lastLeader).campaign > 0,
  "a takeover in a second campaign": ({ before, after }) =>
    isTakeover(before, after) && candidateOf(after, after.lastLeader).campaign > 0,
  "a write of an earlier campaign lands late": ({ before, action }) => {
    const { strays, state, campaign, session } = candidateOf(before, action.who);
    const landing = strays[action.which];
    return isLate(action) && landing?.session === session && campaign > 0 && state.started;
  },
  "a term after a crash": ({ before, after, setting }) =>
    isStart(before, after) &&
    candidateOf(after, after.lastLeader).session >= setting.scope.rates.length,
  "a write of a crashed process takes effect": ({ before, action, after }) => {
    const landing = candidateOf(before, action.who).strays[action.which];
    return isLate(action) && isInEffect(before, after) &&
      landing?.session !== candidateOf(before, action.who).session;
  },
  "a leader wakes after its term": ({ before, action, after, setting }) =>
    action.kind === "resume" && candidateOf(before, action.who).memory.term !== undefined &&
    !holdsTerm(setting, after, action.who),
  "another leads while one is suspended": ({ before, after }) =>
    isStart(before, after) &&
    before.candidates.some(({ suspendedAt, memory }) =>
      suspendedAt !== undefined && memory.term !== undefined
    ),
  "a wall clock ends a term": ({ before, action, after, setting }) =>
    action.kind === "wall clock is set" && holdsTerm(setting, before, action.who) &&
    !holdsTerm(setting, after, action.who),
  "a wall clock is set back in a term": ({ before, action, setting }) =>
    action.kind === "wall clock is set" && action.which === 1 &&
    holdsTerm(setting, before, action.who),
  "a takeover from a clock that was set back": ({ before, after }) =>
    isTakeover(before, after) && candidateOf(before, before.lastLeader).isSetBack,
  "a rival's text is shown as another revision's": (passage) => {
    const answer = answerOf(passage);
    return answer !== undefined && answer.shown.text !== answer.shown.head &&
      answer.outcome.type === "record" && answer.outcome.observed.isProven === false;
  },
  "what was shown is proven to be another's": ({ before, action, after }) => {
    const [was, is] = [before, after].map((world) => candidateOf(world, action.who).state.observed);
    return was?.isProven === false && is?.isProven === true && was.version === is.version &&
      was.holder !== is.holder;
  },
  "an answer may show a void write as what won": ({ before, action }) => {
    const { write, arrived } = candidateOf(before, action.who).inFlight ?? {};
    return action.kind === "write is answered" && arrived?.write === write &&
      arrived?.parent?.parent === write?.base && arrived?.effective === arrived?.parent;
  },
  "a write is not to be seen in its own answer": (passage) => {
    const answer = answerOf(passage);
    const { write } = candidateOf(passage.before, passage.action.who).inFlight ?? {};
    return answer?.outcome.type === "failed" && write !== undefined &&
      passage.before.head.effective.write === write;
  },
  "a void renewal is sent again": ({ before, action, after }) =>
    candidateOf(after, action.who).inFlight?.write?.purpose === "renew" &&
    (candidateOf(after, action.who).inFlight?.write?.resent ?? 0) >
      (candidateOf(before, action.who).inFlight?.write?.resent ?? 0),
  "a claim waits for its slot": ({ before, action, after, setting }) => {
    const { state } = candidateOf(after, action.who);
    return action.kind === "read is answered" && state.call === undefined && !state.stopping &&
      state.observed?.isProven === true &&
      candidateOf(before, action.who).state.call?.proof === true &&
      isClaimable(state.observed, clocksOf(setting, after, action.who)) && state.lostRaces === 0;
  },
  "a lost race is followed by a term": ({ before, action, after }) =>
    isStart(before, after) && candidateOf(before, action.who).state.lostRaces > 0,
  "an edit falls into a term": ({ before, action, setting }) =>
    action.kind === "gist is edited" && isLed(setting, before),
  "a lock is set free over its leader": ({ before, action, setting }) =>
    action.kind === "gist is edited" && isLed(setting, before) &&
    ["forced release", "reset"].includes(EDITS[action.which] ?? ""),
  "a term after the lock was set free": ({ before, after }) =>
    isStart(before, after) && after.freedAt > 0,
  "a term after garbage": ({ before, after }) =>
    isStart(before, after) && isAfter(after, "garbage"),
  "a term after a deletion": ({ before, after }) =>
    isStart(before, after) && isAfter(after, "absent"),
  "a request takes effect": ({ before, action, after }) =>
    isRequest(action) && isInEffect(before, after),
  "a request is void": ({ before, action, after }) =>
    isRequest(action) && after.head !== before.head && !isInEffect(before, after),
  "a term ends by handover": (passage) => endsAs(passage, "handover"),
  "the named candidate leads": ({ before, after }) => {
    const { preferredHolder } = candidateOf(after, Math.max(after.lastLeader, 0)).state.lease ?? {};
    const named =
      candidateOf(before, Math.max(after.lastLeader, 0)).state.call?.purpose === "claim" &&
      before.head.effective.parent?.effective.file;
    return isTakeover(before, after) && preferredHolder === "" && named !== undefined &&
      named !== false && named.kind === "record" &&
      named.record.preferredHolder === nameOf(after.lastLeader);
  },
  "who handed over leads again, without another in between": ({ before, after }) =>
    isStart(before, after) && before.lastLeader === after.lastLeader &&
    candidateOf(before, after.lastLeader).ended === "handover",
  "a request is on top of an unclear claim": ({ before, action, after }) => {
    const { state } = candidateOf(before, action.who);
    const { lease } = candidateOf(after, action.who).state;
    return action.kind === "read is answered" && !state.lease && state.unclear !== undefined &&
      lease?.reason === "handover";
  },
  "a request is seen while a renewal is unclear": ({ before, action, after }) => {
    const [was, is] = [before, after].map((world) => candidateOf(world, action.who).state);
    return action.kind === "read is answered" && was?.lease !== undefined &&
      was.unclear !== undefined && is?.unclear?.id === was.unclear.id &&
      is.observed?.isRequest === true;
  },
  "a request beats a claim": ({ before, action, after }) => {
    const { state } = candidateOf(after, action.who);
    return action.kind === "read is answered" && state.observed?.isRequest === true &&
      candidateOf(before, action.who).state.observed?.isReplaced === true;
  },
  "a better rank leads after a worse one": ({ before, after, setting }) =>
    isTakeover(before, after) &&
    (setting.scope.ranks[after.lastLeader] ?? 0) < (setting.scope.ranks[before.lastLeader] ?? 0),
  "a worse rank leads after a better one": ({ before, after, setting }) =>
    isTakeover(before, after) &&
    (setting.scope.ranks[after.lastLeader] ?? 0) > (setting.scope.ranks[before.lastLeader] ?? 0),
  "a better rank asks for the lead": ({ before, after }) =>
    isInEffect(before, after) && after.head.write?.purpose === "request",
  "a term ends as its leader is not ready": (passage) => endsAs(passage, "unready"),
  "a claim waits until its candidate is ready": ({ before, action, after, setting }) =>
    action.kind === "read is answered" && candidateOf(before, action.who).isUnready &&
    candidateOf(after, action.who).state.call === undefined &&
    candidateOf(after, action.who).state.observed !== undefined &&
    isClaimable(
      candidateOf(after, action.who).state.observed as Observation,
      clocksOf(setting, after, action.who),
    ),
  "an old version leads after a new one": ({ before, after, setting }) =>
    isTakeover(before, after) && setting.scope.old[after.lastLeader] === true,
  "a new version leads after an old one": ({ before, after, setting }) =>
    isTakeover(before, after) && setting.scope.old[before.lastLeader] === true,
} satisfies Record<string, (passage: Passage) => boolean>;

/** One of the landmarks. */
export type Landmark = keyof typeof LANDMARKS;

/** Whether a transition reaches a landmark. */
export function reaches(landmark: Landmark, passage: Passage): boolean {
  return LANDMARKS[landmark](passage);
}

function isStart(before: World, after: World): boolean {
  return starter(before, after) !== undefined;
}

/** A term starts, and the last one was another's. */
function isTakeover(before: World, after: World): boolean {
  return before.lastLeader >= 0 && isStart(before, after) && after.lastLeader !== before.lastLeader;
}

function starter(before: World, after: World): number | undefined {
  const { lastLeader } = after;
  const [was, is] = [before, after].map(({ candidates }) => candidates[lastLeader]?.startedToken);
  return is !== undefined && is !== was && is >= 0 ? lastLeader : undefined;
}

function isRequest({ kind, which }: Action): boolean {
  return kind === "gist is edited" && REQUESTS.some((request) => request === EDITS[which]);
}

function isLate({ kind }: Action): boolean {
  return kind === "late write lands" || kind === "late write lands, and is answered late";
}

function isInEffect(before: World, after: World): boolean {
  return before.head !== after.head && before.head.effective !== after.head.effective;
}

function isTimerLate({ before, action, setting }: Passage): boolean {
  return action.kind === "timer" &&
    clocksOf(setting, before, action.who).monotonic > candidateOf(before, action.who).wakeAt;
}

function endsAs({ before, after }: Passage, reason: EndReason): boolean {
  return after.candidates.some(({ memory, ended }, index) =>
    ended === reason && !memory.term && candidateOf(before, index).memory.term !== undefined
  );
}

function answerOf({ setting, before, action: { kind, who, which } }: Passage): Answer | undefined {
  const isAnswered = kind === "read is answered" || kind === "write is answered";
  return isAnswered ? answersTo(setting, before, who)[which] : undefined;
}

/** Whether somebody leads. */
function isLed(setting: Setting, world: World): boolean {
  return world.candidates.some((_, index) => holdsTerm(setting, world, index));
}

/** Whether there was such a file before what is in effect now. */
function isAfter({ head }: World, kind: File["kind"]): boolean {
  const before = head.effective.parent?.effective;
  return before !== undefined && before.index > 0 && before.file.kind === kind;
}
