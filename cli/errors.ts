import {
  escapeText,
  InvalidRecordError,
  LockAccessError,
  LockDeletedError,
  LockError,
  ProtocolMismatchError,
} from "../lock/mod.ts";
import { EXIT } from "./exit_codes.ts";

/** A failure whose message is all that the user needs, with its exit code. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(readonly exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

export function usageError(message: string): CommandError {
  return new CommandError(EXIT.usage, message);
}

/** Turns an error into a line and an exit code. A fault of the program itself keeps its stack, for the report. */
export function failureOf(error: unknown) {
  const exitCode = exitCodeOf(error);
  if (exitCode === EXIT.internal && error instanceof Error && error.stack) {
    return { message: error.stack, exitCode };
  }
  return { message: escapeText(messageOf(error), 1_000), exitCode };
}

/** The message of an error, or whatever else was thrown, as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof LockAccessError) return EXIT.noAccess;
  if (
    error instanceof InvalidRecordError || error instanceof ProtocolMismatchError ||
    error instanceof LockDeletedError
  ) return EXIT.data;
  if (error instanceof LockError) return EXIT.unavailable;
  return EXIT.internal;
}

/** Starts a server, where `what` completes "Cannot …". */
export function listening<S>(what: string, serve: () => S): S {
  try {
    return serve();
  } catch (cause) {
    const reason = cause instanceof Deno.errors.AddrInUse
      ? "another process listens there"
      : "the system refuses the address";
    throw new CommandError(EXIT.unavailable, `Cannot ${what}: ${reason}`, { cause });
  }
}
