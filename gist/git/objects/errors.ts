import { escapeText, LockUnavailableError } from "../../../lock/mod.ts";

/** Bytes are not what git would have written. */
export class GitFormatError extends Error {
  /** The literal name of this error. */
  override readonly name = "GitFormatError";
}

/**
 * Reads an answer: one that is not git's says nothing of the record.
 *
 * @param name What the answer is about, for the error.
 * @param read Reads it.
 * @throws {LockUnavailableError} In the place of a {@linkcode GitFormatError}, which is its cause.
 */
export function orUnavailable<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof GitFormatError)) throw cause;
    throw new LockUnavailableError(
      `Cannot use the git server's answer about ${name}: ${escapeText(cause.message, 500)}`,
      { cause },
    );
  }
}
