import assert from "node:assert/strict";
import { type Manifest, MANIFESTS, manifestsOf } from "./manifests.ts";
import { run, skipped, TOOLS } from "../support/programs.ts";
import { exists } from "./tools.ts";

const TYPES = TOOLS && `${TOOLS}/node_modules/kubernetes-types`;
const hasTypes = TYPES !== undefined && await exists(TYPES);
if (!hasTypes) {
  skipped(
    "the check of docs/kubernetes against Kubernetes' types",
    "OPS_TOOLS has no kubernetes-types: see tests/ops/fetch_tools.sh",
  );
}

/** Takes manifests for what Kubernetes' own description of its API says they are. */
async function check(manifests: readonly Manifest[]) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.symlink(`${TOOLS}/node_modules`, `${folder}/node_modules`);
    await Deno.writeTextFile(
      `${folder}/package.json`,
      '{"dependencies":{"kubernetes-types":"*"}}',
    );
    const lines = manifests.map(({ apiVersion, kind, ...rest }, index) => {
      const module = apiVersion === "v1" ? "core/v1" : apiVersion;
      const object = JSON.stringify({ apiVersion, kind, ...rest });
      return `import type { ${kind} as T${index} } from "kubernetes-types/${module}";\n` +
        `export const m${index}: T${index} = ${object};`;
    });
    await Deno.writeTextFile(`${folder}/manifests.ts`, lines.join("\n"));
    const args = ["check", "--quiet", "--node-modules-dir=manual", "manifests.ts"];
    return await run(Deno.execPath(), args, { cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "the manifests have the types that Kubernetes' API describes",
  ignore: !hasTypes,
  async fn() {
    const manifests = (await Promise.all(MANIFESTS.map(manifestsOf))).flat();
    const ran = await check(manifests);
    assert.equal(ran?.code, 0, ran?.text);
    const faulty = JSON.parse(JSON.stringify(manifests[0]).replace('"image"', '"imag"'));
    assert.match((await check([faulty]))?.text ?? "", /imag.* does not exist in type/);
  },
});
