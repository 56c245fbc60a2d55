import assert from "node:assert/strict";
import { containersOf, MANIFESTS, podOf } from "./manifests.ts";
import { ROOT, run } from "../support/programs.ts";
import { readText } from "./tools.ts";

const DOCKERFILE = "docs/kubernetes/Dockerfile";

async function patterns(file: string): Promise<string[]> {
  return (await readText(file)).split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("#")
  );
}

/** Whether a pattern of .dockerignore, of the kinds used here, keeps a path out. */
function keepsOut(pattern: string, path: string): boolean {
  const source = pattern.split("**/").map((part) =>
    part.split("*").map((text) => text.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")).join("[^/]*")
  ).join("(?:.*/)?");
  return new RegExp(`^${source}(?:/|$)`).test(path);
}

Deno.test(".dockerignore keeps out what .gitignore does, and the history", async () => {
  const ignored = await patterns(".dockerignore");
  for (const pattern of await patterns(".gitignore")) {
    const example = pattern.replaceAll("*", "x").replaceAll(/^\/|\/$/g, "");
    const paths = pattern.startsWith("/") ? [example] : [example, `deep/er/${example}`];
    for (const path of paths) {
      assert(ignored.some((candidate) => keepsOut(candidate, path)), path);
    }
  }
  assert(ignored.some((candidate) => keepsOut(candidate, ".git/config")));
});

Deno.test(".dockerignore lets in all that the program is compiled from", async () => {
  const ran = await run(Deno.execPath(), ["info", "--json", "--no-lock", "cli/main.ts"]);
  const { modules } = JSON.parse(ran?.stdout ?? "") as { modules: { specifier: string }[] };
  const paths = modules.map(({ specifier }) => specifier.replace(ROOT.href, ""));
  assert(paths.includes("cli/main.ts") && paths.length > 50, `${paths.length}`);
  const ignored = await patterns(".dockerignore");
  for (const path of [...paths, "deno.json"]) {
    assert.equal(ignored.find((pattern) => keepsOut(pattern, path)), undefined, path);
  }
});

Deno.test("the Dockerfile takes the Deno that the gate takes, and the binary that the task makes", async () => {
  const text = await readText(DOCKERFILE);
  const [, version] = /deno@(\S+) task ok/.exec(await readText(".ci/run")) ?? [];
  assert(version && text.includes(`FROM denoland/deno:${version} AS build`), version);
  const { tasks, version: own } = JSON.parse(await readText("deno.json"));
  const [, output] = /--output (\S+)/.exec(tasks.compile.command) ?? [];
  assert.match(text, /^RUN deno task compile$/m);
  const copies = [...text.matchAll(/^COPY --from=build (.*)$/gm)].map(([, rest]) => rest);
  assert.equal(copies.length, 3);
  for (const rest of copies) assert.equal(rest, `--chmod=0555 /src/${output} /elector`);
  for (const file of [DOCKERFILE, "docs/kubernetes/sidecar.yaml"]) {
    const [, tag] = /registry\.example\/elector:(\S+)/.exec(await readText(file)) ?? [];
    assert.equal(tag, own, `${file}: the tag is the version of deno.json`);
  }
});

Deno.test("the image of a release has the base, the user and the place of the one that is documented", async () => {
  const release = await readText(".github/release.Dockerfile");
  const documented = (await readText(DOCKERFILE)).split(/^FROM /m).find((stage) =>
    / AS elector$/m.test(stage)
  );
  const lines = documented?.split("\n").filter((line) => /^(?:USER|ENTRYPOINT|gcr\.io)/.test(line));
  assert.equal(lines?.length, 3);
  for (const line of lines) assert.ok(release.includes(line.replace(/ AS elector$/, "")), line);
  assert.match(release, /^COPY --chmod=0555 \$\{TARGETARCH\}\/elector \/elector$/m);
});

Deno.test("the images run as the user that the manifests name, with the binary that they start", async () => {
  const text = await readText(DOCKERFILE);
  const stages = text.split(/^FROM /m).slice(1).filter((stage) => stage.includes("ENTRYPOINT"));
  assert.equal(stages.length, 3);
  for (const stage of stages) {
    assert.match(stage, /^USER 65532:65532$/m);
    assert.match(stage, /^ENTRYPOINT \["\/elector"/m);
    if (stage.startsWith("gcr.io/distroless/")) assert.match(stage, /^\S+:nonroot AS /);
  }
  for (const file of MANIFESTS) {
    const pod = await podOf(file);
    assert.equal(pod.securityContext.runAsUser, 65532);
    for (const { command } of containersOf(pod)) {
      if (command) assert.equal(command[0], "/elector", file);
    }
  }
});
