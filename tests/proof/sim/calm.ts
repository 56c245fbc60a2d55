import { failoverBounds } from "../../../elector/mod.ts";
import { Violation } from "../model/checks.ts";
import { holdsTerm, nameOf } from "./observer.ts";
import type { Process, Seat } from "./process.ts";
import { PREFERENCES, requestsOf, type Scenario } from "./scenario.ts";
import { askForHandover, resume } from "./weather.ts";
import type { World } from "./world.ts";

/**
 * All faults cease: who is paused goes on, who is gone starts again, work that never ends is ended with its process.
 *
 * @returns How long candidates may rightly wait before they act, by the slowest clock, in milliseconds.
 */
export function beginCalm(world: World): number {
  const { network, queue, seats, processes, gist, now, scenario } = world;
  world.tell("calm");
  network.isCalm = true;
  queue.clear();
  gist.limitedUntil = -Infinity;
  for (const { inFlight } of processes) {
    if (!inFlight) continue;
    // What is still on its way is lost, and heard to be.
    inFlight.arriveAt = Infinity;
    inFlight.answerAt = Math.min(inFlight.answerAt, now);
  }
  for (const process of processes.slice()) {
    const { seat, habit, state: { started, finished } } = process;
    // A campaign that has yet to begin would never do so: what was arranged is called off.
    const isIdle = !started || finished;
    if (seat.process !== process || habit !== "prompt" || isIdle || process.isOld) {
      world.kill(process);
    }
  }
  for (const seat of seats) {
    seat.cut = "nothing";
    seat.refused = "nothing";
    seat.lateness = 0;
    seat.isUnready = false;
    for (const process of world.processesAt(seat)) {
      process.pausedUntil = now;
      world.rearm(process);
    }
    resume(world, seat);
    if (!seat.process) world.start(seat);
  }
  if (gist.head.effective.file.kind === "absent" && gist.head.parent) {
    throw new Error("The record must have been brought back by now");
  }
  const { leaseDuration } = scenario.timings;
  return processes.reduce((longest, process) => {
    const monotonic = process.seat.clock.monotonicAt(now);
    const { state: { claimFrom, notBefore, holdBack }, seat: { clock } } = process;
    const deafUntil = deafness(process, gist.head.effective.version);
    const heldUntil = Math.max(claimFrom, notBefore, holdBack?.until ?? -Infinity, deafUntil);
    const waits = Math.max(0, heldUntil - monotonic);
    return Math.max(longest, Math.min(waits, 100 * leaseDuration) / clock.rate);
  }, 0);
}

/** Until when, by its monotonic clock, a process that took a stale answer for the newest takes the newest for stale. */
function deafness({ state, config }: Process, newest: string): number {
  const { observed, superseded, firstReadAt = -Infinity } = state;
  if (!observed || !superseded.includes(newest)) return -Infinity;
  return Math.max(observed.at, firstReadAt) + Math.max(observed.duration, config.leaseDuration);
}

/**
 * Requests go on for a while, at any time.
 *
 * @returns How many there are at most, and by how much they may delay a leader, by the slowest clock.
 */
export function askOn(world: World, within: number): { asked: number; delay: number } {
  const { scenario: { faults, timings: { pollPeriod, leaseDuration } }, queue } = world;
  if (!PREFERENCES.some((preference) => faults.has(preference))) {
    return { asked: 0, delay: 0 };
  }
  let asked = 0;
  const random = world.randomOf("requests");
  for (let at = 0; faults.has("requests") && at < within;) {
    at += random.between(pollPeriod, leaseDuration);
    asked++;
    queue.add(world.now + at, () => askForHandover(world, random, pollPeriod));
  }
  return { asked: 2 * asked, delay: delayBy(asked, world) };
}

/** Who may lead, and what it depends on how soon. */
interface Candidates {
  readonly scenario: Pick<Scenario, "failback" | "timings" | "rateBound" | "protocol">;
  readonly seats: readonly Ranked[];
}

type Ranked = Pick<Seat, "rank">;

/** By how much so many instants at which handovers are asked for may delay a leader, by the slowest clock. */
export function delayBy(asked: number, candidates: Candidates): number {
  const { timings: { pollPeriod, leaseDuration }, rateBound } = candidates.scenario;
  // A name that nobody has, a request on each claim, and a handover at the end.
  const delay = 1.5 * pollPeriod + 2 * asked * pollPeriod + handoverWithin(candidates) +
    leaseDuration;
  return delay / (1 - rateBound);
}

/** How long it may take until the best rank leads, by the slowest clock; 0 where that is not asked for. */
export function homeWithin(candidates: Candidates): number {
  const { seats, scenario: { failback, timings, rateBound, protocol } } = candidates;
  if (failback === Infinity) return 0;
  const requests = requestsOf(protocol);
  const once = failback + 2 * timings.pollPeriod + handoverWithin(candidates) +
    2 * (requests.read + requests.write) * timings.requestTimeout;
  // One rank after the other asks.
  return new Set(seats.map(({ rank }) => rank)).size * once / (1 - rateBound);
}

/** How long after a request the next one leads: the leader hears of it at its next renewal. */
function handoverWithin({ seats, scenario: { timings, protocol } }: Candidates): number {
  const requests = requestsOf(protocol);
  return timings.retryPeriod + 2 * (requests.read + requests.write) * timings.requestTimeout +
    failoverBounds(timings, requests, protocol === "rest", bestRank(seats) + 2).release;
}

/** The best rank must lead now. */
export function checkHome({ processes, now, seats }: World): Process {
  const leader = processes.find((process) => holdsTerm(process, now));
  if (!leader) throw new Violation("a leader in time", "nobody leads though all is calm");
  if (leader.seat.rank === bestRank(seats)) return leader;
  throw new Violation(
    "the best rank leads",
    `${nameOf(leader)} of rank ${leader.seat.rank} leads, though ${bestRank(seats)} is ready`,
  );
}

/** The best rank that there is. */
export function bestRank(seats: readonly Ranked[]): number {
  return Math.min(...seats.map(({ rank }) => rank));
}

/** A leader must be there now, and it must not have taken many writes. */
export function checkLeader(world: World, claimsBefore: number, handovers: number): Process {
  const { processes, now, gist, seats } = world;
  const leader = processes.find((process) => holdsTerm(process, now));
  if (!leader) throw new Violation("a leader in time", "nobody leads though all is calm");
  const claims = gist.claims - claimsBefore;
  if (claims > 2 * seats.length * (1 + handovers)) {
    throw new Violation("contenders converge", `${claims} claims of ${seats.length} candidates`);
  }
  return leader;
}

/** A leader whom nothing happens to stays. */
export function checkStays({ processes, now, observer }: World, leader: Process): void {
  if (holdsTerm(leader, now) && leader.state.startedToken === leader.term?.token) {
    const others = processes.filter((process) => process !== leader && process.isWorking);
    if (others.length === 0 && observer.lastStartAt <= now) return;
  }
  throw new Violation("a healthy leader stays", `${nameOf(leader)} does not lead any more`);
}
