/**
 * Packs: how git sends objects. See git's `gitformat-pack`.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { type Bytes, concatBytes, decodeText, encodeText } from "./bytes.ts";
import { GitFormatError } from "./errors.ts";
import { type GitObject, ID_BYTES } from "./objects.ts";
import { resolveEntries } from "./pack_deltas.ts";
import { Budget, readEntries, TYPES } from "./pack_entries.ts";

interface PackLimits {
  /** @default {10_000} */
  readonly maxObjects?: number | undefined;
  /**
   * The total size of objects and deltas once inflated, in bytes.
   *
   * @default {16_777_216}
   */
  readonly maxBytes?: number | undefined;
  /** Returns a base object that is not in the pack. */
  readonly base?: (id: string) => GitObject | undefined;
}

const HEADER_BYTES = 12;

/** Encodes a pack without deltas. */
export function encodePack(objects: readonly GitObject[]): Bytes {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(encodeText("PACK"));
  const view = new DataView(header.buffer);
  view.setUint32(4, 2);
  view.setUint32(8, objects.length);
  const content = concatBytes([
    header,
    ...objects.flatMap(({ type, body }) => [
      encodeEntryHeader(TYPES.indexOf(type), body.length),
      deflateSync(body),
    ]),
  ]);
  return concatBytes([content, sha1(content)]);
}

/**
 * Parses a pack and returns its objects by id.
 *
 * @throws {GitFormatError} If the pack is malformed or exceeds the limits.
 */
export function parsePack(pack: Uint8Array, limits: PackLimits = {}): Map<string, GitObject> {
  const { maxObjects = 10_000, maxBytes = 16_777_216, base = () => undefined } = limits;
  const end = pack.length - ID_BYTES;
  if (end < HEADER_BYTES || decodeText(pack.subarray(0, 4)) !== "PACK") {
    throw new GitFormatError("the pack does not start with PACK");
  }
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  const version = view.getUint32(4);
  const count = view.getUint32(8);
  if ((version !== 2 && version !== 3) || count > maxObjects) {
    throw new GitFormatError(
      `the pack must have version 2 or 3 and at most ${maxObjects} objects, got version ${version} and ${count} objects`,
    );
  }
  const content = pack.subarray(0, end);
  if (!sha1(content).equals(pack.subarray(end))) {
    throw new GitFormatError("the pack has a wrong checksum");
  }
  const budget = new Budget(maxBytes);
  return resolveEntries(readEntries(content, HEADER_BYTES, count, budget), base, budget);
}

function encodeEntryHeader(code: number, size: number): Uint8Array {
  const bytes: number[] = [];
  let byte = (code << 4) | (size & 15);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  return Uint8Array.from([...bytes, byte]);
}

function sha1(bytes: Uint8Array): Buffer {
  return createHash("sha1").update(bytes).digest();
}
