import { GitFormatError } from "./errors.ts";

/**
 * Rebuilds an object from another one and what differs. See "Deltified representation" in git's `gitformat-pack`.
 *
 * @param base The object that the delta was made from.
 * @param delta The instructions: copy a range of the base, or insert bytes.
 * @param limit The longest result to accept, in bytes; a claim beyond it is refused before anything is allocated.
 * @throws {GitFormatError} If the delta is cut off, belongs to another base, or reaches outside of it.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, limit: number): Uint8Array {
  const source = readSize(delta, 0);
  const target = readSize(delta, source.next);
  if (source.size !== base.length || target.size > limit) {
    throw new GitFormatError("Cannot apply the delta as its sizes are not those of its objects");
  }
  const result = new Uint8Array(target.size);
  let written = 0;
  for (let at = target.next; at < delta.length;) {
    const instruction = readInstruction(base, delta, at);
    if (written + instruction.bytes.length > result.length) {
      throw new GitFormatError("Cannot apply the delta as it makes more than it claims");
    }
    result.set(instruction.bytes, written);
    written += instruction.bytes.length;
    at = instruction.next;
  }
  if (written !== result.length) {
    throw new GitFormatError("Cannot apply the delta as it makes less than it claims");
  }
  return result;
}

interface Instruction {
  readonly bytes: Uint8Array;
  readonly next: number;
}

function readInstruction(base: Uint8Array, delta: Uint8Array, at: number): Instruction {
  const opcode = byteAt(delta, at);
  let next = at + 1;
  if (opcode === 0) throw new GitFormatError("Cannot apply the delta as it has a reserved opcode");
  if (opcode < 0x80) {
    const bytes = delta.subarray(next, next + opcode);
    if (bytes.length < opcode) throw cutOff();
    return { bytes, next: next + opcode };
  }
  // Bits 0 to 3 say which bytes of the offset follow, bits 4 to 6 which of the size; the others are zero.
  let offset = 0;
  let size = 0;
  for (let bit = 0; bit < 7; bit++) {
    if ((opcode & (1 << bit)) === 0) continue;
    const value = byteAt(delta, next++);
    if (bit < 4) offset += value * 2 ** (8 * bit);
    else size += value * 2 ** (8 * (bit - 4));
  }
  if (size === 0) size = 0x10000;
  if (offset + size > base.length) {
    throw new GitFormatError("Cannot apply the delta as it copies from outside of its base");
  }
  return { bytes: base.subarray(offset, offset + size), next };
}

function readSize(bytes: Uint8Array, start: number): { size: number; next: number } {
  let size = 0;
  // Seven bits a byte, the lowest first; a size of more than five bytes is beyond any limit here.
  for (let index = 0; index < 5; index++) {
    const byte = byteAt(bytes, start + index);
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { size, next: start + index + 1 };
  }
  throw new GitFormatError("Cannot apply the delta as it claims an absurd size");
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw cutOff();
  return byte;
}

function cutOff(): GitFormatError {
  return new GitFormatError("Cannot apply the delta as it is cut off");
}
