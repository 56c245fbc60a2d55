/** Bytes in memory that nobody shares, as a request's body must be. */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Joins pieces into one new array.
 *
 * @param pieces The pieces, in order.
 */
export function concatBytes(pieces: Iterable<Uint8Array>): Bytes {
  const list = [...pieces];
  const joined = new Uint8Array(list.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of list) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** The UTF-8 form of a text. */
export function encodeText(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes, with U+FFFD for whatever is not. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** The lower-case hexadecimal form of bytes. (`Uint8Array.prototype.toHex` is missing in Node 22.) */
export function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of a hexadecimal text. */
export function decodeHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Whether two arrays hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(a, b) === 0;
}

/** Orders two arrays by their first byte that differs, and a beginning before the whole. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
