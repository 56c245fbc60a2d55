import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** What each folder of the library may import from, besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  lock: [],
  store: ["lock"],
  elector: ["lock"],
  gist: ["lock", "store"],
  bucket: ["lock", "store"],
  cli: ["lock", "store", "elector", "gist", "bucket"],
};

/** What the stores are built from; not public. Only the stores import it. */
const KIT = "store/kit.ts";

/** The one file that reaches for the outside world's time, randomness and network. */
const SYSTEM = "lock/system.ts";

/** Globals that are passed in instead, each as it would be called. */
const OUTSIDE_WORLD: Record<string, RegExp> = {
  setTimeout: /(?<![.\w])setTimeout\s*\(/,
  setInterval: /(?<![.\w])setInterval\s*\(/,
  "Date.now": /\bDate\.now\b/,
  "new Date() without an argument": /\bnew Date(\(\s*\)|(?!\s*\())/,
  "Date() as a function": /(?<!new )(?<![.\w])Date\(/,
  "performance.now": /\bperformance\s*\.\s*now\b/,
  "Math.random": /\bMath\.random\b/,
  "crypto.randomUUID": /\bcrypto\.randomUUID\b/,
  "crypto.getRandomValues": /\bcrypto\.getRandomValues\b/,
  "AbortSignal.timeout": /\bAbortSignal\.timeout\b/,
  "the global fetch":
    /(?<![.\w#])(?:globalThis\.)?fetch\s*\((?![^)]*\)\s*(?::|\{))|\bglobalThis\.fetch\b/,
};

/** A file that binds the name for itself, as in `const { fetch } = options`, calls what was passed in. */
const BINDS_FETCH = /\{[^{}]*\bfetch\b[^{}]*\}\s*(?::[^=;]*)?=(?!=|>)/;

function uses(code: string, name: string, pattern: RegExp): boolean {
  return pattern.test(code) && !(name === "the global fetch" && BINDS_FETCH.test(code));
}

interface Source {
  readonly path: string;
  readonly code: string;
  readonly imports: readonly string[];
}

async function paths(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) found.push(...await paths(`${path}/`));
    else if (path.endsWith(".ts")) found.push(path);
  }
  return found.sort();
}

async function sources(...folders: string[]): Promise<Source[]> {
  const all = (await Promise.all(folders.map((folder) => paths(`${folder}/`)))).flat();
  return await Promise.all(all.map((path) => source(path)));
}

async function source(path: string): Promise<Source> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  return { path, code: withoutCommentsAndStrings(text), imports: importsOf(text) };
}

/** Static imports, re-exports, imports for their effect, and dynamic imports of a literal; none out of a comment. */
function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const from = /(?:^|[;}\s])(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"']+)["']/g;
  const effect = /(?:^|[;}\s])import\s*["']([^"']+)["']/g;
  const dynamic = /\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g;
  return [from, effect, dynamic].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, specifier]) => specifier ?? "")
  );
}

/** Comments, or literals that could look like comments: whichever begins first. */
const TOKENS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

function withoutComments(text: string): string {
  return text.replaceAll(TOKENS, (token) => token.startsWith("/") ? " " : token);
}

/** Code inside of a template's placeholders is kept. */
function withoutCommentsAndStrings(text: string): string {
  return text.replaceAll(TOKENS, (token) => {
    if (!token.startsWith("`")) return token.startsWith("/") ? " " : '""';
    return [...token.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => `(${code})`).join(" ");
  });
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? "";
}

/** Where a relative import leads, from the root of the project. */
function resolve(path: string, specifier: string): string {
  return new URL(specifier, new URL(path, "file:///")).pathname.slice(1);
}

for (const [folder, others] of Object.entries(MAY_IMPORT)) {
  Deno.test(`${folder}/ imports only from ${["itself", ...others].join(", ")} and node:`, async () => {
    const found = await sources(folder);
    assert.ok(found.length > 0);
    const wrong = found.flatMap(({ path, imports }) =>
      imports.filter((specifier) => {
        if (specifier.startsWith("node:")) return false;
        return ![folder, ...others].includes(folderOf(resolve(path, specifier)));
      }).map((specifier) => `${path} imports ${specifier}`)
    );
    assert.deepEqual(wrong, []);
  });
}

Deno.test("across folders, imports go through mod.ts, or to the system's defaults", async () => {
  const wrong = (await sources(...Object.keys(MAY_IMPORT))).flatMap(({ path, imports }) =>
    imports.filter((specifier) => {
      if (specifier.startsWith("node:")) return false;
      const target = resolve(path, specifier);
      const isForStores = target === KIT && ["gist", "bucket"].includes(folderOf(path));
      return folderOf(target) !== folderOf(path) && !target.endsWith("/mod.ts") &&
        target !== SYSTEM && !isForStores;
    }).map((specifier) => `${path} imports ${specifier}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("mod.ts re-exports from the folders, and does nothing else", async () => {
  const { code, imports } = await source("mod.ts");
  for (const specifier of imports) {
    assert.match(specifier, /^\.\/(lock|store|elector|gist|bucket)\/mod\.ts$/);
  }
  assert.equal(
    code.replaceAll(/export\s+(?:type\s+)?\{[^}]*\}\s+from\s+"";/g, "").trim(),
    "",
  );
});

Deno.test("nothing is imported but files of this project and node:, in the tests either", async () => {
  const found = [
    await source("mod.ts"),
    ...await sources(...Object.keys(MAY_IMPORT), "tests"),
  ];
  const wrong = found.flatMap(({ path, imports }) =>
    imports.filter((specifier) => !/^(?:node:|\.{1,2}\/)/.test(specifier))
      .map((specifier) => `${path} imports ${specifier}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("deno.json maps no import to anything", async () => {
  const { imports, importMap } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assert.equal(imports, undefined);
  assert.equal(importMap, undefined);
});

for (const [name, pattern] of Object.entries(OUTSIDE_WORLD)) {
  Deno.test(`only ${SYSTEM} uses ${name}`, async () => {
    const found = await sources("lock", "store", "elector", "gist", "bucket");
    const users = found.filter(({ code }) => uses(code, name, pattern)).map(({ path }) => path);
    assert.deepEqual(users.filter((path) => path !== SYSTEM), []);
  });
}

/** What Node 22 or Bun lack. */
const NOT_EVERYWHERE =
  /\.(?:fromHex|toHex|fromBase64|toBase64)\(|\bRegExp\.escape\b|\bPromise\.try\b/;

Deno.test("the library uses nothing that one of its runtimes lacks", async () => {
  const found = await sources("lock", "store", "elector", "gist", "bucket");
  assert.deepEqual(
    found.filter(({ code }) => NOT_EVERYWHERE.test(code)).map(({ path }) => path),
    [],
  );
});

/** Files of the library that may name Deno: for a network without HTTP/2, and to serve on a port. */
const MAY_NAME_DENO = ["lock/network.ts", "store/server/serve.ts"];

Deno.test("the library names Deno in few places", async () => {
  const found = await sources("lock", "store", "elector", "gist", "bucket");
  const naming = found.filter(({ code }) => /\bDeno\./.test(code)).map(({ path }) => path);
  assert.deepEqual(naming.filter((path) => !MAY_NAME_DENO.includes(path)), []);
});

Deno.test("the search for imports finds each kind, and none in a comment", () => {
  const text = `
    import a from "./a.ts";
    import { b,
      c } from './b.ts'; export * from "./c.ts";
    import "./d.ts";
    export type { E } from "./e.ts";
    const f = await import("./f.ts");
    // import g from "./g.ts";
    /** import h from "./h.ts"; */
  `;
  assert.deepEqual(importsOf(text).sort(), ["a", "b", "c", "d", "e", "f"].map((x) => `./${x}.ts`));
});

for (
  const [name, code] of [
    ["setTimeout", "setTimeout(f, 5)"],
    ["setInterval", "const t = setInterval(f)"],
    ["Date.now", "x = Date.now()"],
    ["new Date() without an argument", "new Date()"],
    ["new Date() without an argument", "new Date;"],
    ["performance.now", "performance.now()"],
    ["Math.random", "const random = Math.random"],
    ["crypto.randomUUID", "crypto.randomUUID()"],
    ["the global fetch", "await fetch(request)"],
    ["the global fetch", "return globalThis.fetch;"],
  ] as const
) {
  Deno.test(`the search for the outside world finds ${code}`, () => {
    assert.ok(uses(code, name, OUTSIDE_WORLD[name] ?? /^$/));
  });
}

Deno.test("the search for the outside world is not deceived by what only looks alike", () => {
  const innocent = "this.#fetch(request); options.fetch(x); new Date(5); clock.setTimeout(5); " +
    "async fetch(request: Request): Promise<Response> { } const { fetch, x } = this.#options; fetch(x)";
  for (const [name, pattern] of Object.entries(OUTSIDE_WORLD)) {
    assert.ok(!uses(innocent, name, pattern), name);
  }
});
