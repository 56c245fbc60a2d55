/**
 * The exit codes of the program. `elector run` also exits with the code of its command, and with 128 + n if signal n ended
 * the command, or the program itself. They follow `sysexits.h` if it has a name for the case.
 */
const CODES = {
  ok: [0, "success"],
  failed: [1, "the answer is no: no leader, a broken rule, limits exceeded"],
  usage: [64, "invalid command line, or an option's value has the wrong form"],
  data: [65, "the record is not valid, of another protocol, moved or deleted"],
  unavailable: [69, "the store (or the address given with --http) cannot be reached"],
  internal: [70, "the program failed, or one of the two processes of run was killed"],
  notEnded: [71, "run: the command could not be ended; the lock was not released"],
  notAcquired: [75, "run: not leader within --wait; resign, handover: no successor in time"],
  lost: [76, "run --once: leadership was lost, and the command was ended"],
  noAccess: [77, "no access token, one without access, or no such gist or object"],
  config: [78, "an option or a variable has an invalid value, or is missing"],
  notExecutable: [126, "run: the command cannot be executed"],
  notFound: [127, "run: the command was not found"],
} as const;

export const EXIT = Object.fromEntries(
  Object.entries(CODES).map(([name, [code]]) => [name, code]),
) as Readonly<Record<keyof typeof CODES, number>>;

/** The meaning of each code, for `elector help exit-codes` and the docs. */
export const EXIT_CODE_TEXTS: readonly (readonly [number, string])[] = Object.values(CODES);

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
