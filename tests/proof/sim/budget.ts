import { POLL_JITTER } from "../../../elector/timings.ts";
import { Violation } from "../model/checks.ts";
import { nameOf } from "./observer.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** The most that a process may ask for within a span of any weather; starts the count anew. */
export function checkBudget({ processes, scenario: { timings } }: World, span: number): void {
  const { pollPeriod, renewDeadline, retryPeriod } = timings;
  const retryDelay = Math.min(retryPeriod, renewDeadline / 20);
  for (const process of processes) {
    const window = span * process.seat.clock.rate;
    const retries = Math.ceil(window / retryDelay) + 3;
    check(process, "reads", Math.ceil(window / ((1 - POLL_JITTER) * pollPeriod)) + retries + 10);
    check(process, "sentWrites", Math.ceil(window / retryPeriod) + retries);
    // A call is sent and answered, or given up; there is a little besides.
    check(process, "steps", 3 * (process.reads + process.sentWrites) + 50);
    process.steps = process.reads = process.sentWrites = 0;
  }
}

/** What a calm span may cost: one write each R, one poll of each follower each 0.8 P. */
export function checkThrift({ processes, scenario }: World, leader: Process, span: number): void {
  const { retryPeriod, pollPeriod } = scenario.timings;
  for (const process of processes) {
    const own = span * process.seat.clock.rate;
    const isLeader = process === leader;
    const polls = Math.ceil(own / ((1 - POLL_JITTER) * pollPeriod)) + 1;
    check(process, "reads", isLeader ? 0 : polls);
    check(process, "sentWrites", isLeader ? Math.ceil(own / retryPeriod) + 1 : 0);
  }
}

function check(process: Process, kind: "reads" | "sentWrites" | "steps", most: number): void {
  if (process[kind] <= most) return;
  throw new Violation(
    kind === "steps" ? "time moves on" : "requests are few",
    `${nameOf(process)}: ${process[kind]} ${kind} where ${most} are the most`,
  );
}
