import type { Timings } from "../../elector/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { CommandError } from "../errors.ts";

/** How long the command has from TERM to KILL where nothing is said, in milliseconds. */
const DEFAULT_GRACE_MS = 10_000;

/** What a timer and a KILL may be late by, in milliseconds. */
const SLACK_MS = 300;

/** The part of L that clocks of different rates may eat: what the election itself keeps free. */
const RATE_GUARD = 0.05;

/**
 * The longest grace that ends before anybody else can take over, in milliseconds: the command gets TERM when D has passed,
 * others take over when L has, and some of what is between belongs to clocks and timers.
 */
export function longestGrace({ leaseDuration, renewDeadline }: Timings): number {
  return leaseDuration - renewDeadline - RATE_GUARD * leaseDuration - SLACK_MS;
}

/**
 * How long the command has from TERM to KILL, in milliseconds.
 *
 * @param asked What the user wants; without it, 10 s or as long as fits.
 * @throws {CommandError} If it does not fit.
 */
export function checkGrace(timings: Timings, asked: number | undefined): number {
  const longest = Math.floor(longestGrace(timings));
  if (longest < 0) {
    throw new CommandError(
      EXIT.config,
      `Cannot run a command as --lease-duration must be longer than --renew-deadline by 5 % and ${SLACK_MS} ms more, ` +
        `to end it in time: raise the one (${timings.leaseDuration} ms) or lower the other (${timings.renewDeadline} ms)`,
    );
  }
  if (asked === undefined) return Math.min(DEFAULT_GRACE_MS, longest);
  if (asked <= longest) return asked;
  throw new CommandError(
    EXIT.config,
    `Cannot use --grace as it must be at most ${longest} ms, so that the command is gone before anybody else can take ` +
      `over: it is ${asked} ms; raise --lease-duration or lower --renew-deadline`,
  );
}
