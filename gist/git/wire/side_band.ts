import { escapeText } from "../../../lock/mod.ts";
import { type Bytes, concatBytes, decodeText } from "../objects/bytes.ts";
import { GitFormatError } from "../objects/errors.ts";
import type { PktReader } from "./pkt_line.ts";

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
