import assert from "node:assert/strict";
import { parseYaml } from "./yaml.ts";

Deno.test("parseYaml() reads what the project's files are made of", () => {
  const [first, second] = parseYaml(`# a comment
a: 1
b: # another
  c: "x # y: z" # and one more
  d: it's 5 # of them
list:
  - one
  - k: v
    l: { m: [1, true, null, 'it''s'], n: "q", "o p": a:b }
  - - nested
same:
- 1
- { a: 1,
    b: 2 }
text: |
  # no comment
    deeper

  last
folded: >-
  one
  two
empty:
---
# nothing but a comment before it
- --flag=x
- http://a:1/b#c
- 0x40
`);
  assert.deepEqual(first, {
    a: 1,
    b: { c: "x # y: z", d: "it's 5" },
    list: ["one", { k: "v", l: { m: [1, true, null, "it's"], n: "q", "o p": "a:b" } }, ["nested"]],
    same: [1, { a: 1, b: 2 }],
    text: "# no comment\n  deeper\n\nlast\n",
    folded: "one two",
    empty: null,
  });
  assert.deepEqual(second, ["--flag=x", "http://a:1/b#c", "0x40"]);
});

Deno.test("parseYaml() refuses what it does not know, and what is wrong", () => {
  for (
    const text of [
      "a: 1\na: 2",
      "a: { b: 1, b: 2 }",
      "\ta: 1",
      "a: &anchor 1",
      "a: !!str 1",
      "a: [1, 2",
      "a: 1\n  b: 2",
      "a: { b: 1 } c",
      "- 1\nb: 2",
      'a: "open',
    ]
  ) assert.throws(() => parseYaml(text), SyntaxError, text);
});
