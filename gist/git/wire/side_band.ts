import { escapeText } from "../../../lock/mod.ts";
import { type Bytes, concatBytes, decodeText } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";
import type { PktReader } from "./pkt_line.ts";

/** What came over the bands of one answer. */
export interface Demultiplexed {
  /** The first band: the data. */
  readonly data: Bytes;
  /** The second band: what the server tells the person at the other end. Text from outside. */
  readonly messages: string;
}

/**
 * Takes an answer's bands apart, up to its flush. See "Packfile Data" in git's `gitprotocol-pack`.
 *
 * @param reader Stands at the first line that carries a band.
 * @throws {GitFormatError} If there is another band, if the answer breaks off, or if the server gave up (third band).
 */
export function readSideBand(reader: PktReader): Demultiplexed {
  const data: Uint8Array[] = [];
  const messages: Uint8Array[] = [];
  for (let line = reader.next(); line !== "flush"; line = reader.next()) {
    const band = typeof line === "string" ? undefined : line[0];
    const payload = typeof line === "string" ? new Uint8Array() : line.subarray(1);
    if (band === 1) data.push(payload);
    else if (band === 2) messages.push(payload);
    else if (band === 3) {
      const message = escapeText(decodeText(payload).trim());
      throw new GitFormatError(
        `Cannot read the answer as the server gave up: it said "${message}"`,
      );
    } else {
      throw new GitFormatError("Cannot read the answer as it must come in the bands 1, 2 and 3");
    }
  }
  return { data: concatBytes(data), messages: decodeText(concatBytes(messages)).trim() };
}
