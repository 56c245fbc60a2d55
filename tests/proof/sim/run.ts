import { failoverBounds } from "../../../elector/mod.ts";
import { violationIn } from "../model/checks.ts";
import { Coverage } from "./coverage.ts";
import { type Design, SHIPPED } from "../model/design.ts";
import { checkBudget, checkThrift } from "./budget.ts";
import {
  askOn,
  beginCalm,
  bestRank,
  checkHome,
  checkLeader,
  checkStays,
  homeWithin,
} from "./calm.ts";
import { type Choices, makeScenario, requestsOf, type Scenario } from "./scenario.ts";
import { Storm } from "./weather.ts";
import { World } from "./world.ts";

/** How long the calm lasts once a leader must be there, in leases. */
const CALM = 4;

/** What a seed came to. */
export interface Run {
  readonly scenario: Scenario;
  /** The promise that was broken, or what else went wrong. */
  readonly failure: Error | undefined;
  /** Names the whole course of events. */
  readonly hash: string;
  /** The end of the story, where it was told. */
  readonly story: readonly string[];
  /** True time that passed, in milliseconds. */
  readonly simulated: number;
  readonly events: number;
  readonly terms: number;
  readonly revisions: number;
  /** How many stale effects the fenced resource refused. */
  readonly refused: number;
}

/** What a run may be told. */
export interface RunOptions extends Choices {
  readonly design?: Design | undefined;
  readonly coverage?: Coverage | undefined;
  readonly isTold?: boolean | undefined;
}

/** Plays one seed. */
export function run(seed: number, options: RunOptions = {}): Run {
  const { design = SHIPPED, coverage = new Coverage(), isTold = false } = options;
  const scenario = makeScenario(seed, options);
  const world = new World({ scenario, design, coverage, isTold });
  let failure: Error | undefined;
  try {
    play(world);
  } catch (error) {
    failure = violationIn(error) ?? (error instanceof Error ? error : new Error(String(error)));
    world.tell(failure.message);
  }
  return {
    scenario,
    failure,
    hash: world.trace.hash,
    story: world.trace.lines,
    simulated: world.now,
    events: world.events,
    terms: world.observer.terms,
    revisions: world.gist.head.index,
    refused: world.resource.refused,
  };
}

/** The storm, the time within which a leader must come, and the time for which it must stay. */
function play(world: World): void {
  const { hours, timings, kind, rateBound, protocol } = world.scenario;
  const calmAt = hours * 3_600_000;
  for (const seat of world.seats) {
    world.queue.add(seat.index * timings.pollPeriod / 3, () => world.start(seat));
  }
  new Storm(world, calmAt).begin();
  for (let at = 0; at < calmAt; at += timings.leaseDuration) {
    world.runUntil(Math.min(calmAt, at + timings.leaseDuration));
    checkBudget(world, timings.leaseDuration);
  }
  if (kind === "broken clocks") return;
  const holdOff = beginCalm(world);
  const claims = world.gist.claims;
  const within = (holdOff +
    failoverBounds(timings, requestsOf(protocol), protocol === "rest", bestRank(world.seats))
      .crash) /
    (1 - rateBound);
  const { asked, delay } = askOn(world, within);
  const delayed = within + delay;
  world.runUntil(calmAt + delayed);
  let leader = checkLeader(world, claims, asked);
  checkBudget(world, delayed);
  const home = homeWithin(world);
  if (home > 0) {
    world.runUntil(world.now + home);
    leader = checkHome(world);
    checkBudget(world, home);
  }
  const span = CALM * timings.leaseDuration;
  world.runUntil(world.now + span);
  checkStays(world, leader);
  checkThrift(world, leader, span);
}
