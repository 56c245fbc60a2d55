import assert from "node:assert/strict";
import { baseOf } from "../../../store/parser.ts";
import {
  findInEffect,
  type InEffect,
  inEffect,
  MAX_REVISIONS,
  type Revision,
} from "../../../gist/rest/in_effect.ts";
import { EMPTY_RECORD, formatRecord } from "../../../lock/mod.ts";

/** Records with and without a base; `n` makes them differ. */
const based = (base: string, n = 0) =>
  formatRecord({ ...EMPTY_RECORD, leaderTransitions: n, base });
const foreign = (n: number) => formatRecord({ ...EMPTY_RECORD, leaderTransitions: n });

/** Revisions r0, r1, … with these contents, oldest first. */
function logOf(...contents: (string | undefined)[]): Revision[] {
  return contents.map((content, at) => ({
    version: `r${at}`,
    predecessor: at === 0 ? undefined : `r${at - 1}`,
    content,
  }));
}

/** Runs the search over a log, and tells which revisions it asked for. */
function search(log: readonly Revision[]): { found: InEffect | undefined; asked: string[] } {
  const head = log.at(-1);
  assert.ok(head);
  const asked: string[] = [];
  const steps = findInEffect(head);
  let step = steps.next();
  while (!step.done) {
    const { value } = step;
    asked.push(value);
    const revision = log.find(({ version }) => version === value);
    assert.ok(revision, `${value} is not in the log`);
    step = steps.next(revision);
  }
  return { found: step.value, asked };
}

const VERDICTS: readonly [
  what: string,
  content: string | undefined,
  predecessor: string | undefined,
  verdict: boolean,
][] = [
  ["a record that follows its base", based("r0"), "{}", true],
  ["a record that follows another revision", based("r9"), "{}", false],
  ["a record whose base is itself", based("r1"), "{}", false],
  ["a record with an empty base", based(""), "{}", false],
  ["a record without a base", foreign(1), "{}", true],
  ["a record without a base that was there before", foreign(1), foreign(1), false],
  ["garbage", "garbage", foreign(1), true],
  ["garbage that was there before", "garbage", "garbage", false],
  ["garbage that would name its base", '{"base":"r0","leaderTransitions":-1}', "{}", true],
  ["a base under a name in capitals", '{"BASE":"r9"}', "{}", false],
  ["a deletion", undefined, foreign(1), true],
  ["a file that is still not there", undefined, undefined, false],
];

for (const [what, content, before, verdict] of VERDICTS) {
  Deno.test(`inEffect() is ${verdict} for ${what}`, () => {
    const revision = { version: "r1", predecessor: "r0", content };
    assert.equal(inEffect(revision, { content: before }), verdict);
    const alone = inEffect(revision);
    assert.equal(alone, baseOf(content) === undefined ? "needs predecessor" : verdict);
  });
}

Deno.test("inEffect() is true for the first revision, whatever it holds", () => {
  for (const content of [based("r9"), foreign(1), "garbage", undefined]) {
    assert.equal(inEffect({ version: "r0", predecessor: undefined, content }), true);
  }
});

Deno.test("inEffect() lets one of all the writes that share a base through, in every order", () => {
  const bases = ["r0", "r1", "r2", "r3", "r4"];
  for (const first of bases) {
    for (const second of bases) {
      for (const third of bases) {
        const log = logOf("{}", based(first, 1), based(second, 2), based(third, 3));
        const effective = log.slice(1).filter((revision) => inEffect(revision) === true);
        const taken = effective.map(({ content }) => baseOf(content));
        assert.equal(new Set(taken).size, taken.length, `${first} ${second} ${third}`);
        // In effect is exactly what knew everything before it.
        assert.deepEqual(taken, effective.map(({ predecessor }) => predecessor));
        assert.equal(search(log).found?.version, effective.at(-1)?.version ?? "r0");
      }
    }
  }
});

const SEARCHES: readonly [what: string, log: Revision[], version: string, asked: string[]][] = [
  ["a head in effect, without a look back", logOf("{}", based("r0")), "r1", []],
  ["the only revision, without a look back", logOf("garbage"), "r0", []],
  ["what is below a void head", logOf("{}", based("r0", 1), based("r0", 2)), "r1", ["r1"]],
  [
    "what is below many void revisions",
    logOf("{}", based("r0", 1), based("r0", 2), based("r0", 3), based("r1", 4)),
    "r1",
    ["r3", "r2", "r1"],
  ],
  [
    "the write, not the revision that touched another file",
    logOf("{}", based("r0", 1), based("r0", 1)),
    "r1",
    ["r1"],
  ],
  ["a record that follows a void revision", logOf("{}", based("x"), based("r1")), "r2", []],
  ["a foreign record on a void one", logOf("{}", based("x"), foreign(1)), "r2", ["r1"]],
  ["a foreign record below edits of another file", logOf("{}", foreign(1), foreign(1)), "r1", [
    "r1",
    "r0",
  ]],
  ["garbage that has replaced a record", logOf("{}", based("r0"), "garbage"), "r2", ["r1"]],
];

for (const [what, log, version, asked] of SEARCHES) {
  Deno.test(`findInEffect() finds ${what}`, () => {
    const result = search(log);
    const content = log.find((revision) => revision.version === version)?.content;
    assert.deepEqual(result.found, { version, content, isDeleted: false, lastToken: undefined });
    assert.deepEqual(result.asked, asked);
  });
}

Deno.test("findInEffect() distinguishes a file that was never there from one that was deleted", () => {
  assert.deepEqual(search(logOf(undefined, undefined, undefined)).found, {
    version: "r0",
    content: undefined,
    isDeleted: false,
    lastToken: undefined,
  });
  assert.deepEqual(search(logOf(foreign(4), undefined, undefined)).found, {
    version: "r1",
    content: undefined,
    isDeleted: true,
    lastToken: 4,
  });
});

const DELETIONS: readonly [what: string, log: Revision[], lastToken: number | undefined][] = [
  ["the record in effect", logOf("{}", based("r0", 7), undefined), 7],
  ["a void record with a higher token", logOf("{}", based("r0", 7), based("r0", 9), undefined), 9],
  ["a record below void ones", logOf("{}", based("r0", 7), based("r0", 2), undefined), 7],
  ["garbage", logOf("{}", based("r0", 7), '{"leaderTransitions":8', undefined), 8],
  ["a record below garbage", logOf("{}", based("r0", 7), "garbage", undefined), 7],
  ["a foreign record, not an older one", logOf(foreign(9), foreign(3), undefined), 3],
  ["nothing, where none was ever readable", logOf("garbage", undefined), undefined],
];

for (const [what, log, lastToken] of DELETIONS) {
  Deno.test(`findInEffect() finds a deleted file's last token in ${what}`, () => {
    const { found } = search(log);
    assert.equal(found?.isDeleted, true);
    assert.equal(found?.lastToken, lastToken);
  });
}

Deno.test("findInEffect() gives up after its limit", () => {
  const voided = (count: number) => logOf("{}", ...Array.from({ length: count }, () => based("x")));
  const last = search(voided(MAX_REVISIONS - 1));
  assert.equal(last.found?.version, "r0");
  const gaveUp = search(voided(MAX_REVISIONS));
  assert.equal(gaveUp.found, undefined);
  assert.equal(gaveUp.asked.length, MAX_REVISIONS);
});
