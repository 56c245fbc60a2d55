import type { MachineConfig } from "../../../elector/machine/turn.ts";
import type { Reading } from "../../../elector/machine/state.ts";
import { isValid, type Promised, Violation } from "../model/checks.ts";
import type { Design } from "../model/design.ts";
import { type Candidate, candidateOf, nameOf, type World } from "./candidate.ts";
import { preferenceOf, rateOf, requestsOf, type Scope, timingsOf } from "./scope.ts";

/** What every world of a scope has in common. */
export interface Setting {
  readonly scope: Scope;
  readonly design: Design;
  /** The only promise that is watched; all of them where it is left out. */
  readonly only: Promised | undefined;
  /** By lock object and campaign. A lock's number, modulo the number of electors, is its elector's. */
  readonly configs: Map<number, MachineConfig>;
}

/** How many campaigns with one lock object there may be. */
const CAMPAIGNS = 16;

/** Makes a setting. */
export function makeSetting(scope: Scope, design: Design, only?: Promised): Setting {
  return { scope, design, only, configs: new Map() };
}

/** What a candidate's machine is told of itself. Each campaign has a session of its own. */
export function configOf(
  { configs, scope }: Setting,
  { session, campaign }: Pick<Candidate, "session" | "campaign">,
): MachineConfig {
  const key = session * CAMPAIGNS + campaign;
  let config = configs.get(key);
  if (!config) {
    config = {
      ...timingsOf(scope),
      ...preferenceOf(scope, session % scope.rates.length),
      identity: nameOf(session % scope.rates.length),
      session: `campaign ${campaign} of ${session}`,
      requests: requestsOf(scope),
      keepsLostWrites: scope.protocol === "rest",
    };
    configs.set(key, config);
  }
  return config;
}

/** The monotonic clock of a candidate. */
export function monotonicOf({ scope }: Setting, world: World, index: number): number {
  const { slept, suspendedAt } = candidateOf(world, index);
  return ((suspendedAt ?? world.now) - slept) * rateOf(scope, index);
}

/** Both clocks of a candidate, and what it draws. */
export function clocksOf(setting: Setting, world: World, index: number): Reading {
  const { scope } = setting;
  const { wallStep, isUnready } = candidateOf(world, index);
  return {
    monotonic: monotonicOf(setting, world, index),
    // No two wall clocks agree on the time of day.
    wall: world.now * rateOf(scope, index) + index * 2 * timingsOf(scope).leaseDuration + wallStep,
    random: scope.randoms[index] ?? 0,
    isReady: !isUnready,
  };
}

/** Looks whether a promise is kept, unless it is not watched. */
export function watch({ only }: Setting, check: () => void): void {
  try {
    check();
  } catch (error) {
    const isWatched = !(error instanceof Violation) || only === undefined || error.promise === only;
    if (isWatched) throw error;
  }
}

/** The first promise, at an instant at which a term has just become valid, or is so for longer. */
export function checkAlone(setting: Setting, world: World, index: number): void {
  const { lateTimers, lingeringWork, suspensions } = setting.scope;
  const isStrict = !lateTimers && !lingeringWork && !suspensions;
  if (!holdsTerm(setting, world, index)) return;
  world.candidates.forEach((candidate, other) => {
    const { memory, isRunning } = candidate;
    if (other === index || !isRunning || isOverridden(world, candidate)) return;
    if (holdsTerm(setting, world, other)) {
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

/** Whether a candidate has a valid term that nobody but an elector could have ended. */
export function holdsTerm(setting: Setting, world: World, index: number): boolean {
  const candidate = candidateOf(world, index);
  const { memory: { term }, isRunning } = candidate;
  return isRunning && !isOverridden(world, candidate) &&
    isValid(term, clocksOf(setting, world, index), configOf(setting, candidate));
}

/** Whether the lock was set free over a candidate's head. */
export function isOverridden({ freedAt }: World, { memory: { effective } }: Candidate): boolean {
  return effective !== undefined && effective.base.index + 1 < freedAt;
}
