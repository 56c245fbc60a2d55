import type { Mutant } from "../mutant.ts";

const FILE = "gist/git/store.ts";

/** Bugs in `gist/git/store.ts`. */
export const GIST_GIT_GIT_STORE: readonly Mutant[] = [
  {
    bug: "any answer to a push means that it won",
    file: FILE,
    text: "if (report.ok) return this.#snapshotOf",
    replacement: "if (report) return this.#snapshotOf",
    killedBy: {
      file: "tests/contract/git_test.ts",
      test:
        "GitStore on the local gist server conflicts where the head moved on, and what was there stays in effect",
    },
  },
  {
    bug: "a push that was sent twice counts as lost",
    file: FILE,
    text:
      'if (file.kind === "present" && file.blobId === write.blobId) return this.#snapshotOf(current);',
    replacement: "",
    killedBy: {
      file: "tests/contract/git_test.ts",
      test: "GitStore on the local gist server counts a write once that was applied twice",
    },
  },
  {
    bug: "a stale answer counts as somebody else's win",
    file: FILE,
    text: "throw follows(current, seen.head) ? this.#conflict(seen, current) : unknown();",
    replacement: "throw this.#conflict(seen, current);",
    killedBy: {
      file: "tests/gist/git/store_errors_test.ts",
      test: "GitStore does not take a stale answer for somebody else's win",
    },
  },
  {
    bug: "a refused push counts as lost while the head stands still",
    file: FILE,
    text: "if (!/\\bhook declined\\b/i.test(report.reason)) throw unknown();",
    replacement:
      "if (!/\\bhook declined\\b/i.test(report.reason)) throw this.#conflict(seen, current);",
    killedBy: {
      file: "tests/gist/git/store_errors_test.ts",
      test: "GitStore resolves a refused push by what is there now",
    },
  },
  {
    bug: "a deleted file passes for one that never was",
    file: FILE,
    text: "        throw deletedError(this.#name, tokenOf(file.content));",
    replacement: "        return { content: undefined, version: head, head, isProven: true };",
    killedBy: {
      file: "tests/contract/git_test.ts",
      test: "GitStore on the local gist server never writes after a file was deleted",
    },
  },
  {
    bug: "a push replaces whatever is there",
    file: FILE,
    text: "{ ref, oldId: seen.head, newId",
    replacement: "{ ref, oldId: (await this.#reader.load(options)).head, newId",
    killedBy: {
      file: "tests/contract/git_test.ts",
      test:
        "GitStore on the local gist server conflicts where the head moved on, and what was there stays in effect",
    },
  },
];
