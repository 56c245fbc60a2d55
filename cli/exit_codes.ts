import { constants } from "node:os";

/**
 * The exit codes of the program. `elector run` also exits with its command's own code, and with 128 + n where its command,
 * or it itself, was ended by signal n. They follow `sysexits.h` where it has a name for the case.
 */
export const EXIT = Object.freeze({
  /** All went well. */
  ok: 0,
  /** The answer is no: nobody leads, a promise was broken, the limits do not allow the plan. */
  failed: 1,
  /** The command line is not right. */
  usage: 64,
  /** What is stored is not a record, or one of another protocol. */
  data: 65,
  /** The store, or the program's own HTTP address, cannot be reached. */
  unavailable: 69,
  /** The program itself failed. */
  internal: 70,
  /** The command could not be ended. */
  notEnded: 71,
  /** Leadership was not acquired in time. */
  notAcquired: 75,
  /** Leadership was lost, and `--once` was given. */
  lost: 76,
  /** The token is missing, or may not do it; or the gist's id is not right. */
  noAccess: 77,
  /** An option or a variable has a wrong value. */
  config: 78,
  /** The command cannot be executed, as shells have it. */
  notExecutable: 126,
  /** The command was not found, as shells have it. */
  notFound: 127,
  /** 128 + 2, as shells have it. */
  interrupted: 130,
});

/** Each code, and what it means, for `elector help exit-codes` and the docs. */
export const EXIT_CODE_TEXTS: readonly (readonly [number, string])[] = [
  [EXIT.ok, "all went well"],
  [EXIT.failed, "the answer is no: nobody leads, a promise was broken, the limits forbid it"],
  [EXIT.usage, "the command line is not right"],
  [EXIT.data, "what is stored is no record, or one of another protocol"],
  [EXIT.unavailable, "the store (or the address given with --http) cannot be reached"],
  [EXIT.internal, "the program itself failed; please report it"],
  [EXIT.notEnded, "run: the command could not be ended; the lock was not released"],
  [EXIT.notAcquired, "run: leadership was not acquired within --wait"],
  [EXIT.lost, "run --once: leadership was lost, and the command was ended"],
  [EXIT.noAccess, "the token is missing or may not do it, or the gist id is not right"],
  [EXIT.config, "an option or a variable has a wrong value"],
  [EXIT.notExecutable, "run: the command cannot be executed"],
  [EXIT.notFound, "run: the command was not found"],
];

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { ...constants.signals };

/** The exit code that stands for being ended by a signal: 128 + n. */
export function exitCodeOfSignal(signal: Deno.Signal): number {
  return 128 + (SIGNAL_NUMBERS[signal] ?? 0);
}
