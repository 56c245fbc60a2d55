import assert from "node:assert/strict";
import { distancesFrom, readImports } from "./imports.ts";
import { Stages } from "./stages.ts";
import type { Target } from "./targets.ts";

const SOURCES = new Map(Object.entries({
  "a/mod.ts": 'export { x } from "./x.ts";\nexport * from "./y.ts";',
  "a/x.ts": 'import type { Y } from "./y.ts";\nimport "./effect.ts";',
  "a/y.ts": 'import assert from "node:assert/strict";',
  "a/effect.ts": "",
  "a/unused.ts": "",
  "cli/main.ts": 'import { x } from "../a/mod.ts";',
  "tests/a/x_test.ts": 'import {\n  x,\n} from "../../a/mod.ts";',
  "tests/a/direct_test.ts": 'import { x } from "../../a/x.ts";',
  "tests/a/all_test.ts": 'import { x } from "../../a/mod.ts";',
  "tests/a/y_test.ts": 'import { y } from "../../a/y.ts";',
  "tests/a/elector_process.ts": 'new URL("../../cli/main.ts", import.meta.url)',
  "tests/a/program_test.ts": 'import "./elector_process.ts";',
  "tests/b/x_test.ts": 'import { x } from "../../a/x.ts";',
}));
const TARGET: Target = { name: "a", sources: ["a/"], except: [], tests: ["tests/a/"] };

Deno.test("readImports() finds imports of any form, re-exports and programs", () => {
  const imports = readImports(SOURCES);
  assert.deepEqual(imports.get("a/mod.ts"), ["a/x.ts", "a/y.ts"]);
  assert.deepEqual(imports.get("a/x.ts"), ["a/y.ts", "a/effect.ts"]);
  assert.deepEqual(imports.get("a/y.ts"), []);
  assert.deepEqual(imports.get("tests/a/elector_process.ts"), ["cli/main.ts"]);
  assert.equal(distancesFrom("tests/a/all_test.ts", imports).get("a/y.ts"), 2);
});

Deno.test("Stages.of() has the nearest tests first, the slow ones last, and no other folder's", () => {
  const stages = new Stages(readImports(SOURCES));
  assert.deepEqual(stages.of(TARGET, "a/x.ts"), [
    ["tests/a/direct_test.ts", "tests/a/x_test.ts"],
    ["tests/a/all_test.ts"],
    ["tests/a/program_test.ts"],
  ]);
});

Deno.test("Stages.of() has no test that does not reach the file", () => {
  const stages = new Stages(readImports(SOURCES));
  assert.deepEqual(stages.of(TARGET, "a/unused.ts"), []);
});
