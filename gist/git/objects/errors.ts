import { escapeText, LockUnavailableError } from "../../../lock/mod.ts";

/** Malformed data of git. The message is a clause, such as "the pack is truncated". */
export class GitFormatError extends Error {
  override readonly name = "GitFormatError";
}

/**
 * Parses a response about the repository `name`. A malformed one says nothing about the record.
 *
 * @throws {LockUnavailableError} Instead of a {@linkcode GitFormatError}, which becomes its cause.
 */
export function orUnavailable<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof GitFormatError)) throw cause;
    throw new LockUnavailableError(
      `Cannot use the git server's response about ${name}: ${escapeText(cause.message, 500)}`,
      { cause },
    );
  }
}
