import { escapeText } from "../../../lock/mod.ts";
import { type Bytes, concatBytes, decodeText } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";
import { encodePktLines, FLUSH, type PktReader } from "./pkt_line.ts";

/**
 * Reads the bands of a response up to its flush. See "Packfile Data" in git's `gitprotocol-pack`.
 *
 * @returns The first band, and the second one: messages to the user, which are text from outside.
 * @throws {GitFormatError} If the response is truncated, has an unknown band, or reports an error (third band).
 */
export function readSideBand(reader: PktReader): { data: Bytes; messages: string } {
  const data: Uint8Array[] = [];
  const messages: Uint8Array[] = [];
  for (let line = reader.next(); line !== "flush"; line = reader.next()) {
    const band = typeof line === "string" ? undefined : line[0];
    const payload = typeof line === "string" ? new Uint8Array() : line.subarray(1);
    if (band === 1) data.push(payload);
    else if (band === 2) messages.push(payload);
    else if (band === 3) {
      const message = escapeText(decodeText(payload).trim());
      throw new GitFormatError(`the server reported the error "${message}"`);
    } else {
      throw new GitFormatError("the response must use the bands 1, 2 and 3, got another one");
    }
  }
  return { data: concatBytes(data), messages: decodeText(concatBytes(messages)).trim() };
}

/** The longest payload of a line of `side-band-64k`, in bytes. */
const MAX_CHUNK = 65_515;

/**
 * Encodes data for a band: 1 is the data, 2 messages to the user.
 *
 * @param multiplexed Whether the client supports bands; if not, it gets only the first one, unframed.
 * @param last Whether to end the response.
 */
export function onBand(band: 1 | 2, data: Uint8Array, multiplexed: boolean, last = true): Bytes {
  if (!multiplexed) return concatBytes(band === 1 ? [data] : []);
  const lines: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += MAX_CHUNK) {
    lines.push(concatBytes([Uint8Array.of(band), data.subarray(at, at + MAX_CHUNK)]));
  }
  return encodePktLines([...lines, ...(last ? [FLUSH] : [])]);
}
