import assert from "node:assert/strict";
import { COLOURED, formatDuration, PLAIN } from "../../../cli/output/terminal.ts";

Deno.test("formatDuration() formats durations for people, in at most two units", () => {
  const cases: [number, string][] = [
    [-5, "0.0 s"],
    [0, "0 s"],
    [40, "0.0 s"],
    [449, "0.4 s"],
    [2_000, "2 s"],
    [2_001, "2.0 s"],
    [9_949, "9.9 s"],
    [9_950, "10 s"],
    [59_499, "59 s"],
    [59_960, "1 min"],
    [60_000, "1 min"],
    [125_400, "2 min 5 s"],
    [3_599_600, "1 h"],
    [3_600_000, "1 h"],
    [11_100_000, "3 h 5 min"],
    [86_399_000, "1 d"],
    [187_200_000, "2 d 4 h"],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text, String(ms));
});

Deno.test("COLOURED wraps text in sequences that end what they begin, PLAIN leaves it", () => {
  assert.equal(COLOURED.red("x"), "\x1b[31mx\x1b[39m");
  assert.equal(COLOURED.bold(COLOURED.dim("")), "");
  assert.equal(PLAIN.red("x"), "x");
});
