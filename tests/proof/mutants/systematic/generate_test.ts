import assert from "node:assert/strict";
import { mutationsOf, sample } from "./generate.ts";
import { applyChange, type Kind } from "./mutation.ts";
import { readSources } from "./project.ts";
import { SETTERS } from "./targets.ts";

/** What becomes of a text by the mutations of some kinds. */
function mutants(source: string, ...kinds: Kind[]): string[] {
  return mutationsOf("f.ts", source, SETTERS)
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map((mutation) => applyChange(source, mutation));
}

Deno.test("mutationsOf() makes each kind of mutation", async (t) => {
  const cases: [kind: Kind, source: string, expected: string[]][] = [
    ["comparison", "x = a < b;", ["x = a <= b;", "x = a >= b;"]],
    ["comparison", "x = a >= b;", ["x = a < b;", "x = a > b;"]],
    ["comparison", "x = a !== b;", ["x = a === b;"]],
    ["comparison", "const m = new Map<string, Set<number>>();", []],
    ["comparison", "function f(): Promise<\n  string\n> {}", []],
    ["logic", "x = a && b || c;", ["x = a || b || c;", "x = a && b && c;"]],
    ["operand", "x = a && b(c, d);", ["x = a && true;", "x = true && b(c, d);"]],
    ["operand", "f(a || (b && c), d);", [
      "f(a || (b && true), d);",
      "f(a || (true && c), d);",
      "f(a || false, d);",
      "f(false || (b && c), d);",
    ]],
    ["negation", "if (!a) b();", ["if (a) b();"]],
    ["negation", "x = a! + b;", []],
    ["condition", "if (a(b)) return;", ["if (false) return;", "if (true) return;"]],
    ["condition", "while (a) b();", ["while (false) b();"]],
    ["choice", "x = a === b ? c : d;", ["x = false ? c : d;", "x = true ? c : d;"]],
    ["choice", "function f(a?: string) {}", []],
    ["default", "x = a?.b ?? c + 1;", ["x = c + 1;", "x = a?.b;"]],
    ["default", "for (const a of b ?? []) c();", [
      "for (const a of []) c();",
      "for (const a of b) c();",
    ]],
    ["arithmetic", "x = a + 2 * b - -c;", [
      "x = a - 2 * b - -c;",
      "x = a + 2 / b - -c;",
      "x = a + 2 * b + -c;",
      "x = a + 2 * b - c;",
    ]],
    ["arithmetic", 'x = "a" + b + `c`;', []],
    ["arithmetic", "for (let i = 0; i < n; i++) a();", []],
    ["number", "x = 5; y = 0; z = 1_000;", [
      "x = 4; y = 0; z = 1_000;",
      "x = 6; y = 0; z = 1_000;",
      "x = 5; y = 1; z = 1_000;",
      "x = 5; y = 0; z = 2000;",
      "x = 5; y = 0; z = 500;",
    ]],
    ["number", "function f(status: 403 | 429 = 403) {}", [
      "function f(status: 403 | 429 = 201.5) {}",
      "function f(status: 403 | 429 = 806) {}",
    ]],
    ["boolean", "x = { a: true };", ["x = { a: false };"]],
    ["rounding", "x = Math.max(a, Math.floor(b));", [
      "x = Math.min(a, Math.floor(b));",
      "x = Math.max(a, Math.ceil(b));",
    ]],
    ["assignment", "function f() {\n  this.#a = { b: 1 };\n  c.d ??= e;\n  n++;\n}", [
      "function f() {\n  ;\n  c.d ??= e;\n  n++;\n}",
      "function f() {\n  this.#a = { b: 1 };\n  ;\n  n++;\n}",
      "function f() {\n  this.#a = { b: 1 };\n  c.d ??= e;\n  ;\n}",
    ]],
    ["assignment", "class A {\n  #a = 1;\n  readonly b: { c: string }[] = [];\n}", []],
    ["assignment", "const { a } = b;", []],
    ["reset", "x.y = a === undefined ? undefined : b;", [
      "x.y = a === undefined ? x.y : b;",
    ]],
    ["reset", "set(turn, { a: b ? undefined : c });", [
      "set(turn, { a: b ? turn.state.a : c });",
    ]],
    ["property", "set(turn, { a: 1, b, c: { d } });", [
      "set(turn, {  b, c: { d } });",
      "set(turn, { a: 1,  c: { d } });",
      "set(turn, { a: 1, b,  });",
    ]],
    ["property", "x = { ...y, a: f(1, 2) };", ["x = { ...y,  };"]],
    ["property", "x = { a, b };", []],
    ["signal", "sleep(1, { signal: a.signal });", ["sleep(1, {  });"]],
    ["signal", "const s = AbortSignal.any([a, b.signal]);", [
      "const s = AbortSignal.any([ b.signal]);",
      "const s = AbortSignal.any([a, ]);",
    ]],
    ["signal", "function f({ signal }: A) {}", []],
    ["call", "if (a) b(c); else d();", ["if (a) ; else d();", "if (a) b(c); else ;"]],
    ["timer", "try { a(); } finally { this.#b?.abort(c); clearTimeout(d); }", [
      "try { a(); } finally { ; clearTimeout(d); }",
      "try { a(); } finally { this.#b?.abort(c); ; }",
    ]],
    ["await", "async () => { await a(); };", ["async () => { a(); };"]],
    ["jump", "switch (a) { case 1: break; default: b(); }", [
      "switch (a) { case 1: ; default: b(); }",
    ]],
    ["order", "async () => { a.b = 1; const c = await d(); e(c); };", [
      "async () => { const c = await d(); a.b = 1; e(c); };",
    ]],
    ["sibling", "() => { this.#a.b(c); x = this.#a.d(e); y = this.#a.f(1, 2); };", [
      "() => { this.#a.d(c); x = this.#a.d(e); y = this.#a.f(1, 2); };",
    ]],
  ];
  for (const [kind, source, expected] of cases) {
    await t.step(`${kind}: ${source}`, () => {
      assert.deepEqual(mutants(source, kind).sort(), expected.sort());
    });
  }
});

Deno.test("mutationsOf() leaves alone what does not run", () => {
  const source = [
    'import { a, type B } from "./c.ts";',
    'export { a } from "./c.ts";',
    'export * from "./d.ts";',
    "export type D = 1 | 2 | { readonly e: true };",
    "type F<G> = G extends 1 ? true : false;",
    "export interface H<I = 1> extends J {",
    "  k(l: 0): boolean;",
    "  m: { n: 1; o?: true };",
    "}",
    "// a < b && c",
    'const p = "a < b && c";',
    "const q = /a && 1/;",
    "const r = `a < b ${p} 1`;",
  ].join("\n");
  assert.deepEqual(mutants(source), []);
});

Deno.test("mutationsOf() makes the mutants that once survived: a bug of each of their kinds", async (t) => {
  const cases: [name: string, source: string, expected: string][] = [
    [
      "an old timer is left when a new one is set",
      "function setAlarm() {\n  this.#alarm.abort();\n  this.#alarm = new AbortController();\n}",
      "function setAlarm() {\n  ;\n  this.#alarm = new AbortController();\n}",
    ],
    [
      "a listener stays on the caller's signal",
      'try { await a(); } finally { signal?.removeEventListener("abort", stop); }',
      "try { await a(); } finally { ; }",
    ],
    [
      "an ETag is kept beside an answer that has none",
      "function f() { this.#latest = etag === undefined ? undefined : { etag, answer }; }",
      "function f() { this.#latest = etag === undefined ? this.#latest : { etag, answer }; }",
    ],
    [
      "a push is taken for in effect before it is answered, by another call",
      "async () => { this.#known.remember(sent); const r = await push(); if (r.ok) this.#known.adopt(sent); };",
      "async () => { this.#known.adopt(sent); const r = await push(); if (r.ok) this.#known.adopt(sent); };",
    ],
    [
      "a push is taken for in effect before it is answered, in another order",
      "async () => { await push(sent); this.#known.adopt(sent); };",
      "async () => { this.#known.adopt(sent); await push(sent); };",
    ],
    [
      "an unclear claim is pressed on beyond D",
      "return unclear !== undefined && remaining(unclear.sentAt, now) > 0;",
      "return unclear !== undefined && true;",
    ],
  ];
  for (const [name, source, expected] of cases) {
    await t.step(name, () => assert.ok(mutants(source).includes(expected)));
  }
});

Deno.test("mutationsOf() says on which line a mutation is, and what it does", () => {
  const [mutation] = mutationsOf("f.ts", "a();\n  if (b > 1) c();\n").filter(({ kind }) =>
    kind === "comparison"
  );
  assert.deepEqual(
    [mutation?.line, mutation?.lineText, mutation?.before, mutation?.after],
    [2, "if (b > 1) c();", "if (b > 1) c();", "if (b <= 1) c();"],
  );
});

Deno.test("every mutation of the project changes its file, and none is made twice", async () => {
  const sources = await readSources();
  for (const [path, source] of sources) {
    if (path.startsWith("tests/")) continue;
    const all = mutationsOf(path, source, SETTERS).map((mutation) => applyChange(source, mutation));
    assert.equal(new Set([source, ...all]).size, all.length + 1, path);
  }
});

Deno.test("sample() takes the given number, in their order, others for another seed", () => {
  const all = Array.from({ length: 100 }, (_, index) => index);
  const some = sample(all, 10, 1);
  assert.equal(some.length, 10);
  assert.deepEqual(some, [...some].sort((a, b) => a - b));
  assert.deepEqual(sample(all, 10, 1), some);
  assert.notDeepEqual(sample(all, 10, 2), some);
  assert.deepEqual(sample(all, 100, 3), all);
});
