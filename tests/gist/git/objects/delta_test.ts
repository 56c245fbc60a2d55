import assert from "node:assert/strict";
import { concatBytes, decodeText, encodeText } from "../../../../gist/git/objects/bytes.ts";
import { applyDelta } from "../../../../gist/git/objects/delta.ts";
import { GitFormatError } from "../../../../gist/git/objects/errors.ts";

const BASE = encodeText("0123456789");
/** Sizes 10 and 6, then "copy 3 bytes from offset 2", then "insert abc". */
const DELTA = Uint8Array.of(10, 6, 0x91, 2, 3, 3, 0x61, 0x62, 0x63);

Deno.test("applyDelta() copies from the base and inserts", () => {
  assert.equal(decodeText(applyDelta(BASE, DELTA, 100)), "234abc");
});

Deno.test("applyDelta() takes an absent size for 65,536 bytes and reads long sizes", () => {
  const base = new Uint8Array(70_000).fill(7);
  const size = [0xf0, 0xa2, 0x04];
  const delta = Uint8Array.of(...size, 0x80, 0x80, 0x04, 0x80);
  assert.deepEqual(applyDelta(base, delta, 65_536), new Uint8Array(65_536).fill(7));
  const far = Uint8Array.of(...size, 1, 0x97, 0x6f, 0x11, 0x01, 1);
  assert.deepEqual(applyDelta(base, far, 1), Uint8Array.of(7));
});

Deno.test("applyDelta() inserts up to 127 bytes at once", () => {
  for (const length of [63, 64, 100, 127]) {
    const inserted = new Uint8Array(length).fill(7);
    const delta = concatBytes([Uint8Array.of(10, length, length), inserted]);
    assert.deepEqual(applyDelta(BASE, delta, 127), inserted);
  }
});

Deno.test("applyDelta() copies from any offset and of any size that has its bytes", () => {
  const large = new Uint8Array(2 ** 24 + 2);
  large[2 ** 24 + 1] = 9;
  // The fourth byte of the offset, and one of the size: the last byte of a base of more than 16 MiB.
  const last = Uint8Array.of(0x82, 0x80, 0x80, 0x08, 1, 0x99, 1, 1, 1);
  assert.deepEqual(applyDelta(large, last, 1), Uint8Array.of(9));
  // The third byte of the size: 128 KiB.
  const half = Uint8Array.of(0x82, 0x80, 0x80, 0x08, 0x80, 0x80, 0x08, 0xc0, 2);
  assert.deepEqual(applyDelta(large, half, 131_072), new Uint8Array(131_072));
});

Deno.test("applyDelta() reads sizes of up to five bytes, of which the last may say nothing", () => {
  const five = Uint8Array.of(10, 0x83, 0x80, 0x80, 0x80, 0, 3, 0x61, 0x62, 0x63);
  assert.equal(decodeText(applyDelta(BASE, five, 100)), "abc");
  const six = Uint8Array.of(10, 0x83, 0x80, 0x80, 0x80, 0x80, 0, 3, 0x61, 0x62, 0x63);
  assert.throws(() => applyDelta(BASE, six, 100), /impossible size/);
});

Deno.test("applyDelta() says where a delta is cut off: in what it inserts, and in what it copies", () => {
  assert.throws(() => applyDelta(BASE, DELTA.subarray(0, -1), 100), /is truncated/);
  // Nothing is to be made, and still the instruction is not whole.
  assert.throws(() => applyDelta(BASE, Uint8Array.of(10, 0, 0x91), 100), /is truncated/);
});

Deno.test("applyDelta() refuses a delta that is cut off anywhere", () => {
  for (let length = 0; length < DELTA.length; length++) {
    assert.throws(
      () => applyDelta(BASE, DELTA.subarray(0, length), 100),
      GitFormatError,
      `${length} bytes`,
    );
  }
});

Deno.test("applyDelta() refuses sizes that are not those of its objects", () => {
  const cases: [string, readonly number[]][] = [
    ["another base", [9, 6, 0x91, 2, 3, 3, 0x61, 0x62, 0x63]],
    ["more than it claims", [10, 5, 0x91, 2, 3, 3, 0x61, 0x62, 0x63]],
    ["less than it claims", [10, 7, 0x91, 2, 3, 3, 0x61, 0x62, 0x63]],
    ["a copy from outside", [10, 6, 0x91, 5, 6]],
    ["an offset of 4 GiB", [10, 1, 0x9f, 255, 255, 255, 255, 1]],
    ["a copy from outside, filled up", [10, 6, 0x91, 8, 5, 4, 0x61, 0x62, 0x63, 0x64]],
    ["a reserved opcode", [10, 6, 0, 0x91, 2, 3, 3, 0x61, 0x62, 0x63]],
    ["an absurd size", [10, 0x80, 0x80, 0x80, 0x80, 0x80, 1]],
  ];
  for (const [name, bytes] of cases) {
    assert.throws(() => applyDelta(BASE, Uint8Array.from(bytes), 100), GitFormatError, name);
  }
});

Deno.test("applyDelta() refuses a claim beyond the limit before it allocates", () => {
  assert.throws(() => applyDelta(BASE, DELTA, 5), /does not match the sizes/);
  // 32 GiB: allocating it would throw a RangeError.
  const huge = concatBytes([Uint8Array.of(10, 0xff, 0xff, 0xff, 0xff, 0x7f), DELTA.subarray(2)]);
  assert.throws(() => applyDelta(BASE, huge, 16_777_216), GitFormatError);
});
