import { checkTimings, DEFAULT_TIMINGS, type Timings } from "../../elector/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";
import type { TIMING_OPTIONS, Values } from "./options.ts";

/**
 * The timings that were asked for, checked against each other.
 *
 * @param values The options.
 * @param drainTimeout How long the work of a term may take to settle, in milliseconds.
 * @throws {CommandError} If they break a rule.
 */
export function readTimings(
  values: Values<typeof TIMING_OPTIONS[number]>,
  drainTimeout: number = DEFAULT_TIMINGS.drainTimeout,
): Timings {
  return configured(() =>
    checkTimings({
      leaseDuration: values["lease-duration"],
      renewDeadline: values["renew-deadline"],
      retryPeriod: values["retry-period"],
      pollPeriod: values["poll-period"],
      requestTimeout: values["request-timeout"],
      drainTimeout,
    })
  );
}

/** Makes something out of options: what it refuses is bad configuration. */
export function configured<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw configError(error);
  }
}

/** The error that a refused option comes to, told with the names of the options; any other error is as it was. */
export function configError(error: unknown): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError)) return error;
  const message = error.message.replaceAll(
    /\b(lease|renew|retry|poll|request)(Duration|Deadline|Period|Timeout)\b/g,
    (_, first, second) => `--${first}-${second.toLowerCase()}`,
  );
  return new CommandError(EXIT.config, message, { cause: error });
}
