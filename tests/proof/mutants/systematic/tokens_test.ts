import assert from "node:assert/strict";
import { tokenize } from "./tokens.ts";

function texts(source: string): string[] {
  return tokenize(source).map(({ text }) => text);
}

Deno.test("tokenize() knows what is code from what only looks like it", () => {
  const cases: [source: string, expected: string[]][] = [
    ["a // b < c\n/* d && e */ f", ["a", "f"]],
    ["'a \\' b' + \"c // d\"", ["'a \\' b'", "+", '"c // d"']],
    ["`a < ${b < `${c}!`} && d`", [
      ..."`a < |${|b|<|`|${|c|}|!`|}| && d`".split("|"),
    ]],
    ["`${{ a: 1 }.a}`", ["`", "${", "{", "a", ":", "1", "}", ".", "a", "}", "`"]],
    ["`\\` \\${ $x`", ["`\\` \\${ $x`"]],
    ['a = /[/"]&&\\//g.test(b)', ["a", "=", '/[/"]&&\\//g', ".", "test", "(", "b", ")"]],
    ["return /a/", ["return", "/a/"]],
    ["a / b / c", ["a", "/", "b", "/", "c"]],
    ["(a) / 2", ["(", "a", ")", "/", "2"]],
    ["this.#x ??= 1_000.5e-3", ["this", ".", "#x", "??=", "1_000.5e-3"]],
    ["a?.b ?? c === 0xFF", ["a", "?.", "b", "??", "c", "===", "0xFF"]],
    ["for (const [, b] of x) y++;", [..."for ( const [ , b ] of x ) y ++ ;".split(" ")]],
  ];
  for (const [source, expected] of cases) assert.deepEqual(texts(source), expected, source);
});

Deno.test("tokenize() says where each token stands", () => {
  const source = "if (a) `x${ b }y`;";
  for (const { text, start, end } of tokenize(source)) assert.equal(source.slice(start, end), text);
});
