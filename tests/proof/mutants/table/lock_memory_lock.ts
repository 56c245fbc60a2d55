import type { Mutant } from "../mutant.ts";

const FILE = "store/memory_store.ts";

/** Bugs in `store/memory_store.ts`. */
export const LOCK_MEMORY_LOCK: readonly Mutant[] = [
  {
    bug: "an update of what was replaced is written",
    file: FILE,
    text: "if (version !== seen.version) {",
    replacement: "if (version === undefined) {",
    killedBy: {
      file: "tests/store/memory_store_test.ts",
      test: "case 23: an update of a version that was replaced is a conflict and changes nothing",
    },
  },
  {
    bug: "a second create overwrites",
    file: FILE,
    text: "    if (current) {\n",
    replacement: "    if (current && !current) {\n",
    killedBy: {
      file: "tests/store/memory_store_test.ts",
      test: "case 23: a second create is a conflict and changes nothing",
    },
  },
  {
    bug: "a record is one's own by its identity",
    file: FILE,
    text: "own: current.writer === this",
    replacement: "own: current.record.holderIdentity === this.identity",
    killedBy: {
      file: "tests/store/memory_store_test.ts",
      test: "MemoryLock knows its own write from one of the same identity",
    },
  },
];
