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

/** Splits a text at the first separator; without one, the second part is empty. */
export function splitOnce(text: string, separator: string): [first: string, rest: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Reads bytes in their order. */
export class ByteReader {
  /** @param what Names the bytes in the error if they end too early. */
  constructor(readonly bytes: Uint8Array, readonly what: string, public at = 0) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  /** @throws {GitFormatError} If no byte is left. */
  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw this.#truncated();
    return byte;
  }

  /** @throws {GitFormatError} If fewer bytes are left. */
  take(length: number): Uint8Array {
    const start = this.at;
    this.at += length;
    if (this.at > this.bytes.length) throw this.#truncated();
    return this.bytes.subarray(start, this.at);
  }

  #truncated(): GitFormatError {
    return new GitFormatError(`${this.what} is truncated`);
  }
}
