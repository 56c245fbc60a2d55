import type { Mutant } from "../mutant.ts";

const FILE = "gist/rest/in_effect.ts";

/** Bugs in `gist/rest/in_effect.ts`. */
export const GIST_IN_EFFECT: readonly Mutant[] = [
  {
    bug: "a write is in effect wherever it landed",
    file: FILE,
    text: "if (base !== undefined) return base === revision.predecessor;",
    replacement: "if (base !== undefined) return true;",
    killedBy: {
      file: "tests/gist/rest/in_effect_test.ts",
      test: "inEffect() lets one of all the writes that share a base through, in every order",
    },
  },
  {
    bug: "an edit of another file brings a record back",
    file: FILE,
    text: "return revision.content !== predecessor.content;",
    replacement: "return true;",
    killedBy: {
      file: "tests/gist/rest/in_effect_test.ts",
      test: "inEffect() is false for a record without a base that was there before",
    },
  },
  {
    bug: "the search goes back no further than one revision",
    file: FILE,
    text: "    revision = predecessor;\n  }\n  return undefined;",
    replacement: "    return found(predecessor);\n  }\n  return undefined;",
    killedBy: {
      file: "tests/contract/rest_test.ts",
      test: "RestStore lets one of 4 racing writes win, round after round",
    },
  },
  {
    bug: "a deleted file passes for one that never was",
    file: FILE,
    text: "{ ...found(revision), isDeleted: true, lastToken: yield* findLastToken(predecessor) }",
    replacement: "found(revision)",
    killedBy: {
      file: "tests/contract/rest_test.ts",
      test: "RestStore never writes after a file was deleted",
    },
  },
];
