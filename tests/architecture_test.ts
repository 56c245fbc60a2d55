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

/** What the keeper of `elector run` needs of them, which is to load nothing else of an election. */
const LIGHT = ["elector/timings.ts", "bucket/timings.ts"];

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
  readonly text: string;
  readonly lines: number;
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

const known = new Map<string, Promise<Source>>();

/** Reads each file once, however many rules it is held to. */
function source(path: string): Promise<Source> {
  const found = known.get(path) ?? readSource(path);
  known.set(path, found);
  return found;
}

async function readSource(path: string): Promise<Source> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  return {
    path,
    text,
    lines: text.split("\n").length - 1,
    code: withoutCommentsAndStrings(text),
    imports: importsOf(text),
  };
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

/** Comments, or literals that could look like comments or hold quotes: whichever begins first. */
const TOKENS = new RegExp(
  [
    /\/\/[^\n]*|\/\*[\s\S]*?\*\//,
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/,
    // A slash is the beginning of a regular expression where no value can stand before it.
    /(?<=[(,=:[!&|?{};]\s*|\breturn\s)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//,
  ].map(({ source }) => source).join("|"),
  "g",
);

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
    const isWrong = (_: string, target: string) => ![folder, ...others].includes(folderOf(target));
    assert.deepEqual(wrongImports(found, isWrong), []);
  });
}

Deno.test("the process that keeps the command loads no election, no store and no module of Node.js", async () => {
  const found = new Set<string>();
  const visit = async (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    if (!path.endsWith(".ts")) return;
    const text = await Deno.readTextFile(new URL(path, ROOT));
    const notLoaded = /\b(?:import|export) type\b[^;]*;|\bimport\s*\(/g;
    for (const specifier of importsOf(withoutComments(text).replaceAll(notLoaded, ";"))) {
      await visit(specifier.startsWith(".") ? resolve(path, specifier) : specifier);
    }
  };
  await visit("cli/commands/run.ts");
  await visit("cli/main.ts");
  const rest = [...found].filter((path) => !/^(?:cli|lock)\//.test(path)).sort();
  assert.deepEqual(rest, ["bucket/timings.ts", "elector/preference.ts", "elector/timings.ts"]);
});

Deno.test("across folders, imports go through mod.ts, or to the system's defaults", async () => {
  const wrong = wrongImports(await sources(...Object.keys(MAY_IMPORT)), (path, target) => {
    const isForStores = target === KIT && ["gist", "bucket"].includes(folderOf(path));
    return folderOf(target) !== folderOf(path) && !target.endsWith("/mod.ts") &&
      target !== SYSTEM && !isForStores && !LIGHT.includes(target);
  });
  assert.deepEqual(wrong, []);
});

/** The layers of the election machine, low to high: a file imports only from lower ones, and its neighbours in one. */
const MACHINE = [
  ["state", "events"],
  ["turn"],
  ["preference"],
  ["quota"],
  ["lease"],
  ["schedule"],
  ["leadership"],
  ["requests"],
  ["answers"],
  ["step"],
];

/** What the machine may import from outside: types, and checked options, neither a clock nor a promise. */
const MACHINE_MAY_IMPORT = ["lock/mod.ts", "elector/timings.ts", "elector/preference.ts"];

function layerOf(path: string): number {
  const name = path.replace(/^elector\/machine\/|\.ts$/g, "");
  return MACHINE.findIndex((layer) => layer.includes(name));
}

function wrongInMachine(files: readonly Source[]): string[] {
  return wrongImports(files, (path, target) => {
    if (MACHINE_MAY_IMPORT.includes(target)) return false;
    const layer = layerOf(target);
    return layer < 0 || layer > layerOf(path);
  });
}

/** Imports of other files of the project that a rule forbids. */
function wrongImports(
  files: readonly Source[],
  isWrong: (path: string, target: string) => boolean,
): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.filter((name) => !name.startsWith("node:")).map((name) => resolve(path, name))
      .filter((target) => isWrong(path, target)).map((target) => `${path} imports ${target}`)
  );
}

Deno.test("the election machine imports types and options alone, and its files only from lower ones", async () => {
  const files = await sources("elector/machine");
  assert.deepEqual(files.map(({ path }) => layerOf(path)).filter((layer) => layer < 0), []);
  assert.deepEqual(wrongInMachine(files), []);
});

/** Rules within folders: what a file whose path begins so may not import. */
const MAY_NOT_IMPORT: readonly (readonly [path: string, target: RegExp])[] = [
  ["gist/git/objects/", /^gist\/(?!git\/objects\/)/],
  ["gist/git/wire/", /^gist\/(?!git\/(?:objects|wire)\/)/],
  ["gist/git/", /^gist\/(?:rest|server)\//],
  ["gist/rest/", /^gist\/(?:git|server)\//],
  ["gist/server/", /^gist\/(?!server\/|git\/(?:objects|wire)\/)/],
  ["bucket/server/", /^bucket\/(?:wire|probe)\//],
  // `mod.ts` lists the commands, also for the completion.
  ["cli/commands/", /^cli\/commands\/(?!mod\.ts$)/],
  ...["actions", "candidate", "check", "completion", "demo", "options", "output", "run"]
    .map((folder) => [`cli/${folder}/`, /^cli\/commands\//] as const),
];

function wrongWithin(files: readonly Source[]): string[] {
  return MAY_NOT_IMPORT.flatMap(([folder, target]) =>
    wrongImports(
      files.filter(({ path }) => path.startsWith(folder) && path !== "cli/commands/mod.ts"),
      (_, found) => target.test(found),
    )
  );
}

Deno.test("within gist/, bucket/ and cli/, rooms import only from where they may", async () => {
  const files = await sources("gist", "bucket", "cli");
  for (const [folder] of MAY_NOT_IMPORT) {
    assert.ok(files.some(({ path }) => path.startsWith(folder)));
  }
  assert.deepEqual(wrongWithin(files), []);
});

const MOST_LINES = 260;
const MOST_FILES = 12;

function tooLarge(files: readonly Pick<Source, "path" | "lines">[]): string[] {
  const folders = Map.groupBy(files, ({ path }) => path.slice(0, path.lastIndexOf("/")));
  return [
    ...files.filter(({ lines }) => lines > MOST_LINES)
      .map(({ path, lines }) => `${path} has ${lines} lines`),
    // One file for each command.
    ...[...folders].filter(([name, { length }]) => length > MOST_FILES && name !== "cli/commands")
      .map(([name, { length }]) => `${name}/ has ${length} files`),
  ];
}

Deno.test(`no file has more than ${MOST_LINES} lines, and no folder more than ${MOST_FILES} files`, async () => {
  assert.deepEqual(tooLarge(await sources(...Object.keys(MAY_IMPORT))), []);
});

const EXPORTED =
  /^export (?:async )?(?:abstract )?(?:function\*?|const|class|interface|type) (\w+)/gm;

/** The names in lists of imports and of re-exports, and what a file takes of another that it imports as a whole. */
function importedNames(code: string): string[] {
  const lists =
    /\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s*from\b|\{([^{}]*)\}\s*=\s*await import\(/g;
  const listed = [...code.matchAll(lists)].map(([, from, dynamic]) => from ?? dynamic ?? "");
  const hasWhole = /\bimport\s*(?:\(|\* as)/.test(code);
  const members = hasWhole ? [...code.matchAll(/\.(\w+)/g)].map(([, name = ""]) => name) : [];
  return [...listed.flatMap((list) => list.match(/\w+/g) ?? []), ...members];
}

/** Names that a file exports and no other imports, unless a face exports the whole file. */
function unusedExports(files: readonly Pick<Source, "path" | "text" | "code">[]): string[] {
  const used = new Set(files.flatMap(({ code }) => importedNames(code)));
  const whole = files.filter(({ path }) => path.endsWith("mod.ts")).flatMap(({ path, text }) =>
    [...text.matchAll(/export \* (?:as \w+ )?from "([^"]+)"/g)].map(([, name = ""]) =>
      resolve(path, name)
    )
  );
  return files.filter(({ path }) => !whole.includes(path)).flatMap(({ path, text }) =>
    [...text.matchAll(EXPORTED)].filter(([, name = ""]) => !used.has(name))
      .map(([, name]) => `${path} exports ${name}`)
  );
}

Deno.test("a name is exported only if another file uses it", async () => {
  const shipped = Object.keys(MAY_IMPORT);
  const files = [...await sources(...shipped, "tests"), await source("mod.ts")];
  const unused = unusedExports(files).filter((line) => !line.startsWith("tests/"));
  assert.deepEqual(unused, []);
});

Deno.test("each of these rules finds what breaks it", () => {
  const file = (path: string, ...imports: string[]): Source => ({
    path,
    imports,
    code: "",
    text: "",
    lines: 1,
  });
  assert.equal(wrongInMachine([file("elector/machine/lease.ts", "./step.ts")]).length, 1);
  assert.equal(wrongInMachine([file("elector/machine/step.ts", "../elector.ts")]).length, 1);
  assert.equal(wrongInMachine([file("elector/machine/step.ts", "./lease.ts")]).length, 0);
  assert.equal(wrongWithin([file("gist/git/wire/refs.ts", "../remote.ts")]).length, 1);
  assert.equal(wrongWithin([file("gist/server/git/push.ts", "../../git/store.ts")]).length, 1);
  assert.equal(wrongWithin([file("cli/commands/run.ts", "./serve.ts")]).length, 1);
  assert.equal(wrongWithin([file("cli/run/keeper.ts", "../commands/run.ts")]).length, 1);
  assert.equal(wrongWithin([file("cli/commands/completion.ts", "./mod.ts")]).length, 0);
  assert.equal(tooLarge([{ path: "lock/lock.ts", lines: MOST_LINES + 1 }]).length, 1);
  const many = Array.from({ length: MOST_FILES + 1 }, (_, n) => file(`lock/${n}.ts`));
  assert.equal(tooLarge(many).length, 1);
  assert.deepEqual(
    unusedExports(
      [
        ["a.ts", "export const used = 1;\nexport function alone() {}"],
        ["b.ts", 'import { type used } from "./a.ts"; const alone = 1;'],
        ["c.ts", "export const face = 1;"],
        ["mod.ts", 'export * from "./c.ts";'],
      ].map(([path = "", text = ""]) => ({ path, text, code: withoutCommentsAndStrings(text) })),
    ),
    ["a.ts exports alone"],
  );
});

Deno.test("mod.ts re-exports from the folders, and types.ts with what these refer to, and does nothing else", async () => {
  const { code, imports } = await source("mod.ts");
  for (const specifier of [...imports, ...(await source("types.ts")).imports]) {
    assert.match(specifier, /^\.\/(?:(?:lock|store|elector|gist|bucket)\/mod|types)\.ts$/);
  }
  assert.match(code, /^(?:\s*export\s+(?:type\s+)?\{[^}]*\}\s+from\s+"";)*\s*$/);
});

Deno.test("nothing is imported but files of this project and node:, in the tests either", async () => {
  const found = [await source("mod.ts"), ...await sources(...Object.keys(MAY_IMPORT), "tests")];
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

/** The files of the library, which is all but the program, whose code is so. */
async function inLibrary(isSo: (code: string) => boolean): Promise<string[]> {
  const found = await sources("lock", "store", "elector", "gist", "bucket");
  return found.filter(({ code }) => isSo(code)).map(({ path }) => path);
}

for (const [name, pattern] of Object.entries(OUTSIDE_WORLD)) {
  Deno.test(`only ${SYSTEM} uses ${name}`, async () => {
    const users = await inLibrary((code) => uses(code, name, pattern));
    assert.deepEqual(users.filter((path) => path !== SYSTEM), []);
  });
}

/** What Node 22 or Bun lack. */
const NOT_EVERYWHERE =
  /\.(?:fromHex|toHex|fromBase64|toBase64)\(|\bRegExp\.escape\b|\bPromise\.try\b/;

Deno.test("the library uses nothing that one of its runtimes lacks", async () => {
  assert.deepEqual(await inLibrary((code) => NOT_EVERYWHERE.test(code)), []);
});

/** Files of the library that may name Deno: for a network without HTTP/2, and to serve on a port. */
const MAY_NAME_DENO = ["lock/network.ts", "store/server/serve.ts"];

Deno.test("the library names Deno in few places", async () => {
  const naming = await inLibrary((code) => /\bDeno\./.test(code));
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

Deno.test("a quote in a regular expression, a string or a comment hides no code", () => {
  const text =
    "const q = /[\"'`/]/; first(); 'it\\'s'; second(1 / 2, 3 / 4); // don't\nthird(/'/);";
  const code = withoutCommentsAndStrings(text);
  for (const call of ["first()", "second(1 / 2, 3 / 4)", "third("]) {
    assert.ok(code.includes(call), code);
  }
  assert.ok(!/it|don/.test(code), code);
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
