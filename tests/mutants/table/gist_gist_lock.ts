import type { Mutant } from "../mutant.ts";

const FILE = "gist/gist_lock.ts";

/** Bugs in `gist/gist_lock.ts`. */
export const GIST_GIST_LOCK: readonly Mutant[] = [
  {
    bug: "every record is one's own",
    file: FILE,
    text: "this.#sessions.has(session)",
    replacement: "true",
    killedBy: {
      file: "tests/contract/rest_test.ts",
      test:
        "GistLock by rest tells its own writes from those of another lock with the same identity",
    },
  },
  {
    bug: "two writes are alike",
    file: FILE,
    text: "sequence = ++this.#sequence",
    replacement: "sequence = this.#sequence",
    killedBy: {
      file: "tests/gist_lock_test.ts",
      test: "GistLock writes client-go's keys, then its own",
    },
  },
  {
    bug: "a write's base is the version, not the head",
    file: FILE,
    text: "base: seen.head,",
    replacement: "base: seen.version,",
    killedBy: {
      file: "tests/contract/rest_test.ts",
      test: "GistLock by rest keeps its version when another file is edited",
    },
  },
  {
    bug: "a failed write is followed by another without a look",
    file: FILE,
    text: "    this.#last = undefined;\n",
    replacement: "",
    killedBy: {
      file: "tests/gist_lock_test.ts",
      test: "GistLock does not write after a failed write without a look",
    },
  },
  {
    bug: "a lock is updated that has moved on",
    file: FILE,
    text: "if (current.version !== seen.version || current.content === undefined) {",
    replacement: "if (current.content === undefined) {",
    killedBy: {
      file: "tests/contract/rest_test.ts",
      test:
        "GistLock by rest update() conflicts where what was seen was replaced, and changes nothing",
    },
  },
  {
    bug: "two protocols are mixed",
    file: FILE,
    text: "    this.#refuseOtherProtocol(current.content);\n    return",
    replacement: "    return",
    killedBy: {
      file: "tests/gist_lock_test.ts",
      test: "GistLock refuses a lock that candidates with another protocol use, and writes nothing",
    },
  },
  {
    bug: "the session is forgotten in the record",
    file: FILE,
    text: "      session,\n      sequence,\n",
    replacement: "      sequence,\n",
    killedBy: {
      file: "tests/contract/rest_test.ts",
      test:
        "GistLock by rest create() writes a record that everybody reads, and only its writer calls own",
    },
  },
];
