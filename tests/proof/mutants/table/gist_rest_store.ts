import type { Mutant } from "../mutant.ts";

const FILE = "gist/rest/store.ts";

/** Bugs in `gist/rest/store.ts`. */
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
      file: "tests/gist/rest/store_test.ts",
      test: "RestStore writes nothing whose base is not the head that was seen",
    },
  },
  {
    bug: "a 409 means that the write was refused",
    file: FILE,
    text: "        ? unknownOutcome(this.#gist.where, undefined, error)\n        : error;",
    replacement: '        ? new LockConflictError("refused")\n        : error;',
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
      file: "tests/gist/rest/store_test.ts",
      test: "RestStore judges a write by an answer that shows more than the write",
    },
  },
  {
    bug: "a write is judged by the head alone",
    file: FILE,
    text: "const successor = await this.#log.successor(seen.head, history, options);",
    replacement: "const successor = head;",
    killedBy: {
      file: "tests/gist/rest/store_test.ts",
      test: "RestStore judges a write by an answer that shows more than the write",
    },
  },
  {
    bug: "a text counts as that of the revision that it is shown beside",
    file: FILE,
    text: "return { content, version: head, head, isProven: false };",
    replacement: "return { content, version: head, head, isProven: true };",
    killedBy: {
      file: "tests/gist/rest/mixed_answers_test.ts",
      test: "RestStore proves nothing but the truth, whatever instants its answers are made of",
    },
  },
  {
    bug: "a write of one's own is believed where it is shown",
    file: FILE,
    text: "if (!isPlain || this.#sent.has(content)) return undefined;",
    replacement: "if (!isPlain) return undefined;",
    killedBy: {
      file: "tests/gist/rest/hearsay_test.ts",
      test: "RestStore proves what is shown of its own writes, polled or not",
    },
  },
  {
    bug: "a write builds on what was merely shown",
    file: FILE,
    text: "if (!seen.isProven) await this.#confirm(seen, options);",
    replacement: "",
    killedBy: {
      file: "tests/gist/rest/hearsay_test.ts",
      test: "RestStore writes nothing on what was merely shown, unless it proves to be so",
    },
  },
  {
    bug: "a mixed answer is asked for again by its ETag",
    file: FILE,
    text:
      "if (this.#log.has(head) && this.#log.known(head) !== answer.content) this.#latest = undefined;",
    replacement: "",
    killedBy: {
      file: "tests/gist/rest/hearsay_test.ts",
      test: "RestStore asks no longer by the ETag of an answer that proved to be mixed",
    },
  },
  {
    bug: "a file is told to be gone because one answer does not show it",
    file: FILE,
    text:
      "if (content === undefined || history === undefined || this.#log.has(head)) return undefined;",
    replacement:
      "if (history === undefined || this.#log.has(head)) return undefined;\n    if (content === undefined) return { content, version: head, head, isProven: false };",
    killedBy: {
      file: "tests/gist/rest/hearsay_test.ts",
      test: "RestStore takes a file for deleted only where the revision that deleted it says so",
    },
  },
  {
    bug: "what a search went through is not remembered",
    file: FILE,
    text: "    this.#keep(passed, step.value);\n",
    replacement: "",
    killedBy: {
      file: "tests/gist/rest/void_revisions_test.ts",
      test: "RestStore remembers what a search went through",
    },
  },
];
