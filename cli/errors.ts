import {
  escapeText,
  InvalidRecordError,
  LockAccessError,
  LockDeletedError,
  LockError,
  ProtocolMismatchError,
} from "../lock/mod.ts";
import { UsageError } from "./command.ts";
import { EXIT } from "./exit_codes.ts";

/** A failure whose message is all that the user needs, and its exit code. */
export class CommandError extends Error {
  /** The literal name of this error. */
  override readonly name = "CommandError";
  /** The exit code. */
  readonly exitCode: number;

  /** Makes the error from its exit code and one sentence. */
  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** What a failure comes to: one line for stderr, and the exit code. */
export interface Failure {
  /** One line. */
  readonly message: string;
  /** The exit code. */
  readonly exitCode: number;
}

/** What a failure comes to. A fault of the program itself keeps its stack, for the report. */
export function failureOf(error: unknown): Failure {
  const exitCode = exitCodeOf(error);
  if (exitCode === EXIT.internal && error instanceof Error && error.stack) {
    return { message: error.stack, exitCode };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message: escapeText(message, 1_000), exitCode };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof LockAccessError) return EXIT.noAccess;
  if (
    error instanceof InvalidRecordError || error instanceof ProtocolMismatchError ||
    error instanceof LockDeletedError
  ) return EXIT.data;
  if (error instanceof LockError) return EXIT.unavailable;
  return EXIT.internal;
}
