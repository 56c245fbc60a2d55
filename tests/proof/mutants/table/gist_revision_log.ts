import type { Mutant } from "../mutant.ts";

const FILE = "gist/rest/revisions.ts";

/** Bugs in `gist/rest/revisions.ts`. */
export const GIST_REVISION_LOG: readonly Mutant[] = [
  {
    bug: "a page begins where the one before it ended",
    file: FILE,
    text: "last = page.size * page.number - 1;",
    replacement: "last = page.size * page.number;",
    killedBy: {
      file: "tests/gist/rest/revisions_test.ts",
      test: "RevisionLog finds the predecessor of a revision that has become an older one",
    },
  },
  {
    bug: "the end of a page passes for the first revision",
    file: FILE,
    text:
      "if (last !== undefined && !hasNext && versions.length < size) this.#links.set(last, undefined);",
    replacement: "if (last !== undefined) this.#links.set(last, undefined);",
    killedBy: {
      file: "tests/gist/rest/revisions_test.ts",
      test: "RevisionLog takes no page's end for the first revision where there may be more",
    },
  },
  {
    bug: "a text that was read is read again",
    file: FILE,
    text: "if (known) return known;",
    replacement: "if (known && !known) return known;",
    killedBy: {
      file: "tests/gist/rest/revisions_test.ts",
      test: "RevisionLog asks for a revision once",
    },
  },
  {
    bug: "the revisions of a search are read one by one",
    file: FILE,
    text: "Math.min(MAX_AT_ONCE, Math.max(1, depth))",
    replacement: "1",
    killedBy: {
      file: "tests/gist/rest/void_revisions_test.ts",
      test: "a lock that 121 candidates wrote at once stays usable: it is read, led and released",
    },
  },
  {
    bug: "as many revisions are read at once as there are",
    file: FILE,
    text: "Math.min(MAX_AT_ONCE, Math.max(1, depth))",
    replacement: "Math.max(1, depth)",
    killedBy: {
      file: "tests/gist/rest/revisions_test.ts",
      test: "RevisionLog reads no more at once than 16 revisions, and the first one alone",
    },
  },
  {
    bug: "a revision that nobody needs makes the search fail",
    file: FILE,
    text: 'if (text?.status !== "fulfilled") throw text?.reason;',
    replacement:
      'for (const each of texts) if (each.status === "rejected") throw each.reason;\n        if (text?.status !== "fulfilled") throw text?.reason;',
    killedBy: {
      file: "tests/gist/rest/void_revisions_test.ts",
      test: "RestStore needs no revision that it reads ahead",
    },
  },
  {
    bug: "an answer that is older than the write is searched for it",
    file: FILE,
    text: "this.#chain(version, MAX_AT_ONCE).includes(head)",
    replacement: "head === version",
    killedBy: {
      file: "tests/gist/rest/revisions_test.ts",
      test: "RevisionLog finds the successor of a revision from what an answer shows",
    },
  },
];
