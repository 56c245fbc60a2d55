import assert from "node:assert/strict";
import { escapeText } from "../../lock/mod.ts";

for (
  const [name, text, escaped] of [
    ["leaves plain text alone", "eu-west-1 é😀 <&>", "eu-west-1 é😀 <&>"],
    ["escapes a terminal's control sequences", "\u001b[2J", "\\u{1b}[2J"],
    [
      "escapes line breaks of every kind",
      "a\r\nb\u2028c\u2029d\u0085",
      "a\\u{d}\\u{a}b\\u{2028}c\\u{2029}d\\u{85}",
    ],
    ["escapes characters that turn the direction of text", "\u202e\u2066", "\\u{202e}\\u{2066}"],
    ["escapes invisible characters", "\u200b\ufeff\u{e0001}", "\\u{200b}\\u{feff}\\u{e0001}"],
    ["escapes half of a surrogate pair", "\ud800", "\\u{d800}"],
    ["escapes NUL, DEL and the C1 controls", "\u0000\u007f\u009b", "\\u{0}\\u{7f}\\u{9b}"],
  ] as const
) {
  Deno.test(`escapeText() ${name}`, () => assert.equal(escapeText(text), escaped));
}

Deno.test("escapeText() cuts a long text, and says so", () => {
  assert.equal(escapeText("x".repeat(200)), "x".repeat(200));
  assert.equal(escapeText("x".repeat(201)), `${"x".repeat(200)}…`);
  assert.equal(escapeText("abcdef", 3), "abc…");
});
