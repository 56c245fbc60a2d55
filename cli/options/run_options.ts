import type { Timings } from "../../elector/mod.ts";
import { checkGrace } from "./grace.ts";
import { readTimings } from "./timings.ts";
import { GIST_OPTIONS, TIMING_OPTIONS, type Values } from "./options.ts";

/** What `elector run` takes; its campaigner is given the same. */
export const RUN_OPTIONS = [
  ...GIST_OPTIONS,
  "identity",
  ...TIMING_OPTIONS,
  "grace",
  "wait",
  "once",
  "http",
  "json",
  "candidates",
] as const;

/** How much longer than its grace a command's end may take before it is reported, in milliseconds. */
const DRAIN_SLACK_MS = 10_000;

/** The timings of a run. */
export interface RunTimings extends Timings {
  /** How long the command has from TERM to KILL, in milliseconds. */
  readonly grace: number;
}

/**
 * The timings of a run, checked against each other.
 *
 * @throws {CommandError} If they break a rule, or the grace does not fit in.
 */
export function readRunTimings(values: Values<typeof RUN_OPTIONS[number]>): RunTimings {
  const grace = checkGrace(readTimings(values), values.grace);
  return { ...readTimings(values, grace + DRAIN_SLACK_MS), grace };
}
