/**
 * The exit codes of the program. `elector run` also exits with the code of its command, and with 128 + n if signal n ended
 * the command, or the program itself. They follow `sysexits.h` if it has a name for the case.
 */
export const EXIT = Object.freeze({
  ok: 0,
  failed: 1,
  usage: 64,
  data: 65,
  unavailable: 69,
  internal: 70,
  notEnded: 71,
  notAcquired: 75,
  lost: 76,
  noAccess: 77,
  config: 78,
  notExecutable: 126,
  notFound: 127,
  interrupted: 130,
});

/** The meaning of each code, for `elector help exit-codes` and the docs. */
export const EXIT_CODE_TEXTS: readonly (readonly [number, string])[] = [
  [EXIT.ok, "success"],
  [EXIT.failed, "the answer is no: no leader, a broken rule, limits exceeded"],
  [EXIT.usage, "invalid command line, or an option's value has the wrong form"],
  [EXIT.data, "the record is not valid, of another protocol, moved or deleted"],
  [EXIT.unavailable, "the store (or the address given with --http) cannot be reached"],
  [EXIT.internal, "the program failed, or one of the two processes of run was killed"],
  [EXIT.notEnded, "run: the command could not be ended; the lock was not released"],
  [EXIT.notAcquired, "run: not leader within --wait; resign, handover: no successor in time"],
  [EXIT.lost, "run --once: leadership was lost, and the command was ended"],
  [EXIT.noAccess, "no access token, one without access, or no such gist or object"],
  [EXIT.config, "an option or a variable has an invalid value, or is missing"],
  [EXIT.notExecutable, "run: the command cannot be executed"],
  [EXIT.notFound, "run: the command was not found"],
];

/** The signals that may end this program; their numbers are the same on every system. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGTERM: 15,
};

/** The exit code for being ended by a signal: 128 + n. */
export function exitCodeOfSignal(signal: Deno.Signal): number {
  return 128 + (SIGNAL_NUMBERS[signal] ?? 0);
}
