import { type Bytes, concatBytes } from "../../git/objects/bytes.ts";
import { encodePktLines, FLUSH } from "../../git/wire/pkt_line.ts";

/** What one line of `side-band-64k` carries at the most, in bytes. */
const MAX_CHUNK = 65_515;

/**
 * Puts data on a band: 1 is what was asked for, 2 what a person is to read.
 *
 * @param band The band.
 * @param data The data.
 * @param multiplexed Whether the client knows of bands; if not, it gets the first one bare, and the second not at all.
 * @param last Whether nothing follows on any band.
 */
export function onBand(band: 1 | 2, data: Uint8Array, multiplexed: boolean, last = true): Bytes {
  if (!multiplexed) return concatBytes(band === 1 ? [data] : []);
  const lines: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += MAX_CHUNK) {
    lines.push(concatBytes([Uint8Array.of(band), data.subarray(at, at + MAX_CHUNK)]));
  }
  return encodePktLines([...lines, ...(last ? [FLUSH] : [])]);
}
