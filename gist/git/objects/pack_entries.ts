import { inflateSync } from "node:zlib";
import { byteAt, encodeHex, truncated } from "./bytes.ts";
import { GitFormatError } from "./errors.ts";
import { ID_BYTES, type ObjectType } from "./objects.ts";

/** An entry of a pack: a whole object, or a delta. */
export interface PackEntry {
  /** The position in the pack. */
  readonly offset: number;
  /** `undefined` for a delta. */
  readonly type: ObjectType | undefined;
  /** The content, or the instructions of the delta. */
  readonly data: Uint8Array;
  /** The base of a delta: an earlier offset in this pack, or an object's id. */
  readonly base?: number | string | undefined;
}

/** The number of bytes that may still be inflated, by the claimed sizes. */
export class Budget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get left(): number {
    return this.#left;
  }

  /** @throws {GitFormatError} If fewer bytes are left. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new GitFormatError("the pack is too large");
  }
}

/** The types of whole objects by their codes. */
export const TYPES: readonly (ObjectType | undefined)[] = [
  undefined,
  "commit",
  "tree",
  "blob",
  "tag",
];
const OFS_DELTA = 6;
const REF_DELTA = 7;

/**
 * Parses the entries of a pack.
 *
 * @param content The pack without its checksum.
 * @param start The offset of the first entry.
 * @throws {GitFormatError} If there are not `count` entries, one is truncated, or they exceed the budget.
 */
export function readEntries(
  content: Uint8Array,
  start: number,
  count: number,
  budget: Budget,
): PackEntry[] {
  const entries: PackEntry[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    const offset = at;
    const header = readEntryHeader(content, at);
    const reference = readReference(content, header.code, offset, header.next);
    budget.spend(header.size);
    const { data, next } = inflateAt(content, reference.next, header.size);
    const type = TYPES[header.code];
    if (type === undefined && reference.base === undefined) {
      throw new GitFormatError(`the pack has an object of the unknown type ${header.code}`);
    }
    entries.push({ offset, type, data, base: reference.base });
    at = next;
  }
  if (at !== content.length) {
    throw new GitFormatError("the pack continues after its last object");
  }
  return entries;
}

/** The first byte has three bits of type and four of size; each further byte has seven bits of size, the lowest first. */
function readEntryHeader(
  content: Uint8Array,
  start: number,
): { code: number; size: number; next: number } {
  let byte = byteAt(content, start, WHAT);
  const code = (byte >> 4) & 7;
  let size = byte & 15;
  let next = start + 1;
  for (let shift = 4; byte >= 0x80; shift += 7) {
    // 39 bits exceed every limit, and are still an exact number.
    if (shift > 32) throw new GitFormatError("the pack claims an impossible size");
    byte = byteAt(content, next++, WHAT);
    size += (byte & 0x7f) * 2 ** shift;
  }
  return { code, size, next };
}

function readReference(
  content: Uint8Array,
  code: number,
  offset: number,
  start: number,
): { base?: number | string; next: number } {
  if (code === REF_DELTA) {
    const next = start + ID_BYTES;
    if (next > content.length) throw truncated(WHAT);
    return { base: encodeHex(content.subarray(start, next)), next };
  }
  if (code !== OFS_DELTA) return { next: start };
  let next = start;
  let byte = byteAt(content, next++, WHAT);
  let distance = byte & 0x7f;
  while (byte >= 0x80) {
    byte = byteAt(content, next++, WHAT);
    distance = (distance + 1) * 0x80 + (byte & 0x7f);
    if (distance > offset) break;
  }
  // Only backward references are allowed. A self-reference is never resolved, and is rejected for that later.
  if (distance > offset) {
    throw new GitFormatError("a delta refers to an object outside of the pack");
  }
  return { base: offset - distance, next };
}

function inflateAt(
  content: Uint8Array,
  start: number,
  size: number,
): { data: Uint8Array; next: number } {
  const { buffer, engine } = inflate(content.subarray(start), size);
  if (buffer.length !== size) {
    throw new GitFormatError("an object in the pack is not as long as it claims");
  }
  return { data: new Uint8Array(buffer), next: start + engine.bytesWritten };
}

/** The result of `inflateSync` with `info: true`, which its types lack. */
interface Inflated {
  readonly buffer: Uint8Array;
  /** `bytesWritten` is the length of the input that was used. */
  readonly engine: { readonly bytesWritten: number };
}

function inflate(input: Uint8Array, size: number): Inflated {
  // One byte more than claimed, as 0 is not allowed; a longer object is refused anyway.
  const options = { info: true, maxOutputLength: size + 1 };
  try {
    return inflateSync(input, options) as unknown as Inflated;
  } catch (cause) {
    throw new GitFormatError("an object in the pack cannot be inflated to its size", { cause });
  }
}

const WHAT = "the pack";
