import assert from "node:assert/strict";
import { mutate } from "../proof/mutants/mutant.ts";
import { BUCKET } from "./mutants.ts";

const ROOT = new URL("../../", import.meta.url);

for (const mutant of BUCKET) {
  Deno.test(`the mutant "${mutant.bug}" can be made in ${mutant.file}`, async () => {
    const source = await Deno.readTextFile(new URL(mutant.file, ROOT));
    assert.notEqual(mutate(source, mutant), source);
  });
}
