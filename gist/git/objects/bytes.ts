import { GitFormatError } from "./errors.ts";

export { concatBytes } from "../../../store/kit.ts";

/** Bytes in memory of their own (not shared), as a request's body must be. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function encodeText(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Decodes UTF-8, with U+FFFD for invalid bytes. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Encodes bytes in lower-case hexadecimal digits. (`Uint8Array.prototype.toHex` is missing in Node 22.) */
export function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function decodeHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * Returns the byte at an offset.
 *
 * @throws {GitFormatError} If there is none; the error names `what` is truncated.
 */
export function byteAt(bytes: Uint8Array, at: number, what: string): number {
  const byte = bytes[at];
  if (byte === undefined) throw truncated(what);
  return byte;
}

export function truncated(what: string): GitFormatError {
  return new GitFormatError(`${what} is truncated`);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0;
}

/** Orders two arrays by their first differing byte; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
