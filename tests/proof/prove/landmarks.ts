/**
 * What a world must reach, or it proves nothing about it: a check that cannot get there would pass, too.
 *
 * @module
 */

import { isClaimable } from "../../../elector/machine/lease.ts";
import type { EndReason } from "../../../elector/machine/events.ts";
import { EDITS, REQUESTS } from "../model/foreign.ts";
import type { File } from "../model/store.ts";
import type { Action } from "./actions.ts";
import { type Answer, answersTo } from "./answers.ts";
import { type Candidate, candidateOf, nameOf, type World } from "./candidate.ts";
import { clocksOf, holdsTerm, type Setting } from "./setting.ts";

/** One transition from world to world, and its candidate before and after. */
interface Passage {
  readonly setting: Setting;
  readonly before: World;
  readonly action: Action;
  readonly after: World;
  readonly was: Candidate;
  readonly is: Candidate;
}

/** By name, how a landmark is known. */
const LANDMARKS = {
  "a takeover": (passage) => isTakeover(passage),
  "a late write takes effect": (passage) => isLate(passage) && isInEffect(passage),
  "a late write is void": (passage) => isLate(passage) && isVoid(passage),
  "the answer to a write is lost": ({ action: { kind }, was, is }) =>
    (kind === "timer" || kind === "call fails") && was.inFlight?.arrived !== undefined &&
    is.inFlight?.arrived === undefined,
  "a term expires": (passage) => endsAs(passage, "expired"),
  "a term is lost": (passage) => endsAs(passage, "lost"),
  "a stale read": ({ action }) => action.kind === "read is answered" && action.which > 0,
  "a read takes long": ({ before, action: { kind, who }, was, setting }) => {
    const { call } = was.state;
    return kind === "read is answered" && call !== undefined &&
      clocksOf(setting, before, who).monotonic > call.sentAt;
  },
  "a write fails, and was in effect": ({ action, was }) => {
    const { arrived, write } = was.inFlight ?? {};
    return action.kind === "call fails" && arrived !== undefined &&
      arrived.effective.write === write;
  },
  "a refused write is followed by a term": (passage) =>
    isStart(passage) && passage.was.state.refusals > 0,
  "a refused renewal": ({ action, was }) =>
    action.kind === "write is refused" && was.state.lease !== undefined,
  "a timer is late": (passage) => isTimerLate(passage),
  "a term ends late": (passage) => isTimerLate(passage) && endsAs(passage, "expired"),
  "a release takes effect": (passage) =>
    isInEffect(passage) && passage.after.head.write?.purpose === "release" && !isLate(passage),
  "a late release is void": (passage) =>
    isLate(passage) && !isInEffect(passage) && passage.after.head.write?.purpose === "release",
  "a leader steps down, and another leads": (passage) =>
    isTakeover(passage) &&
    candidateOf(passage.after, passage.before.lastLeader).ended === "resigned",
  "a stop while work of an ended term goes on": ({ action, was }) =>
    action.kind === "stop" && was.mustSettle && !was.state.lease,
  "a campaign ends with its work unsettled": ({ was, is }) =>
    is.state.finished && is.memory.isWorking && !was.state.finished,
  "work settles after its campaign": ({ action, was }) =>
    action.kind === "work settles" && was.state.finished,
  "work settles before the next campaign begins": ({ action, was }) =>
    action.kind === "work settles" && was.campaign > 0 && !was.state.started,
  "work settles in the next campaign": ({ action, was: { state, campaign, ended } }) =>
    action.kind === "work settles" && campaign > 0 && state.started && !state.finished &&
    ended !== undefined,
  "a term in a second campaign": (passage) =>
    isStart(passage) && leaderOf(passage.after).campaign > 0,
  "a takeover in a second campaign": (passage) =>
    isTakeover(passage) && leaderOf(passage.after).campaign > 0,
  "a write of an earlier campaign lands late": (passage) => {
    const { strays, state, campaign, session } = passage.was;
    const landing = strays[passage.action.which];
    return isLate(passage) && landing?.session === session && campaign > 0 && state.started;
  },
  "a term after a crash": (passage) =>
    isStart(passage) && leaderOf(passage.after).session >= passage.setting.scope.rates.length,
  "a write of a crashed process takes effect": (passage) => {
    const { strays, session } = passage.was;
    return isLate(passage) && isInEffect(passage) &&
      strays[passage.action.which]?.session !== session;
  },
  "a leader wakes after its term": ({ action, was, after, setting }) =>
    action.kind === "resume" && was.memory.term !== undefined &&
    !holdsTerm(setting, after, action.who),
  "another leads while one is suspended": (passage) =>
    isStart(passage) &&
    passage.before.candidates.some(({ suspendedAt, memory }) =>
      suspendedAt !== undefined && memory.term !== undefined
    ),
  "a wall clock ends a term": ({ before, action, after, setting }) =>
    action.kind === "wall clock is set" && holdsTerm(setting, before, action.who) &&
    !holdsTerm(setting, after, action.who),
  "a wall clock is set back in a term": ({ before, action, setting }) =>
    action.kind === "wall clock is set" && action.which === 1 &&
    holdsTerm(setting, before, action.who),
  "a takeover from a clock that was set back": (passage) =>
    isTakeover(passage) && leaderOf(passage.before).isSetBack,
  "a rival's text is shown as another revision's": (passage) => {
    const answer = answerOf(passage);
    return answer !== undefined && answer.shown.text !== answer.shown.head &&
      answer.outcome.type === "record" && answer.outcome.observed.isProven === false;
  },
  "what was shown is proven to be another's": (passage) => {
    const [was, is] = [passage.was.state.observed, passage.is.state.observed];
    return was?.isProven === false && is?.isProven === true && was.version === is.version &&
      was.holder !== is.holder;
  },
  "an answer may show a void write as what won": ({ action, was }) => {
    const { write, arrived } = was.inFlight ?? {};
    return action.kind === "write is answered" && arrived?.write === write &&
      arrived?.parent?.parent === write?.base && arrived?.effective === arrived?.parent;
  },
  "a write is not to be seen in its own answer": (passage) => {
    const { write } = passage.was.inFlight ?? {};
    return answerOf(passage)?.outcome.type === "failed" && write !== undefined &&
      passage.before.head.effective.write === write;
  },
  "a void renewal is sent again": ({ was, is }) => {
    const { purpose, resent = 0 } = is.inFlight?.write ?? {};
    return purpose === "renew" && resent > (was.inFlight?.write?.resent ?? 0);
  },
  "a claim waits for its slot": (passage) => {
    const { action, was, is: { state } } = passage;
    return action.kind === "read is answered" && state.call === undefined && !state.stopping &&
      state.observed?.isProven === true && was.state.call?.proof === true &&
      mayClaim(passage) && state.lostRaces === 0;
  },
  "a lost race is followed by a term": (passage) =>
    isStart(passage) && passage.was.state.lostRaces > 0,
  "an edit falls into a term": ({ before, action, setting }) =>
    action.kind === "gist is edited" && isLed(setting, before),
  "a lock is set free over its leader": ({ before, action, setting }) =>
    action.kind === "gist is edited" && isLed(setting, before) &&
    ["forced release", "reset"].includes(EDITS[action.which] ?? ""),
  "a term after the lock was set free": (passage) => isStart(passage) && passage.after.freedAt > 0,
  "a term after garbage": (passage) => isStart(passage) && isAfter(passage.after, "garbage"),
  "a term after a deletion": (passage) => isStart(passage) && isAfter(passage.after, "absent"),
  "a request takes effect": (passage) => isRequest(passage) && isInEffect(passage),
  "a request is void": (passage) => isRequest(passage) && isVoid(passage),
  "a term ends by handover": (passage) => endsAs(passage, "handover"),
  "the named candidate leads": (passage) => {
    if (!isTakeover(passage)) return false;
    const { before, after } = passage;
    const { call } = candidateOf(before, after.lastLeader).state;
    const named = before.head.effective.parent?.effective.file;
    return leaderOf(after).state.lease?.preferredHolder === "" && call?.purpose === "claim" &&
      named?.kind === "record" && named.record.preferredHolder === nameOf(after.lastLeader);
  },
  "who handed over leads again, without another in between": (passage) =>
    isStart(passage) && passage.before.lastLeader === passage.after.lastLeader &&
    leaderOf(passage.before).ended === "handover",
  "a request is on top of an unclear claim": ({ action, was: { state }, is }) =>
    action.kind === "read is answered" && !state.lease && state.unclear !== undefined &&
    is.state.lease?.reason === "handover",
  "a request is seen while a renewal is unclear": ({ action, was: { state }, is }) =>
    action.kind === "read is answered" && state.lease !== undefined &&
    state.unclear !== undefined && is.state.unclear?.id === state.unclear.id &&
    is.state.observed?.isRequest === true,
  "a request beats a claim": ({ action, was, is }) =>
    action.kind === "read is answered" && is.state.observed?.isRequest === true &&
    was.state.observed?.isReplaced === true,
  "a better rank leads after a worse one": (passage) =>
    isTakeover(passage) && rankOf(passage, "after") < rankOf(passage, "before"),
  "a worse rank leads after a better one": (passage) =>
    isTakeover(passage) && rankOf(passage, "after") > rankOf(passage, "before"),
  "a better rank asks for the lead": (passage) =>
    isInEffect(passage) && passage.after.head.write?.purpose === "request",
  "a term ends as its leader is not ready": (passage) => endsAs(passage, "unready"),
  "a claim waits until its candidate is ready": (passage) =>
    passage.action.kind === "read is answered" && passage.was.isUnready &&
    passage.is.state.call === undefined && mayClaim(passage),
  "an old version leads after a new one": (passage) =>
    isTakeover(passage) && passage.setting.scope.old[passage.after.lastLeader] === true,
  "a new version leads after an old one": (passage) =>
    isTakeover(passage) && passage.setting.scope.old[passage.before.lastLeader] === true,
} satisfies Record<string, (passage: Passage) => boolean>;

/** One of the landmarks. */
export type Landmark = keyof typeof LANDMARKS;

/** Which of some landmarks a transition does not reach. */
export function missedBy(
  landmarks: Landmark[],
  transition: Omit<Passage, "was" | "is">,
): Landmark[] {
  const { before, action: { who }, after } = transition;
  const passage = { ...transition, was: candidateOf(before, who), is: candidateOf(after, who) };
  const isMissed = (landmark: Landmark) => !LANDMARKS[landmark](passage);
  return landmarks.every(isMissed) ? landmarks : landmarks.filter(isMissed);
}

/** Who started a term last. */
function leaderOf(world: World): Candidate {
  return candidateOf(world, world.lastLeader);
}

function isStart({ before, after }: Passage): boolean {
  const { lastLeader } = after;
  const [was, is] = [before, after].map(({ candidates }) => candidates[lastLeader]?.startedToken);
  return is !== undefined && is !== was && is >= 0;
}

/** A term starts, and the last one was another's. */
function isTakeover(passage: Passage): boolean {
  const { before, after } = passage;
  return before.lastLeader >= 0 && isStart(passage) && after.lastLeader !== before.lastLeader;
}

function rankOf({ setting, ...passage }: Passage, when: "before" | "after"): number {
  return setting.scope.ranks[passage[when].lastLeader] ?? 0;
}

function isRequest({ action: { kind, which } }: Passage): boolean {
  return kind === "gist is edited" && REQUESTS.some((request) => request === EDITS[which]);
}

function isLate({ action: { kind } }: Passage): boolean {
  return kind === "late write lands" || kind === "late write lands, and is answered late";
}

function isInEffect({ before, after }: Passage): boolean {
  return before.head !== after.head && before.head.effective !== after.head.effective;
}

function isVoid(passage: Passage): boolean {
  return passage.after.head !== passage.before.head && !isInEffect(passage);
}

/** Whether a candidate takes the lock for free. */
function mayClaim({ setting, after, action, is: { state: { observed } } }: Passage): boolean {
  return observed !== undefined && isClaimable(observed, clocksOf(setting, after, action.who));
}

function isTimerLate({ before, action, setting, was }: Passage): boolean {
  return action.kind === "timer" && clocksOf(setting, before, action.who).monotonic > was.wakeAt;
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
