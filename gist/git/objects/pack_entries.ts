import { inflateSync } from "node:zlib";
import { encodeHex } from "./bytes.ts";
import { GitFormatError } from "./errors.ts";
import type { ObjectType } from "./objects.ts";

/** A pack's object as it stands there: whole, or as a delta to another one. */
export interface PackEntry {
  /** Where it starts in the pack. */
  readonly offset: number;
  /** What it is; `undefined` for a delta. */
  readonly type: ObjectType | undefined;
  /** Its content, or the delta's instructions. */
  readonly data: Uint8Array;
  /** What a delta is based on: an earlier offset of this pack, or an object's id. */
  readonly base?: number | string | undefined;
}

/** How many bytes may still be inflated: counted by what is claimed, before it is. */
export class Budget {
  #left: number;

  /** Starts with all of it. */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** What is left, in bytes. */
  get left(): number {
    return this.#left;
  }

  /**
   * Takes from it.
   *
   * @throws {GitFormatError} If that is more than is left.
   */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new GitFormatError("Cannot read the pack as it is too large");
  }
}

const TYPES: readonly (ObjectType | undefined)[] = [undefined, "commit", "tree", "blob", "tag"];
const OFS_DELTA = 6;
const REF_DELTA = 7;
const ID_BYTES = 20;

/**
 * Reads a pack's objects as they stand there.
 *
 * @param content The pack without its checksum.
 * @param start Where the first object starts.
 * @param count How many there are.
 * @param budget What they may take once inflated.
 * @throws {GitFormatError} If there are more or fewer, one is cut off, or they take more than that.
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
      throw new GitFormatError(`Cannot read the pack as it holds an object of type ${header.code}`);
    }
    entries.push({
      offset,
      type,
      data,
      ...(reference.base !== undefined && { base: reference.base }),
    });
    at = next;
  }
  if (at !== content.length) {
    throw new GitFormatError("Cannot read the pack as it goes on after its last object");
  }
  return entries;
}

/** Three bits of type and four of size in the first byte, then seven bits of size a byte, the lowest first. */
function readEntryHeader(
  content: Uint8Array,
  start: number,
): { code: number; size: number; next: number } {
  let byte = byteAt(content, start);
  const code = (byte >> 4) & 7;
  let size = byte & 15;
  let next = start + 1;
  for (let shift = 4; byte >= 0x80; shift += 7) {
    // 39 bits are far beyond every limit, and still an exact number.
    if (shift > 32) throw new GitFormatError("Cannot read the pack as it claims an absurd size");
    byte = byteAt(content, next++);
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
    if (next > content.length) throw cutOff();
    return { base: encodeHex(content.subarray(start, next)), next };
  }
  if (code !== OFS_DELTA) return { next: start };
  let next = start;
  let byte = byteAt(content, next++);
  let distance = byte & 0x7f;
  while (byte >= 0x80) {
    byte = byteAt(content, next++);
    distance = (distance + 1) * 0x80 + (byte & 0x7f);
    if (distance > offset) break;
  }
  // Only backwards; one that refers to itself waits for ever, and is refused for that.
  if (distance > offset) {
    throw new GitFormatError("Cannot read the pack as a delta refers to outside of it");
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
    throw new GitFormatError("Cannot read the pack as an object is not as long as it claims");
  }
  return { data: new Uint8Array(buffer), next: start + engine.bytesWritten };
}

/** What `inflateSync` returns with `info: true`, which the types of node do not know. */
interface Inflated {
  readonly buffer: Uint8Array;
  /** How much of the input the stream took is `bytesWritten`. */
  readonly engine: { readonly bytesWritten: number };
}

function inflate(input: Uint8Array, size: number): Inflated {
  // One byte more than claimed: to inflate nothing is not allowed, and a longer object is refused all the same.
  const options = { info: true, maxOutputLength: size + 1 };
  try {
    return inflateSync(input, options) as unknown as Inflated;
  } catch (cause) {
    throw new GitFormatError("Cannot read the pack as an object cannot be inflated to its size", {
      cause,
    });
  }
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw cutOff();
  return byte;
}

function cutOff(): GitFormatError {
  return new GitFormatError("Cannot read the pack as it is cut off");
}
