/** Joins pieces into one new array. */
export function concatBytes(pieces: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const list = [...pieces];
  const joined = new Uint8Array(list.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of list) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
