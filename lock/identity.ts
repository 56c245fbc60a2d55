import { escapeText } from "./escape.ts";

/**
 * Checks the identity of a candidate and returns it.
 *
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it is not 1 to 128 characters long, or has a control character.
 */
export function checkIdentity(identity: unknown): string {
  if (identity === undefined) {
    throw new TypeError("No identity: pass a name that no other candidate has");
  }
  if (typeof identity !== "string") {
    throw new TypeError(
      `identity must be a string, got ${identity === null ? null : typeof identity}`,
    );
  }
  if (!isIdentity(identity)) {
    throw new RangeError(
      `identity must be 1 to 128 characters without control characters, got "${
        escapeText(identity, 140)
      }"`,
    );
  }
  return identity;
}

/** Whether a text can be a candidate's identity: 1 to 128 characters without control characters. */
export function isIdentity(text: string): boolean {
  return text.length >= 1 && text.length <= 128 && !/\p{Cc}/u.test(text);
}
