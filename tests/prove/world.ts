import type { MachineConfig } from "../../elector/machine.ts";
import { type Effect, type Event, INITIAL_STATE } from "../../elector/state.ts";
import type { Outcome, Reading, State } from "../../elector/state.ts";
import {
  checkCall,
  checkCommit,
  checkExtension,
  checkStart,
  isValid,
  type Memory,
  NO_MEMORY,
  Violation,
} from "../model/checks.ts";
import type { Design } from "../model/design.ts";
import { answerToRead, type Commit, newGist } from "../model/store.ts";
import type { WriteRequest } from "../model/store.ts";
import type { Scope } from "./scope.ts";
import { rateOf, timingsOf } from "./scope.ts";

/** The one call that an elector waits for. */
export interface InFlight {
  /** What it writes; `undefined` for a read. */
  readonly write: WriteRequest | undefined;
  /** The answer to a write, once it has arrived at the store. */
  readonly outcome: Outcome | undefined;
  /** The head that this answer shows. */
  readonly seen: Commit | undefined;
}

/** One elector, and what an observer knows of it. */
export interface Candidate {
  readonly state: State;
  /** When its timer is due, by its monotonic clock. */
  readonly wakeAt: number;
  /** How much true time its monotonic clock has lost in suspension. */
  readonly slept: number;
  /** Since when its machine is suspended. */
  readonly suspendedAt: number | undefined;
  readonly isRunning: boolean;
  /** Numbers its lock objects. */
  readonly session: number;
  readonly writes: number;
  /** The head that its lock has last seen, and writes after. */
  readonly last: Commit | undefined;
  readonly inFlight: InFlight | undefined;
  /** Writes that may land late, or never. */
  readonly strays: readonly WriteRequest[];
  readonly memory: Memory;
  /** Whether work has its term's end still to settle after. */
  readonly mustSettle: boolean;
  readonly isAskedToStop: boolean;
}

/** Everything there is. Immutable. */
export interface World {
  /** True time. */
  readonly now: number;
  readonly head: Commit;
  readonly highestStarted: number;
  /** How many faults may yet happen. */
  readonly faults: number;
  readonly candidates: readonly Candidate[];
}

/** What every world of a scope has in common. */
export interface Setting {
  readonly scope: Scope;
  readonly design: Design;
  /** By session. A session's number, modulo the number of electors, is its elector's. */
  readonly configs: Map<number, MachineConfig>;
}

/** Makes a setting. */
export function makeSetting(scope: Scope, design: Design): Setting {
  return { scope, design, configs: new Map() };
}

/** What to call a candidate. */
export function nameOf(index: number): string {
  return String.fromCharCode(65 + index);
}

const NEW: Candidate = {
  state: INITIAL_STATE,
  wakeAt: Infinity,
  slept: 0,
  suspendedAt: undefined,
  isRunning: false,
  session: 0,
  writes: 0,
  last: undefined,
  inFlight: undefined,
  strays: [],
  memory: NO_MEMORY,
  mustSettle: false,
  isAskedToStop: false,
};

/** All electors start together at a gist that has never held the lock. */
export function firstWorld(setting: Setting): World {
  const { rates, faults } = setting.scope;
  const candidates = rates.map((_, index) => ({ ...NEW, session: index }));
  let world: World = { now: 0, head: newGist(), highestStarted: -1, faults, candidates };
  rates.forEach((_, index) => world = start(setting, world, index));
  return world;
}

/** The monotonic clock of a candidate. */
export function monotonicOf({ scope }: Setting, world: World, index: number): number {
  const { slept, suspendedAt } = candidateOf(world, index);
  return ((suspendedAt ?? world.now) - slept) * rateOf(scope, index);
}

/** Both clocks of a candidate. */
export function clocksOf(setting: Setting, world: World, index: number): Reading {
  const { scope } = setting;
  return {
    monotonic: monotonicOf(setting, world, index),
    // No two wall clocks agree on the time of day.
    wall: world.now * rateOf(scope, index) + index * 2 * timingsOf(scope).leaseDuration,
    random: 0,
  };
}

function configOf({ configs, scope }: Setting, { session }: Candidate): MachineConfig {
  let config = configs.get(session);
  if (!config) {
    const identity = nameOf(session % scope.rates.length);
    config = {
      ...timingsOf(scope),
      identity,
      session: `session ${session}`,
      requests: { read: 1, write: 1 },
      keepsLostWrites: scope.protocol === "rest",
    };
    configs.set(session, config);
  }
  return config;
}

/** One of the candidates. */
export function candidateOf(world: World, index: number): Candidate {
  const candidate = world.candidates[index];
  if (!candidate) throw new Error(`There is no candidate ${index}`);
  return candidate;
}

/** A world in which one candidate differs. */
export function replace(world: World, index: number, change: Partial<Candidate>): World {
  const candidates = world.candidates.slice();
  candidates[index] = { ...candidateOf(world, index), ...change };
  return { ...world, candidates };
}

/** A candidate's process starts. */
export function start(setting: Setting, before: World, index: number): World {
  const world = replace(before, index, { isRunning: true });
  return dispatch(setting, world, index, { type: "start" });
}

/** A candidate's process ends, without a word. What it sent may yet land. */
export function crash(world: World, index: number, scope: Scope): World {
  const { inFlight, strays, session, slept } = candidateOf(world, index);
  return replace(world, index, {
    ...NEW,
    slept,
    session: session + scope.rates.length,
    strays: straysWith(strays, inFlight, scope),
  });
}

/** Whether a write can arrive: there is no revision after the last. */
export function hasRoom({ scope }: Setting, { head }: World, write: WriteRequest): boolean {
  return head.index < scope.revisions || (scope.protocol === "git" && write.base !== head);
}

/** Whether a late write can leave a trace: by git only one that follows the head does. */
export function leavesTrace({ scope }: Setting, { head }: World, write: WriteRequest): boolean {
  return head.index < scope.revisions && (scope.protocol === "rest" || write.base === head);
}

/** A write arrives at the store. */
export function arrive(setting: Setting, world: World, write: WriteRequest): World {
  const { scope, design } = setting;
  const head = design.applyWrite(scope.protocol, world.head, write, world.now);
  checkCommit(world.head, head, write);
  if (head.effective === world.head.effective) return { ...world, head };
  const index = write.session % scope.rates.length;
  const { memory, session } = candidateOf(world, index);
  if (session !== write.session || write.purpose === "release") return { ...world, head };
  return replace({ ...world, head }, index, { memory: { ...memory, effective: write } });
}

/** The answer to a read, from some revision. */
export function answerFrom(world: World, index: number, head: Commit): Outcome {
  return answerToRead(head, candidateOf(world, index).session);
}

/** The answer to a write that has just arrived. */
export function verdict({ design }: Setting, { head }: World, write: WriteRequest): Outcome {
  return design.answerToWrite(head, write);
}

/** The call in flight is answered. */
export function answer(
  setting: Setting,
  world: World,
  index: number,
  outcome: Outcome,
  seen: Commit | undefined,
): World {
  const { state, inFlight, strays } = candidateOf(world, index);
  const isLost = outcome.type === "failed" && inFlight?.outcome === undefined;
  const next = replace(world, index, {
    inFlight: undefined,
    last: outcome.type === "failed" || outcome.type === "conflict" ? undefined : seen,
    strays: isLost ? straysWith(strays, inFlight, setting.scope) : strays,
  });
  return dispatch(setting, next, index, { type: "answer", id: state.call?.id ?? 0, outcome });
}

/** An event reaches a candidate's machine; what it wants done is done. */
export function dispatch(setting: Setting, world: World, index: number, event: Event): World {
  const candidate = candidateOf(world, index);
  const config = configOf(setting, candidate);
  const now = clocksOf(setting, world, index);
  const { state, effects, wakeAt } = setting.design.step(config, candidate.state, event, now);
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
  const { memory, inFlight, strays } = candidateOf(world, index);
  switch (effect.type) {
    case "call":
      return send(setting, world, index, effect, before);
    case "abandon":
      return replace(world, index, {
        inFlight: undefined,
        last: undefined,
        strays: inFlight?.outcome ? strays : straysWith(strays, inFlight, setting.scope),
      });
    case "startTerm": {
      checkStart(effect, memory, world.highestStarted);
      const next = replace(world, index, { memory: { ...memory, term: effect, isWorking: true } });
      checkAlone(setting, next, index);
      return { ...next, highestStarted: effect.token };
    }
    case "extendTerm": {
      checkExtension(effect, memory);
      const term = memory.term && { ...memory.term, sentAt: effect.sentAt };
      const next = replace(world, index, { memory: { ...memory, term } });
      checkAlone(setting, next, index);
      return next;
    }
    case "endTerm":
      return replace(world, index, { memory: { ...memory, term: undefined }, mustSettle: true });
    case "finish":
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
  const { state, memory, last, session, writes } = candidateOf(world, index);
  const now = clocksOf(setting, world, index);
  checkCall(effect, before, state, memory, now, configOf(setting, candidateOf(world, index)));
  const { call: { purpose }, record, version } = effect;
  if (purpose === "look" || !record) {
    return replace(world, index, { last: undefined, inFlight: READ });
  }
  const isKnown = purpose === "create"
    ? last && last.effective.file.kind === "absent"
    : last?.effective.version === version;
  if (!last || !isKnown) throw new Violation("one request a write", `a ${purpose} must read first`);
  const write: WriteRequest = {
    session,
    sequence: writes,
    purpose,
    base: last,
    record,
    sentAt: { monotonic: now.monotonic, wall: now.wall },
    leftAt: world.now,
  };
  const inFlight = { write, outcome: undefined, seen: undefined };
  return replace(world, index, { last: undefined, writes: writes + 1, inFlight });
}

const READ: InFlight = { write: undefined, outcome: undefined, seen: undefined };

/** The first promise, at an instant at which a term has just become valid, or is so for longer. */
function checkAlone(setting: Setting, world: World, index: number): void {
  const { scope } = setting;
  const isStrict = !scope.lateTimers && !scope.lingeringWork && !scope.suspensions;
  world.candidates.forEach((candidate, other) => {
    const { memory, isRunning } = candidate;
    if (other === index || !isRunning) return;
    if (isValid(memory.term, clocksOf(setting, world, other), configOf(setting, candidate))) {
      throw new Violation(
        "one valid term",
        `${nameOf(index)} leads while ${nameOf(other)}'s term ${memory.term?.token} is valid`,
      );
    }
    if (isStrict && memory.isWorking) {
      throw new Violation(
        "one working candidate",
        `${nameOf(index)} leads, ${nameOf(other)} works`,
      );
    }
  });
}

function straysWith(
  strays: readonly WriteRequest[],
  inFlight: InFlight | undefined,
  { strays: most }: Scope,
): readonly WriteRequest[] {
  if (!inFlight?.write || inFlight.outcome || most === 0) return strays;
  return [...strays, inFlight.write].slice(-most);
}
