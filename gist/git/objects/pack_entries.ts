import { inflateSync } from "node:zlib";
import { ByteReader, encodeHex } from "./bytes.ts";
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
  constructor(public left: number) {}

  /** @throws {GitFormatError} If fewer bytes are left. */
  spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw new GitFormatError("the pack is too large");
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
  const reader = new ByteReader(content, "the pack", start);
  for (let index = 0; index < count; index++) {
    const offset = reader.at;
    const { code, size } = readEntryHeader(reader);
    const base = readBase(reader, code, offset);
    budget.spend(size);
    const data = inflateNext(reader, size);
    const type = TYPES[code];
    if (type === undefined && base === undefined) {
      throw new GitFormatError(`the pack has an object of the unknown type ${code}`);
    }
    entries.push({ offset, type, data, base });
  }
  if (!reader.done) throw new GitFormatError("the pack continues after its last object");
  return entries;
}

/** The first byte has three bits of type and four of size; each further byte has seven bits of size, the lowest first. */
function readEntryHeader(reader: ByteReader): { code: number; size: number } {
  let byte = reader.byte();
  const code = (byte >> 4) & 7;
  let size = byte & 15;
  for (let shift = 4; byte >= 0x80; shift += 7) {
    // 39 bits exceed every limit, and are still an exact number.
    if (shift > 32) throw new GitFormatError("the pack claims an impossible size");
    byte = reader.byte();
    size += (byte & 0x7f) * 2 ** shift;
  }
  return { code, size };
}

/** Reads the base of a delta; `undefined` for a whole object. */
function readBase(reader: ByteReader, code: number, offset: number): number | string | undefined {
  if (code === REF_DELTA) return encodeHex(reader.take(ID_BYTES));
  if (code !== OFS_DELTA) return undefined;
  let byte = reader.byte();
  let distance = byte & 0x7f;
  while (byte >= 0x80) {
    byte = reader.byte();
    distance = (distance + 1) * 0x80 + (byte & 0x7f);
    if (distance > offset) break;
  }
  // Only backward references are allowed. A self-reference is never resolved, and is rejected for that later.
  if (distance > offset) {
    throw new GitFormatError("a delta refers to an object outside of the pack");
  }
  return offset - distance;
}

function inflateNext(reader: ByteReader, size: number): Uint8Array {
  const { buffer, engine } = inflate(reader.bytes.subarray(reader.at), size);
  if (buffer.length !== size) {
    throw new GitFormatError("an object in the pack is not as long as it claims");
  }
  reader.at += engine.bytesWritten;
  return new Uint8Array(buffer);
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
