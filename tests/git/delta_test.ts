import assert from "node:assert/strict";
import { concatBytes, decodeText, encodeText } from "../../gist/git/bytes.ts";
import { applyDelta } from "../../gist/git/delta.ts";
import { GitFormatError } from "../../gist/git/errors.ts";

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
  assert.throws(() => applyDelta(BASE, DELTA, 5), /sizes are not those/);
  // 32 GiB: allocating it would throw a RangeError.
  const huge = concatBytes([Uint8Array.of(10, 0xff, 0xff, 0xff, 0xff, 0x7f), DELTA.subarray(2)]);
  assert.throws(() => applyDelta(BASE, huge, 16_777_216), GitFormatError);
});
