import type { Mutant } from "../mutant.ts";

const FILE = "gist/revision_log.ts";

/** Bugs in `gist/revision_log.ts`. */
export const GIST_REVISION_LOG: readonly Mutant[] = [
  {
    bug: "content and history of two revisions are mixed",
    file: FILE,
    text: "if (baseOf(content) === predecessor) this.#learnContent(head, content);",
    replacement: "this.#learnContent(head, content);",
    killedBy: {
      file: "tests/gist_rest_store_test.ts",
      test: "RestStore does not believe an answer that mixes two revisions",
    },
  },
  {
    bug: "neighbours are inferred from two answers",
    file: FILE,
    text: "{ size: 99, page: 2 }",
    replacement: "{ size: 100, page: 2 }",
    killedBy: {
      file: "tests/gist_revision_log_test.ts",
      test: "RevisionLog infers no neighbours from two answers between which the history grew",
    },
  },
  {
    bug: "the end of a page passes for the first revision",
    file: FILE,
    text: "if (last !== undefined && !hasNext && versions.length < size) {",
    replacement: "if (last !== undefined) {",
    killedBy: {
      file: "tests/gist_revision_log_test.ts",
      test: "RevisionLog takes no page's end for the first revision where there may be more",
    },
  },
];
