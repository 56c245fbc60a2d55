import type { Event } from "../../../elector/machine/events.ts";
import { plain } from "../model/answers.ts";
import { EDITS } from "../model/foreign.ts";
import { type Action, costOf } from "./actions.ts";
import { answer, answersTo, hear } from "./answers.ts";
import { candidateOf, nameOf, replace, type World } from "./candidate.ts";
import { rateOf, tickOf } from "./scope.ts";
import { checkAlone, monotonicOf, type Setting, watch } from "./setting.ts";
import { arrive, campaignAgain, crash, dispatch, edit, settle, start } from "./world.ts";

/** The number of a call that nobody waits for. */
const GIVEN_UP = 0;

/** By how many ticks a wall clock is set: forward first, as worlds with suspensions have no other. */
const WALL_STEPS = [2, -2];

/** The world after something happened. */
export function perform(setting: Setting, before: World, action: Action): World {
  const { kind, who, which } = action;
  const cost = costOf(setting, before, action);
  const world = cost === 0 ? before : { ...before, faults: before.faults - cost };
  switch (kind) {
    case "time passes":
      return { ...world, now: world.now + tickOf(setting.scope) };
    case "timer":
      return dispatch(setting, world, who, { type: "tick" });
    case "write arrives":
    case "write arrives, a copy stays under way":
      return arriveInTime(setting, world, action);
    case "write is answered":
    case "read is answered": {
      const chosen = answersTo(setting, before, who)[which];
      return chosen ? answer(setting, world, who, chosen) : world;
    }
    case "write is refused": {
      const next = replace(world, who, { inFlight: undefined });
      const id = candidateOf(next, who).state.call?.id ?? 0;
      return dispatch(setting, next, who, { type: "answer", id, outcome: { type: "refused" } });
    }
    case "call fails":
      return hear(setting, world, who, { type: "failed" }, undefined);
    case "late write lands":
    case "late write lands, and is answered late":
      return arriveLate(setting, world, action);
    case "gist is edited": {
      const edited = EDITS[which];
      return (edited && edit(setting, world, edited)) ?? world;
    }
    default:
      return performRare(setting, world, action);
  }
}

function arriveInTime(setting: Setting, world: World, { kind, who }: Action): World {
  const { inFlight, strays } = candidateOf(world, who);
  const write = inFlight?.write;
  if (!write) return world;
  const next = arrive(setting, world, write);
  const copies = kind === "write arrives"
    ? strays
    : [...strays, write].slice(-setting.scope.strays);
  return replace(next, who, { inFlight: { write, arrived: next.head }, strays: copies });
}

function arriveLate(setting: Setting, world: World, { kind, who, which }: Action): World {
  const { strays } = candidateOf(world, who);
  const landing = strays[which];
  const next = replace(world, who, { strays: strays.filter((_, index) => index !== which) });
  if (!landing) return next;
  const landed = arrive(setting, next, landing);
  if (kind === "late write lands") return landed;
  const { design, scope } = setting;
  const outcome = design.answerToWrite(scope.protocol, plain(landed.head), landing);
  return dispatch(setting, landed, who, { type: "answer", id: GIVEN_UP, outcome });
}

function performRare(setting: Setting, world: World, { kind, who, which }: Action): World {
  const { slept, suspendedAt, isUnready } = candidateOf(world, who);
  const ask = (event: Event) =>
    dispatch(setting, replace(world, who, { isAskedToStop: true }), who, event);
  switch (kind) {
    case "stop":
      return ask({ type: "stop", reason: "stopped" });
    case "step down":
      return ask({ type: "stepDown" });
    case "hand over": {
      const names = [nameOf((who + 1) % setting.scope.rates.length), "nobody", nameOf(who)];
      return ask({ type: "handover", to: names[which] ?? "" });
    }
    case "readiness changes":
      return dispatch(setting, replace(world, who, { isUnready: !isUnready }), who, {
        type: "tick",
      });
    case "work settles":
      return settle(setting, world, who);
    case "next campaign is made": {
      const next = campaignAgain(world, who);
      // Work that settles before it begins needs time in between.
      return setting.scope.lingeringWork ? next : start(setting, next, who);
    }
    case "next campaign begins":
    case "restart":
      return start(setting, world, who);
    case "crash":
      return crash(world, who, setting.scope);
    case "suspend":
      return replace(world, who, { suspendedAt: world.now });
    case "resume": {
      const lost = world.now - (suspendedAt ?? world.now);
      return replace(world, who, { suspendedAt: undefined, slept: slept + lost });
    }
    case "wall clock is set":
      return setWall(setting, world, who, WALL_STEPS[which] ?? 0);
    default:
      return world;
  }
}

/** A wall clock is set; a leader notices at its next heartbeat. */
function setWall(setting: Setting, world: World, who: number, ticks: number): World {
  const { scope } = setting;
  const { wallStep, isSetBack, wakeAt, state } = candidateOf(world, who);
  const next = replace(world, who, {
    wallStep: wallStep + ticks * tickOf(scope) * rateOf(scope, who),
    isSetBack: isSetBack || ticks < 0,
    wakeAt: state.lease ? Math.min(wakeAt, monotonicOf(setting, world, who)) : wakeAt,
  });
  watch(setting, () => checkAlone(setting, next, who));
  return next;
}
