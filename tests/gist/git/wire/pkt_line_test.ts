import assert from "node:assert/strict";
import { decodeText, encodeText } from "../../../../gist/git/objects/bytes.ts";
import { GitFormatError } from "../../../../gist/git/objects/errors.ts";
import {
  encodePktLines,
  FLUSH,
  MAX_PKT_PAYLOAD,
  PktReader,
  pktText,
} from "../../../../gist/git/wire/pkt_line.ts";

Deno.test("encodePktLines() counts the four digits of length themselves", () => {
  const lines = encodePktLines([
    "a\n",
    encodeText("é"),
    "",
    FLUSH,
    { marker: "delimiter" },
    { marker: "response-end" },
  ]);
  assert.equal(decodeText(lines), "0006a\n0006é0004000000010002");
});

Deno.test("encodePktLines() refuses a payload longer than git's longest", () => {
  assert.equal(
    decodeText(encodePktLines([new Uint8Array(MAX_PKT_PAYLOAD)]).subarray(0, 4)),
    "fff0",
  );
  assert.throws(
    () => encodePktLines([new Uint8Array(MAX_PKT_PAYLOAD + 1)]),
    { name: "RangeError", message: /at most 65516 bytes long, got 65517/ },
  );
});

Deno.test("PktReader reads payloads and markers one at a time, and leaves the rest", () => {
  const reader = new PktReader(encodeText("0006a\n0004000000010002PACK"));
  assert.equal(pktText(reader.next() as Uint8Array), "a");
  assert.deepEqual(reader.next(), new Uint8Array());
  assert.equal(reader.next(), "flush");
  assert.equal(reader.next(), "delimiter");
  assert.equal(reader.next(), "response-end");
  assert.equal(decodeText(reader.rest), "PACK");
  assert.equal(reader.done, false);
  assert.throws(() => reader.next(), /not start with its length/);
});

Deno.test("PktReader refuses lengths that cannot be right", () => {
  for (const text of ["", "0", "000", "0003", "0005", "0006a", "fff5a", "+005a", "0x05a", "<htm"]) {
    assert.throws(() => new PktReader(encodeText(text)).next(), GitFormatError, text);
  }
  assert.equal(new PktReader(new Uint8Array()).done, true);
});

Deno.test("pktText() takes one line break off the end", () => {
  assert.equal(pktText(encodeText("a\n\n")), "a\n");
  assert.equal(pktText(encodeText("a")), "a");
});
