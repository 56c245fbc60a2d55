import assert from "node:assert/strict";
import { equivalentOf, staleEntries } from "./allow.ts";
import { EQUIVALENT } from "./equivalent.ts";
import { mutationsOf } from "./generate.ts";
import { readSources } from "./project.ts";
import { formatReport } from "./report.ts";
import type { Outcome, Result } from "./run.ts";
import { MORE_TARGETS, SETTERS, type Target, TARGETS } from "./targets.ts";
import { judge, unfinishedTest } from "./test_run.ts";

Deno.test("judge() reads what the test runner wrote", () => {
  const cases: [output: string, code: number, expected: string][] = [
    ["ok | 3 passed | 0 failed (1s)", 0, "passed"],
    ["ok | 0 passed | 0 failed (1s)", 0, "empty"],
    ["FAILED | 2 passed (3 steps) | 1 failed (1s)", 1, "failed"],
    ["error: SyntaxError: x\n\nFAILED | 0 passed | 1 failed (0ms)", 1, "failed"],
    ["error: SyntaxError: Expression expected", 1, "invalid"],
    ["error: something else", 1, "failed"],
    ["", 133, "hung"],
  ];
  for (const [output, code, expected] of cases) assert.equal(judge(output, code), expected, output);
});

Deno.test("unfinishedTest() names the test that did not end", () => {
  assert.equal(unfinishedTest("running 2 tests\na ... ok (1ms)\nb c ...\n  step ..."), "b c");
  assert.equal(unfinishedTest("a ... ok (1ms)\nb ..."), "b");
  assert.equal(unfinishedTest("a ... FAILED (1ms)\n"), undefined);
  assert.equal(unfinishedTest("Check file"), undefined);
});

Deno.test("equivalentOf() finds the entry of a mutation, staleEntries() those of none", () => {
  const mutations = mutationsOf("f.ts", "if (a > 1) b();");
  const entry = { file: "f.ts", line: "if (a > 1) b();", after: /a >= 1/, reason: "r" };
  const other = { file: "f.ts", line: /nothing/, reason: "r" };
  const found = mutations.filter((mutation) => equivalentOf(mutation, [entry, other]));
  assert.deepEqual(found.map(({ after }) => after), ["if (a >= 1) b();"]);
  assert.deepEqual(staleEntries(mutations, [entry, other]), [other]);
});

Deno.test("equivalentOf() distinguishes equal lines by the line above them", () => {
  const mutations = mutationsOf("f.ts", "a();\n  stop();\nb();\n  stop();\n");
  const entry = { file: "f.ts", below: "b();", line: "stop();", reason: "r" };
  const found = mutations.filter((mutation) => equivalentOf(mutation, [entry]));
  assert.deepEqual(found.map(({ line }) => line), [4]);
});

Deno.test("every entry of equivalent.ts fits a mutation, and says why it is there", async () => {
  const sources = await readSources();
  const files = new Set(EQUIVALENT.map(({ file }) => file));
  const mutations = [...files].flatMap((file) =>
    mutationsOf(file, sources.get(file) ?? "", SETTERS)
  );
  assert.deepEqual(staleEntries(mutations, EQUIVALENT), []);
  for (const { reason } of EQUIVALENT) assert.ok(reason.length > 10);
});

Deno.test("each target has sources and tests", async () => {
  const sources = await readSources();
  const paths = [...sources.keys()];
  const has = (prefixes: readonly string[], suffix: string) =>
    paths.some((path) =>
      path.endsWith(suffix) && prefixes.some((prefix) => path.startsWith(prefix))
    );
  for (const target of [...TARGETS, ...MORE_TARGETS]) {
    assert.ok(has(target.sources, ".ts"), target.name);
    assert.ok(has(target.tests, "_test.ts"), target.name);
  }
});

Deno.test("formatReport() counts by folder and kind, and lists what was not killed", () => {
  const target: Target = { name: "a", sources: [], except: [], tests: [] };
  const outcomes: Outcome[] = ["killed", "survived", "hung", "invalid"];
  const results = mutationsOf("f.ts", "return 1 < 2;").slice(0, 4).map((
    mutation,
    index,
  ): Result => ({
    mutation,
    target,
    outcome: outcomes[index] ?? "killed",
    ms: 1,
  }));
  assert.equal(
    formatReport(results),
    [
      "folder  mutants  killed  survived  hung  invalid  equivalent",
      "a             4       1         1     1        1           0",
      "",
      "kind        mutants  killed  survived  hung  invalid  equivalent",
      "comparison        2       0         0     1        1           0",
      "number            2       1         1     0        0           0",
      "all               4       1         1     1        1           0",
      "",
      "Survived:",
      "  f.ts:1  number:  return 1 < 2;  →  return 2 < 2;",
      "",
      "Hung, which kills nothing:",
      "  f.ts:1  comparison:  return 1 < 2;  →  return 1 <= 2;",
      "",
      "Invalid:",
      "  f.ts:1  comparison:  return 1 < 2;  →  return 1 >= 2;",
    ].join("\n"),
  );
});
