import { ByteReader } from "./bytes.ts";
import { GitFormatError } from "./errors.ts";

/**
 * Rebuilds an object from its base and a delta. See "Deltified representation" in git's `gitformat-pack`.
 *
 * @param delta The instructions: copy a range of the base, or insert bytes.
 * @param limit The longest result to accept, in bytes; a longer claim is refused before anything is allocated.
 * @throws {GitFormatError} If the delta is truncated, belongs to another base, or reaches outside of it.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, limit: number): Uint8Array {
  const reader = new ByteReader(delta, "a delta");
  const [source, target] = [readSize(reader), readSize(reader)];
  if (source !== base.length || target > limit) {
    throw new GitFormatError("a delta does not match the sizes of its objects");
  }
  const result = new Uint8Array(target);
  let written = 0;
  while (!reader.done) {
    const bytes = readInstruction(base, reader);
    if (written + bytes.length > result.length) {
      throw new GitFormatError("a delta produces more than it claims");
    }
    result.set(bytes, written);
    written += bytes.length;
  }
  if (written !== result.length) {
    throw new GitFormatError("a delta produces less than it claims");
  }
  return result;
}

/** Returns the bytes that the next instruction produces. */
function readInstruction(base: Uint8Array, reader: ByteReader): Uint8Array {
  const opcode = reader.byte();
  if (opcode === 0) throw new GitFormatError("a delta has a reserved opcode");
  if (opcode < 0x80) return reader.take(opcode);
  // Bits 0 to 3 say which bytes of the offset follow, bits 4 to 6 which of the size; the others are zero.
  let offset = 0;
  let size = 0;
  for (let bit = 0; bit < 7; bit++) {
    if ((opcode & (1 << bit)) === 0) continue;
    if (bit < 4) offset += reader.byte() * 2 ** (8 * bit);
    else size += reader.byte() * 2 ** (8 * (bit - 4));
  }
  if (size === 0) size = 0x10000;
  if (offset + size > base.length) {
    throw new GitFormatError("a delta copies from outside of its base");
  }
  return base.subarray(offset, offset + size);
}

function readSize(reader: ByteReader): number {
  let size = 0;
  // Seven bits per byte, the lowest first; a size of more than five bytes exceeds every limit.
  for (let index = 0; index < 5; index++) {
    const byte = reader.byte();
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return size;
  }
  throw new GitFormatError("a delta claims an impossible size");
}
