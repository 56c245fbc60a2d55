import { Violation } from "../model/checks.ts";
import { holdsTerm, nameOf } from "./observer.ts";
import type { Process } from "./process.ts";
import { resume } from "./weather.ts";
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
    if (seat.process !== process || habit !== "prompt" || isIdle) world.kill(process);
  }
  for (const seat of seats) {
    seat.cut = "nothing";
    seat.refused = "nothing";
    seat.lateness = 0;
    for (const process of processes) {
      if (process.seat !== seat) continue;
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

/** A leader must be there now, and it must not have taken many writes. */
export function checkLeader(world: World, claimsBefore: number): Process {
  const { processes, now, gist, seats } = world;
  const leader = processes.find((process) => holdsTerm(process, now));
  if (!leader) throw new Violation("a leader in time", "nobody leads though all is calm");
  const claims = gist.claims - claimsBefore;
  if (claims > 2 * seats.length) {
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
