import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { concatBytes, encodeText } from "../../../../gist/git/objects/bytes.ts";
import { GitFormatError } from "../../../../gist/git/objects/errors.ts";
import { type GitObject, objectId } from "../../../../gist/git/objects/objects.ts";
import { encodePack, parsePack } from "../../../../gist/git/objects/pack.ts";
import { blob, blobId, entryHeader, packEntry, packOf, withChecksum, writeOf } from "../canned.ts";
import { seededRandom } from "../../../support/seeded_random.ts";

const BLOB = 3;
const OFS_DELTA = 6;
const REF_DELTA = 7;
/** Turns "0123456789" into "234abc". */
const DELTA = Uint8Array.of(10, 6, 0x91, 2, 3, 3, 0x61, 0x62, 0x63);
const BASE = encodeText("0123456789");
const BASE_ENTRY = packEntry(BLOB, BASE);
/** A delta on the object with that id. */
const deltaOn = (id: string, delta = DELTA) => packEntry(REF_DELTA, delta, Uint8Array.fromHex(id));
const BY_ID = deltaOn(blobId("0123456789"));
/** Turns "234abc" into "ab": a delta on a delta. */
const ON_DELTA = deltaOn(blobId("234abc"), Uint8Array.of(6, 2, 0x91, 3, 2));

function texts(objects: Map<string, GitObject>): string[] {
  return [...objects.values()].map(({ body }) => new TextDecoder().decode(body)).sort();
}

Deno.test("parsePack() reads what encodePack() wrote, by id", () => {
  const { objects, commitId } = writeOf("text");
  const tag: GitObject = { type: "tag", body: encodeText("t") };
  const parsed = parsePack(encodePack([...objects, tag]));
  assert.equal(parsed.size, 4);
  assert.deepEqual(parsed.get(objectId("tag", tag.body)), tag);
  for (const { type, body } of objects) {
    assert.deepEqual(parsed.get(objectId(type, body)), { type, body });
  }
  assert.equal(parsed.get(commitId)?.type, "commit");
  assert.deepEqual(parsePack(encodePack([])), new Map());
});

Deno.test("encodePack() writes the version that every git reads", () => {
  const header = concatBytes([encodeText("PACK"), Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0)]);
  assert.deepEqual(encodePack([]).subarray(0, 12), header);
});

Deno.test("encodePack() writes sizes of any length", () => {
  for (const size of [0, 1, 15, 16, 2_047, 2_048, 300_000]) {
    const body = new Uint8Array(size).fill(65);
    const parsed = parsePack(encodePack([{ type: "blob", body }, blob("last")]));
    assert.deepEqual(parsed.get(objectId("blob", body))?.body, body, `${size} bytes`);
  }
});

Deno.test("parsePack() rebuilds deltas by offset, by id in either order, and in chains", () => {
  const byOffset = packEntry(OFS_DELTA, DELTA, Uint8Array.of(BASE_ENTRY.length));
  const both = ["0123456789", "234abc"];
  assert.deepEqual(texts(parsePack(packOf([BASE_ENTRY, byOffset]))), both);
  assert.deepEqual(texts(parsePack(packOf([BASE_ENTRY, BY_ID]))), both);
  assert.deepEqual(texts(parsePack(packOf([BY_ID, BASE_ENTRY]))), both);
  assert.deepEqual(texts(parsePack(packOf([ON_DELTA, BASE_ENTRY, byOffset]))), [...both, "ab"]);
});

Deno.test("parsePack() takes the base of a delta from outside where it is not in the pack", () => {
  const pack = packOf([BY_ID]);
  const base = (id: string) => id === blobId("0123456789") ? blob("0123456789") : undefined;
  assert.deepEqual(texts(parsePack(pack, { base })), ["234abc"]);
  assert.throws(() => parsePack(pack), /the base of a delta is missing/);
});

Deno.test("parsePack() asks for a base outside of the pack by its id, once, and only where the pack has none", () => {
  const asked: string[] = [];
  const base = (id: string) => {
    asked.push(id);
    return id === blobId("0123456789") ? blob("0123456789") : undefined;
  };
  assert.deepEqual(texts(parsePack(packOf([BY_ID, ON_DELTA]), { base })), ["234abc", "ab"]);
  assert.deepEqual(asked, [blobId("0123456789")]);
  const toNowhere = packEntry(OFS_DELTA, DELTA, Uint8Array.of(3));
  assert.throws(() => parsePack(packOf([BASE_ENTRY, toNowhere]), { base }), /base .* is missing/);
  assert.deepEqual(asked, [blobId("0123456789")]);
});

Deno.test("parsePack() refuses deltas that refer to each other, to themselves or to nothing", () => {
  const refer = (byte: number) => packEntry(REF_DELTA, DELTA, new Uint8Array(20).fill(byte));
  const missing = /base of a delta is missing/;
  assert.throws(() => parsePack(packOf([refer(1), refer(2)])), missing);
  const cases: [distance: number[], message: RegExp][] = [
    [[0], missing],
    [[3], missing],
    [[BASE_ENTRY.length + 12], missing],
    [[BASE_ENTRY.length + 13], /an object outside of the pack/],
    [[0xff, 0xff, 0xff, 0xff, 0x7f], /an object outside of the pack/],
  ];
  for (const [distance, message] of cases) {
    const pack = packOf([BASE_ENTRY, packEntry(OFS_DELTA, DELTA, Uint8Array.from(distance))]);
    assert.throws(() => parsePack(pack), { name: "GitFormatError", message }, `${distance}`);
  }
});

Deno.test("parsePack() finds a base by an offset of any length", () => {
  const random = seededRandom(3);
  const large = packEntry(BLOB, Uint8Array.from({ length: 20_000 }, () => random() * 256));
  const distance = BASE_ENTRY.length + large.length;
  // Seven bits a byte, the highest first, each but the last one less than it is.
  const bytes = [(distance >> 14) - 1 | 0x80, (distance >> 7) - 1 & 0x7f | 0x80, distance & 0x7f];
  const delta = packEntry(OFS_DELTA, DELTA, Uint8Array.from(bytes));
  assert.ok(distance > 128 + 128 * 128);
  assert.ok(texts(parsePack(packOf([BASE_ENTRY, large, delta]))).includes("234abc"));
});

Deno.test("parsePack() reads sizes of up to 39 bits, of which the highest may say nothing", () => {
  const [first = 0] = entryHeader(BLOB, 10);
  const padded = (bytes: number) =>
    concatBytes([
      Uint8Array.of(first | 0x80, ...new Array(bytes - 1).fill(0x80), 0),
      deflateSync(BASE),
    ]);
  assert.equal(parsePack(packOf([padded(5)])).size, 1);
  assert.throws(() => parsePack(packOf([padded(6)])), /impossible size/);
});

Deno.test("parsePack() says that it is cut off where the id of a base is", () => {
  const entry = concatBytes([entryHeader(REF_DELTA, DELTA.length), new Uint8Array(5)]);
  assert.throws(() => parsePack(packOf([entry])), /is truncated/);
});

Deno.test("parsePack() refuses what is no pack of a kind it knows", () => {
  const good = packOf([BASE_ENTRY]);
  const patched = (at: number, byte: number) =>
    withChecksum(good.subarray(0, -20).map((old, index) => index === at ? byte : old));
  const cases: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(), /does not start with PACK/],
    [
      "a page",
      encodeText("<!DOCTYPE html><html><body>Sign in</body></html>"),
      /not start with PACK/,
    ],
    ["version 4", patched(7, 4), /got version 4 and 1 objects/],
    ["4 billion objects", patched(8, 0xff), /and 4278190081 objects/],
    ["one object too few", patched(11, 0), /continues after its last object/],
    ["one object too many", patched(11, 2), /is truncated/],
    ["type 0", packOf([packEntry(0, BASE)]), /unknown type 0/],
    ["type 5", packOf([packEntry(5, BASE)]), /unknown type 5/],
    ["a wrong checksum", concatBytes([good.subarray(0, -1), Uint8Array.of(0)]), /checksum/],
    ["no zlib stream", packOf([concatBytes([entryHeader(BLOB, 3), BASE])]), /be inflated/],
  ];
  for (const [name, pack, message] of cases) {
    assert.throws(() => parsePack(pack), { name: "GitFormatError", message }, name);
  }
  assert.equal(parsePack(patched(7, 3)).size, 1);
});

Deno.test("parsePack() refuses sizes that are not true, and stops inflating at what is claimed", () => {
  const claiming = (size: number, data: Uint8Array) =>
    packOf([concatBytes([entryHeader(BLOB, size), deflateSync(data)])]);
  const bomb = new Uint8Array(64_000_000);
  assert.throws(() => parsePack(claiming(9, BASE)), /inflated to its size|not as long/);
  assert.throws(() => parsePack(claiming(11, BASE)), /not as long as it claims/);
  assert.throws(() => parsePack(claiming(0, BASE)), /inflated to its size|not as long/);
  assert.throws(() => parsePack(claiming(10, bomb)), /cannot be inflated to its size/);
  assert.throws(() => parsePack(claiming(64_000_000, bomb)), /too large/);
  assert.throws(() => parsePack(claiming(2_000_000_000, BASE)), /too large/);
  assert.throws(() => parsePack(claiming(2 ** 40, BASE)), /impossible size/);
});

Deno.test("parsePack() takes as much as its limits say, and no more", () => {
  const claiming = (size: number) =>
    packOf([concatBytes([entryHeader(BLOB, size), deflateSync(BASE)])]);
  assert.equal(parsePack(packOf([BASE_ENTRY]), { maxObjects: 1, maxBytes: 10 }).size, 1);
  assert.throws(() => parsePack(packOf([BASE_ENTRY]), { maxObjects: 0 }), /at most 0 objects/);
  assert.throws(() => parsePack(packOf([BASE_ENTRY]), { maxBytes: 9 }), /too large/);
  // What stands there where nothing else is said: 10,000 objects, 16 MiB.
  assert.throws(() => parsePack(packOf([], 10_001)), /at most 10000 objects/);
  assert.throws(() => parsePack(packOf([], 10_000)), /is truncated/);
  assert.throws(() => parsePack(claiming(16_777_217)), /too large/);
  assert.throws(() => parsePack(claiming(16_777_216)), /not as long|inflated to its size/);
});

Deno.test("parsePack() counts rebuilt objects too: deltas are no way around the limit", () => {
  const base = new Uint8Array(60_000).fill(65);
  // Each entry of some 20 bytes makes another 60,000.
  const grow = (fill: number) =>
    packEntry(
      REF_DELTA,
      Uint8Array.of(0xe0, 0xd4, 3, 0xe1, 0xd4, 3, 0xb0, 0x60, 0xea, 1, fill),
      Uint8Array.fromHex(objectId("blob", base)),
    );
  const entries = Array.from({ length: 50 }, (_, index) => grow(index));
  const pack = packOf([packEntry(BLOB, base), ...entries]);
  assert.equal(parsePack(pack).size, 51);
  assert.throws(() => parsePack(pack, { maxBytes: 1_000_000 }), GitFormatError);
  assert.throws(() => parsePack(pack, { maxObjects: 50 }), /at most 50 objects/);
});

Deno.test("parsePack() refuses a good pack that is cut off anywhere", () => {
  const pack = packOf([BASE_ENTRY, packEntry(OFS_DELTA, DELTA, Uint8Array.of(BASE_ENTRY.length))]);
  for (let length = 0; length < pack.length; length++) {
    const cut = pack.subarray(0, length);
    assert.throws(() => parsePack(cut), GitFormatError, `${length} bytes`);
    if (length === pack.length - 20) continue; // The whole content: sealing it again mends it.
    assert.throws(() => parsePack(withChecksum(cut)), GitFormatError, `${length} bytes, resealed`);
  }
});

Deno.test("parsePack() with bits flipped behind a right checksum gives an error or true objects", () => {
  const content = packOf([
    BASE_ENTRY,
    packEntry(OFS_DELTA, DELTA, Uint8Array.of(BASE_ENTRY.length)),
    BY_ID,
  ]).subarray(0, -20);
  const random = seededRandom(42);
  let refused = 0;
  for (let round = 0; round < 3_000; round++) {
    const flipped = content.slice();
    for (let flip = 0; flip <= random() * 3; flip++) {
      const at = Math.floor(random() * flipped.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    try {
      for (const [id, { type, body }] of parsePack(withChecksum(flipped))) {
        assert.equal(objectId(type, body), id);
      }
    } catch (error) {
      assert.ok(error instanceof GitFormatError, `round ${round}: ${error}`);
      refused++;
    }
  }
  assert.ok(refused > 2_000, `only ${refused} were refused`);
});
