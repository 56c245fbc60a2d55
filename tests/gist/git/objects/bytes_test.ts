import assert from "node:assert/strict";
import {
  compareBytes,
  decodeText,
  encodeText,
  equalBytes,
} from "../../../../gist/git/objects/bytes.ts";

Deno.test("decodeText() keeps a byte order mark: a text that is written back must not change", () => {
  assert.equal(decodeText(encodeText("\ufeffa")), "\ufeffa");
});

Deno.test("compareBytes() orders by the first byte that differs, and a beginning before the whole", () => {
  const ordered = [[], [0], [0, 0], [0, 1], [1], [1, 0], [255]].map((list) =>
    Uint8Array.from(list)
  );
  for (const [at, a] of ordered.entries()) {
    for (const [other, b] of ordered.entries()) {
      assert.equal(Math.sign(compareBytes(a, b)), Math.sign(at - other), `${a} and ${b}`);
      assert.equal(equalBytes(a, b), at === other);
    }
  }
});
