import { byteAt, truncated } from "./bytes.ts";
import { GitFormatError } from "./errors.ts";

/**
 * Rebuilds an object from its base and a delta. See "Deltified representation" in git's `gitformat-pack`.
 *
 * @param delta The instructions: copy a range of the base, or insert bytes.
 * @param limit The longest result to accept, in bytes; a longer claim is refused before anything is allocated.
 * @throws {GitFormatError} If the delta is truncated, belongs to another base, or reaches outside of it.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, limit: number): Uint8Array {
  const source = readSize(delta, 0);
  const target = readSize(delta, source.next);
  if (source.size !== base.length || target.size > limit) {
    throw new GitFormatError("a delta does not match the sizes of its objects");
  }
  const result = new Uint8Array(target.size);
  let written = 0;
  for (let at = target.next; at < delta.length;) {
    const instruction = readInstruction(base, delta, at);
    if (written + instruction.bytes.length > result.length) {
      throw new GitFormatError("a delta produces more than it claims");
    }
    result.set(instruction.bytes, written);
    written += instruction.bytes.length;
    at = instruction.next;
  }
  if (written !== result.length) {
    throw new GitFormatError("a delta produces less than it claims");
  }
  return result;
}

interface Instruction {
  readonly bytes: Uint8Array;
  readonly next: number;
}

function readInstruction(base: Uint8Array, delta: Uint8Array, at: number): Instruction {
  const opcode = byteAt(delta, at, WHAT);
  let next = at + 1;
  if (opcode === 0) throw new GitFormatError("a delta has a reserved opcode");
  if (opcode < 0x80) {
    const bytes = delta.subarray(next, next + opcode);
    if (bytes.length < opcode) throw truncated(WHAT);
    return { bytes, next: next + opcode };
  }
  // Bits 0 to 3 say which bytes of the offset follow, bits 4 to 6 which of the size; the others are zero.
  let offset = 0;
  let size = 0;
  for (let bit = 0; bit < 7; bit++) {
    if ((opcode & (1 << bit)) === 0) continue;
    const value = byteAt(delta, next++, WHAT);
    if (bit < 4) offset += value * 2 ** (8 * bit);
    else size += value * 2 ** (8 * (bit - 4));
  }
  if (size === 0) size = 0x10000;
  if (offset + size > base.length) {
    throw new GitFormatError("a delta copies from outside of its base");
  }
  return { bytes: base.subarray(offset, offset + size), next };
}

function readSize(bytes: Uint8Array, start: number): { size: number; next: number } {
  let size = 0;
  // Seven bits per byte, the lowest first; a size of more than five bytes exceeds every limit.
  for (let index = 0; index < 5; index++) {
    const byte = byteAt(bytes, start + index, WHAT);
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { size, next: start + index + 1 };
  }
  throw new GitFormatError("a delta claims an impossible size");
}

const WHAT = "a delta";
