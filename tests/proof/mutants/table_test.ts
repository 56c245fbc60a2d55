import assert from "node:assert/strict";
import { ROOT } from "./copy.ts";
import { type Mutant, mutate } from "./mutant.ts";
import { formatPage } from "./report.ts";
import { DESIGNS, MUTANTS } from "./table.ts";

for (const mutant of [...MUTANTS, ...DESIGNS]) {
  Deno.test(`the mutant "${mutant.bug}" can be made in ${mutant.file}`, async () => {
    const source = await Deno.readTextFile(new URL(mutant.file, ROOT));
    assert.notEqual(mutate(source, mutant), source);
  });
}

Deno.test("each test that kills a mutant is in its file", async () => {
  const killers = [...MUTANTS, ...DESIGNS].flatMap(({ killedBy }) =>
    "file" in killedBy ? [killedBy] : []
  );
  for (const [file, named] of Map.groupBy(killers, ({ file }) => file)) {
    const names = await testsOf(file);
    const isMissing = ({ test }: { test: string }) => !names.some((name) => name.includes(test));
    assert.deepEqual(named.filter(isMissing), []);
  }
});

/** Loads a file of tests without running them, and returns their names. */
async function testsOf(file: string): Promise<string[]> {
  const names: string[] = [];
  const { test } = Deno;
  const note = (first: string | { name: string }) =>
    names.push(typeof first === "string" ? first : first.name);
  Object.assign(Deno, { test: Object.assign(note, test) });
  await import(new URL(file, ROOT).href).finally(() => Object.assign(Deno, { test }));
  return names;
}

Deno.test("mutate() refuses a text that does not occur exactly once", () => {
  const killedBy = { seed: 1 };
  const mutant: Mutant = { bug: "b", file: "f.ts", text: "x", replacement: "y", killedBy };
  assert.throws(() => mutate("no such text", { ...mutant, text: "z" }), /exactly once/);
  assert.throws(() => mutate("x and x", mutant), /it occurs 2 times/);
  assert.equal(mutate("a x b", mutant), "a y b");
});

Deno.test("docs/mutants.md is what the table says", async () => {
  const page = await Deno.readTextFile(new URL("docs/mutants.md", ROOT));
  assert.equal(page, formatPage(MUTANTS, DESIGNS));
});
