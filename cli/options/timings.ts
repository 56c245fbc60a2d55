import { checkTimings, type Timings } from "../../elector/timings.ts";
import { checkPeriod } from "../../lock/mod.ts";
import { CommandError, messageOf } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { formatSeconds } from "../output/terminal.ts";
import { OPTIONS, type RUN_OPTIONS, type TIMING_OPTIONS, type Values } from "./options.ts";
import { sourceOf } from "./read.ts";

/** Reads the timings, checked against each other. */
export function readTimings(values: Values<typeof TIMING_OPTIONS[number]>): Timings {
  return configured(values, () =>
    checkTimings({
      leaseDuration: values["lease-duration"],
      renewDeadline: values["renew-deadline"],
      retryPeriod: values["retry-period"],
      pollPeriod: values["poll-period"],
      requestTimeout: values["request-timeout"],
    }));
}

export interface RunTimings extends Timings {
  /** How long the command has from TERM to KILL, in milliseconds. */
  readonly grace: number;
}

/** How much longer than its grace period a command may take to end before that is reported, in milliseconds. */
const DRAIN_SLACK_MS = 10_000;

/** Reads the timings of a run, checked against each other and the grace period. */
export function readRunTimings(values: Values<typeof RUN_OPTIONS[number]>): RunTimings {
  const timings = readTimings(values);
  const grace = checkGrace(timings, values.grace, (name) => sourceOf(values, name));
  return { ...timings, drainTimeout: grace + DRAIN_SLACK_MS, grace };
}

/** The grace period of a command unless it is set, in milliseconds. */
const DEFAULT_GRACE_MS = 10_000;

/** How late a timer and a KILL may be, in milliseconds. */
const SLACK_MS = 300;

/** The part of the lease duration that clocks of different rates may take: what the election itself keeps free. */
const RATE_GUARD = 0.05;

/**
 * The longest grace period that ends before another candidate can take over, in milliseconds: the command gets TERM at the
 * renew deadline, others take over after the lease duration, and some of the time between belongs to clocks and timers.
 */
export function longestGrace({ leaseDuration, renewDeadline }: Timings): number {
  return leaseDuration - renewDeadline - RATE_GUARD * leaseDuration - SLACK_MS;
}

/** Checks how long the command has from TERM to KILL, in milliseconds; unless it is set: 10 s, or as long as fits. */
export function checkGrace(
  timings: Timings,
  grace: number | undefined,
  source: (name: string) => string = (name) => `--${name}`,
): number {
  const longest = Math.floor(longestGrace(timings));
  const [lease, deadline] = [source("lease-duration"), source("renew-deadline")];
  if (longest < 0) {
    throw new CommandError(
      EXIT.config,
      `${lease} must be at least 5 % and ${SLACK_MS} ms longer than ${deadline}, to end the command in time, ` +
        `got ${formatSeconds(timings.leaseDuration)} and ${formatSeconds(timings.renewDeadline)}`,
    );
  }
  if (grace === undefined) return Math.min(DEFAULT_GRACE_MS, longest);
  if (grace <= longest) return grace;
  const name = source("grace");
  const [most, given] = [longest, grace].map(formatSeconds);
  throw new CommandError(
    EXIT.config,
    `${name} must be at most ${most}, to end the command before another candidate takes over, ` +
      `got ${given}: raise ${lease} or lower ${deadline}`,
  );
}

/** Reads the poll period of a command that has no other timing. */
export function readPollPeriod(values: Values<"poll-period">): number {
  return configured(values, () => checkPeriod("pollPeriod", values["poll-period"]));
}

/** Creates something from options: what it refuses is a configuration error. */
export function configured<T>(values: object, create: () => T): T {
  try {
    return create();
  } catch (error) {
    throw configError(values, error);
  }
}

/** The options that the library knows by other words; of the rest, only the spelling differs. */
const OPTION_NAMES: ReadonlyMap<string, string> = new Map([
  ["id", "gist"],
  ["url", "lock"],
  ["base-url", "api-url"],
  ["git-base-url", "git-url"],
]);

/** The error for a refused option, with the names that the user knows; any other error as it is. */
export function configError(values: object, error: unknown): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError)) return error;
  // Short names are words, too: they count only where a rule begins.
  const message = messageOf(error).replaceAll(
    /^\w+(?= must )|(?<=^No region: set )region|\b(?:lease|renew|retry|poll|request)(?:Duration|Deadline|Period|Timeout)\b/g,
    (name) => {
      // No option has it: those who mean `--token` mean a fencing token.
      if (name === "token") return "The access token";
      const spelled = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const option = OPTION_NAMES.get(spelled) ?? spelled;
      return Object.hasOwn(OPTIONS, option) ? sourceOf(values, option) : name;
    },
  );
  return new CommandError(EXIT.config, message, { cause: error });
}
