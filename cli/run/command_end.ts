import type { ProcessGroup } from "./process_group.ts";

/** How a process ended. */
export interface Ending {
  /** Its exit code, 128 + n for signal n. */
  readonly code: number;
  /** The signal that ended it; `undefined` where none did. */
  readonly signal: string | undefined;
}

/** A command that runs. */
export interface StartedCommand {
  /** The group that it leads. */
  readonly group: ProcessGroup;
  /** Resolves once the process has ended. Its children may go on. */
  readonly exited: Promise<Ending>;
}

/** How the command of a term came to its end. */
export interface CommandEnd extends Ending {
  /** The fencing token of the term. */
  readonly token: number;
  /** What ended it: the command itself, this program's own end, or the end of its lease. */
  readonly cause: "itself" | "stop" | "loss";
}
