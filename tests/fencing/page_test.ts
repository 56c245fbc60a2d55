import assert from "node:assert/strict";
import { blocks, PAGE } from "./page.ts";

/** The recipes, in the order of the page. They follow its example, which runs on its own. */
const RECIPES = ["token_file.ts", "http_service.ts", "sqlite.ts", "bucket.ts", "kubernetes.ts"];

for (const [index, name] of RECIPES.entries()) {
  Deno.test(`docs/fencing.md prints ${name} as it is tested`, async () => {
    const tested = await Deno.readTextFile(new URL(name, import.meta.url));
    // Readers have the package, the tests have the sources.
    const printed = tested.replace('"../../mod.ts"', '"@multicluster/leader-election"');
    assert.equal(blocks("ts")[index + 1], printed);
    assert.doesNotMatch(printed, /from "\.\.?\//);
  });
}

Deno.test("docs/fencing.md has no code that is not tested", () => {
  assert.equal(blocks("ts").length, RECIPES.length + 1);
  assert.equal(blocks("sql").length, 2);
  const fences = PAGE.match(/^```\S.*$/gm) ?? [];
  assert.deepEqual([...new Set(fences)].sort(), ["```sql", "```text", "```ts", "```ts ignore"]);
});
