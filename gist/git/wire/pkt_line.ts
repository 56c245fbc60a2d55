/**
 * Pkt-lines, the frames of git's protocol: the length in four hexadecimal digits, which count too, then the payload. See
 * git's `gitprotocol-common`.
 *
 * @module
 */

import { type Bytes, concatBytes, decodeText, encodeText } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";

/** The longest payload of a pkt-line, in bytes. */
export const MAX_PKT_PAYLOAD = 65_516;

/** A pkt-line without payload that ends a section. */
type PktMarker = "flush" | "delimiter" | "response-end";

type PktLine = Uint8Array | PktMarker;

const HEADER_BYTES = 4;
const MARKERS: readonly PktMarker[] = ["flush", "delimiter", "response-end"];

/**
 * Encodes pkt-lines: payloads (texts as UTF-8) and markers.
 *
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
        `payload must be at most ${MAX_PKT_PAYLOAD} bytes long, got ${payload.length}`,
      );
    }
    const length = (payload.length + HEADER_BYTES).toString(16).padStart(HEADER_BYTES, "0");
    pieces.push(encodeText(length), payload);
  }
  return concatBytes(pieces);
}

/** Ends a section of pkt-lines. */
export const FLUSH: { readonly marker: "flush" } = Object.freeze({ marker: "flush" });

/** Reads pkt-lines one at a time. */
export class PktReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The bytes not read yet, which need not be pkt-lines. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /**
   * Reads the next pkt-line.
   *
   * @throws {GitFormatError} If the bytes end too early, or do not start with a length.
   */
  next(): PktLine {
    const start = this.#at + HEADER_BYTES;
    const header = decodeText(this.#bytes.subarray(this.#at, start));
    if (!/^[0-9a-fA-F]{4}$/.test(header)) {
      throw new GitFormatError("a pkt-line does not start with its length");
    }
    const length = parseInt(header, 16);
    const marker = MARKERS[length];
    if (marker !== undefined) {
      this.#at = start;
      return marker;
    }
    const end = this.#at + length;
    if (length < HEADER_BYTES || end > this.#bytes.length) {
      throw new GitFormatError(`a pkt-line has the invalid length ${length}`);
    }
    this.#at = end;
    return this.#bytes.subarray(start, end);
  }
}

/** Decodes a payload, without its line break. */
export function pktText(payload: Uint8Array): string {
  return decodeText(payload).replace(/\n$/, "");
}
