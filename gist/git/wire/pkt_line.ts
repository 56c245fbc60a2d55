/**
 * Pkt-lines, the frames of git's protocol: four hexadecimal digits of length, themselves included, then the payload.
 * See git's `gitprotocol-common`.
 *
 * @module
 */

import { type Bytes, concatBytes, decodeText, encodeText } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";

/** The longest payload that one pkt-line carries, in bytes. */
export const MAX_PKT_PAYLOAD = 65_516;

/** A pkt-line without payload that ends a section. */
export type PktMarker = "flush" | "delimiter" | "response-end";

/** A payload, or a marker. */
export type PktLine = Uint8Array | PktMarker;

const HEADER_BYTES = 4;
const MARKERS: readonly PktMarker[] = ["flush", "delimiter", "response-end"];

/**
 * Writes pkt-lines.
 *
 * @param lines Payloads (texts are written as UTF-8) and markers (`{ marker }`).
 * @throws {RangeError} If a payload is longer than {@linkcode MAX_PKT_PAYLOAD}.
 */
export function encodePktLines(
  lines: Iterable<string | Uint8Array | { readonly marker: PktMarker }>,
): Bytes {
  const pieces: Uint8Array[] = [];
  for (const line of lines) {
    if (typeof line === "object" && "marker" in line) {
      pieces.push(encodeText(`000${MARKERS.indexOf(line.marker)}`));
      continue;
    }
    const payload = typeof line === "string" ? encodeText(line) : line;
    if (payload.length > MAX_PKT_PAYLOAD) {
      throw new RangeError(
        `Cannot write a pkt-line as its payload must be at most ${MAX_PKT_PAYLOAD} bytes long: ` +
          `it is ${payload.length}`,
      );
    }
    const length = (payload.length + HEADER_BYTES).toString(16).padStart(HEADER_BYTES, "0");
    pieces.push(encodeText(length), payload);
  }
  return concatBytes(pieces);
}

/** Ends a section of pkt-lines. */
export const FLUSH: { readonly marker: "flush" } = Object.freeze({ marker: "flush" });

/** Where a {@linkcode PktReader} reads pkt-lines from, one at a time, and what is left. */
export class PktReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** Starts at the first byte. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether nothing is left. */
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** What has not been read, which need not be pkt-lines. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /**
   * Reads the next pkt-line.
   *
   * @throws {GitFormatError} If the bytes end too early, or start with no length.
   */
  next(): PktLine {
    const start = this.#at + HEADER_BYTES;
    const header = decodeText(this.#bytes.subarray(this.#at, start));
    if (!/^[0-9a-fA-F]{4}$/.test(header)) {
      throw new GitFormatError(
        "Cannot read a pkt-line as it must start with four digits of length",
      );
    }
    const length = parseInt(header, 16);
    const marker = MARKERS[length];
    if (marker !== undefined) {
      this.#at = start;
      return marker;
    }
    const end = this.#at + length;
    if (length < HEADER_BYTES || end > this.#bytes.length) {
      throw new GitFormatError(`Cannot read a pkt-line as its length cannot be right: ${length}`);
    }
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }
}

/** The text of a payload, without the line break that most lines end in. */
export function pktText(payload: Uint8Array): string {
  return decodeText(payload).replace(/\n$/, "");
}
