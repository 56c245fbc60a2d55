import type { Effect, Event } from "../../../elector/machine/events.ts";
import { nextCampaign, type State } from "../../../elector/machine/state.ts";
import {
  checkBase,
  checkCall,
  checkCommit,
  checkExtension,
  checkFinish,
  checkInside,
  checkStart,
} from "../model/checks.ts";
import { oldVersion } from "../model/old_version.ts";
import { checkPreferences } from "../model/preference.ts";
import { applyEdit, type Edit, frees } from "../model/foreign.ts";
import { newGist, type WriteRequest } from "../model/store.ts";
import { candidateOf, type InFlight, NEW_CANDIDATE, replace, type World } from "./candidate.ts";
import { type Scope, timingsOf } from "./scope.ts";
import { checkAlone, clocksOf, configOf, isOverridden, type Setting, watch } from "./setting.ts";

/** All electors start together at a gist that has never held the lock. */
export function firstWorld(setting: Setting): World {
  const { rates, faults } = setting.scope;
  const candidates = rates.map((_, index) => ({ ...NEW_CANDIDATE, session: index }));
  let world: World = {
    now: 0,
    head: newGist(),
    highestStarted: -1,
    freedAt: 0,
    faults,
    candidates,
    lastLeader: -1,
  };
  rates.forEach((_, index) => world = start(setting, world, index));
  return world;
}

/** A candidate's process starts, or its next campaign does. */
export function start(setting: Setting, before: World, index: number): World {
  const world = replace(before, index, { isRunning: true });
  return dispatch(setting, world, index, { type: "start" });
}

/** A program makes the next campaign of its elector, which has ended one; see {@linkcode start}. */
export function campaignAgain(world: World, index: number): World {
  const { state, campaign, memory } = candidateOf(world, index);
  return replace(world, index, {
    state: nextCampaign(state, memory.isWorking),
    campaign: campaign + 1,
    isAskedToStop: false,
    inFlight: undefined,
    memory: { ...memory, effective: undefined },
  });
}

/** A candidate's process ends, without a word. What it sent may yet land. */
export function crash(world: World, index: number, scope: Scope): World {
  const { inFlight, strays, session, slept, wallStep, isSetBack } = candidateOf(world, index);
  return replace(world, index, {
    ...NEW_CANDIDATE,
    slept,
    wallStep,
    isSetBack,
    session: session + scope.rates.length,
    strays: straysWith(strays, inFlight, scope),
  });
}

/** Somebody changes the gist who is not one of the electors; `undefined` where that cannot be. */
export function edit(setting: Setting, world: World, which: Edit): World | undefined {
  const { scope } = setting;
  if (world.head.index >= scope.revisions) return undefined;
  const seconds = timingsOf(scope).leaseDuration / 1_000;
  const head = applyEdit(scope.protocol, world.head, which, world.now, seconds);
  if (!head) return undefined;
  const freedAt = frees(which) ? head.index : world.freedAt;
  // Who comes to know the lock only now begins with the tokens that it finds.
  const highestStarted = which === "reset" ? -1 : world.highestStarted;
  return { ...world, head, freedAt, highestStarted };
}

/** A write arrives at the store. */
export function arrive(setting: Setting, world: World, write: WriteRequest): World {
  const { scope, design } = setting;
  const head = design.applyWrite(scope.protocol, world.head, write, world.now);
  watch(setting, () => checkCommit(world.head, head, write));
  if (head.effective === world.head.effective) return { ...world, head };
  const index = write.session % scope.rates.length;
  const candidate = candidateOf(world, index);
  const { memory, isSetBack } = candidate;
  const isOfCampaign = write.record.session === configOf(setting, candidate).session;
  if (!isOfCampaign || write.purpose === "release") return { ...world, head };
  // A wall clock that was set back says nothing about which of two writes left first.
  const effective = isSetBack
    ? { ...write, sentAt: { monotonic: write.sentAt.monotonic, wall: Infinity } }
    : write;
  return replace({ ...world, head }, index, { memory: { ...memory, effective } });
}

/** An event reaches a candidate's machine; what it wants done is done. */
export function dispatch(setting: Setting, world: World, index: number, event: Event): World {
  const candidate = candidateOf(world, index);
  const config = configOf(setting, candidate);
  const now = clocksOf(setting, world, index);
  const { design, scope } = setting;
  const isOld = scope.old[index] ?? false;
  const take = isOld ? oldVersion(design.step) : design.step;
  const { state, effects, wakeAt } = take(config, candidate.state, event, now);
  watch(setting, () => checkInside(candidate.state, event, effects));
  const before = candidate.state;
  if (!isOld) {
    watch(setting, () => checkPreferences({ config, before, event, now, after: state, effects }));
  }
  let next = replace(world, index, { state, wakeAt });
  for (const effect of effects) {
    next = carryOut(setting, next, index, effect, candidate.state);
  }
  if (!setting.scope.lingeringWork && candidateOf(next, index).mustSettle) {
    return settle(setting, next, index);
  }
  return next;
}

/** The work of a term that has ended settles. */
export function settle(setting: Setting, world: World, index: number): World {
  const { memory } = candidateOf(world, index);
  const next = replace(world, index, {
    mustSettle: false,
    memory: { ...memory, isWorking: false },
  });
  return dispatch(setting, next, index, { type: "settled" });
}

function carryOut(
  setting: Setting,
  world: World,
  index: number,
  effect: Effect,
  before: State,
): World {
  const candidate = candidateOf(world, index);
  const { memory, inFlight, strays, startedToken } = candidate;
  switch (effect.type) {
    case "call":
      return send(setting, world, index, effect, before);
    case "abandon":
      return replace(world, index, {
        inFlight: undefined,
        last: undefined,
        strays: straysWith(strays, inFlight, setting.scope),
      });
    case "startTerm": {
      const { token } = effect;
      // Where the lock was set free over a claim that is not answered yet, its term begins beside a later one.
      const isBeside = isOverridden(world, candidate);
      const highest = Math.max(isBeside ? -1 : world.highestStarted, startedToken);
      watch(setting, () => checkStart(effect, memory, highest));
      const next = replace(world, index, {
        memory: { ...memory, term: effect, isWorking: true },
        startedToken: token,
      });
      watch(setting, () => checkAlone(setting, next, index));
      const highestStarted = isBeside ? world.highestStarted : token;
      return { ...next, highestStarted, lastLeader: index };
    }
    case "extendTerm": {
      watch(setting, () => checkExtension(effect, memory));
      const term = memory.term && { ...memory.term, sentAt: effect.sentAt };
      const next = replace(world, index, { memory: { ...memory, term } });
      watch(setting, () => checkAlone(setting, next, index));
      return next;
    }
    case "endTerm":
      return replace(world, index, {
        memory: { ...memory, term: undefined },
        mustSettle: true,
        ended: effect.reason,
      });
    case "finish":
      watch(setting, () => checkFinish(memory));
      return replace(world, index, { inFlight: undefined });
    case "newLeader":
    case "report":
      return world;
  }
}

function send(
  setting: Setting,
  world: World,
  index: number,
  effect: Extract<Effect, { type: "call" }>,
  before: State,
): World {
  const { state, memory, last, session, campaign, writes } = candidateOf(world, index);
  const now = clocksOf(setting, world, index);
  const config = configOf(setting, { session, campaign });
  watch(setting, () => checkCall(effect, before, state, memory, now, config));
  const { call: { purpose }, record } = effect;
  if (purpose === "read" || !record) {
    return replace(world, index, { last: undefined, inFlight: READ });
  }
  checkBase(effect, last);
  const write: WriteRequest = {
    session,
    sequence: writes,
    purpose,
    base: last.head,
    record,
    sentAt: { monotonic: now.monotonic, wall: now.wall },
    leftAt: world.now,
    resent: 0,
  };
  const inFlight = { write, arrived: undefined };
  return replace(world, index, { last: undefined, writes: writes + 1, inFlight });
}

const READ: InFlight = { write: undefined, arrived: undefined };

/** What may yet land of the writes that nobody waits for any more. */
export function straysWith(
  strays: readonly WriteRequest[],
  inFlight: InFlight | undefined,
  { strays: most }: Scope,
): readonly WriteRequest[] {
  if (!inFlight?.write || inFlight.arrived || most === 0) return strays;
  return [...strays, inFlight.write].slice(-most);
}
