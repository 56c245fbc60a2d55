import { type Bytes, concatBytes } from "../../git/objects/bytes.ts";
import { encodePktLines, FLUSH } from "../../git/wire/pkt_line.ts";

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
