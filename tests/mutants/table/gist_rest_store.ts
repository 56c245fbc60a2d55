import type { Mutant } from "../mutant.ts";

const FILE = "gist/rest_store.ts";

/** Bugs in `gist/rest_store.ts`. */
export const GIST_REST_STORE: readonly Mutant[] = [
  {
    bug: "a 200 means that the write won",
    file: FILE,
    text: "if (await this.#log.content(successor, options) !== content) {",
    replacement: "if (successor === undefined) {",
    killedBy: {
      file: "tests/contract/rest_test.ts",
      test: "RestStore conflicts where the head moved on, and what was there stays in effect",
    },
  },
  {
    bug: "a write without its base is let through",
    file: FILE,
    text: "if (baseOf(content) !== seen.head) {",
    replacement: 'if (baseOf(content) === undefined && seen.head === "") {',
    killedBy: {
      file: "tests/gist_rest_store_test.ts",
      test: "RestStore writes nothing whose base is not the head that was seen",
    },
  },
  {
    bug: "a 409 means that the write was refused",
    file: FILE,
    text:
      "throw error instanceof LockUnavailableError ? unknownOutcome(this.#where, error) : error;",
    replacement:
      'throw error instanceof LockUnavailableError ? new LockConflictError("refused") : error;',
    killedBy: {
      file: "tests/contract/rest_test.ts",
      test: "RestStore does not know the outcome of a write whose request or answer was lost",
    },
  },
  {
    bug: "a write that was replaced since counts as in effect",
    file: FILE,
    text: "if (version !== successor) {",
    replacement: "if (version === undefined) {",
    killedBy: {
      file: "tests/gist_rest_store_test.ts",
      test: "RestStore judges a write by an answer that shows more than the write",
    },
  },
  {
    bug: "a write is judged by the head alone",
    file: FILE,
    text: "const successor = history[history.indexOf(seen.head) - 1];",
    replacement: "const successor = head;",
    killedBy: {
      file: "tests/gist_rest_store_test.ts",
      test: "RestStore judges a write by an answer that shows more than the write",
    },
  },
];
