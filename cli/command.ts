/** One command of the program. */
export interface Command {
  /** What it does, in one line for `--help`. */
  readonly summary: string;
  /** Whether `--help` leaves it out: a command that the program gives only to itself. */
  readonly isHidden?: boolean;
  /**
   * Does it.
   *
   * @param args What follows the command's name.
   * @returns The exit code.
   */
  run(args: string[]): Promise<number>;
}

/** The command line is not right; its message is all that the user needs. */
export class UsageError extends Error {
  /** The literal name of this error. */
  override readonly name = "UsageError";
}
