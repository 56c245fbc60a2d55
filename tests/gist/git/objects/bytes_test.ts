import assert from "node:assert/strict";
import { decodeText, encodeText } from "../../../../gist/git/objects/bytes.ts";

Deno.test("decodeText() keeps a byte order mark: a text that is written back must not change", () => {
  assert.equal(decodeText(encodeText("\ufeffa")), "\ufeffa");
});
