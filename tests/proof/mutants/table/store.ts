import type { Mutant } from "../mutant.ts";

const FILE = "store/memory_store.ts";

/** Bugs in `store/`. */
export const STORE: readonly Mutant[] = [
  {
    bug: "an update of what was replaced is written",
    file: FILE,
    text: "if (head !== seen.head) {",
    replacement: "if (head.length < 0) {",
    killedBy: {
      file: "tests/store/memory_store_test.ts",
      test: "case 23: an update of a version that was replaced is a conflict and changes nothing",
    },
  },
  {
    bug: "a second create overwrites",
    file: "store/store_lock.ts",
    text: "    if (seen.content !== undefined) {",
    replacement: "    if (seen.content === this.identity) {",
    killedBy: {
      file: "tests/store/memory_store_test.ts",
      test: "case 23: a second create is a conflict and changes nothing",
    },
  },
  {
    bug: "a record is one's own by its identity",
    file: "store/store_lock.ts",
    text: "own: this.#sent.has(content)",
    replacement: "own: record.holderIdentity === this.identity",
    killedBy: {
      file: "tests/store/memory_store_test.ts",
      test: "MemoryLock distinguishes its own write from one of the same identity",
    },
  },
  {
    bug: "the length of a body is believed though it is packed",
    file: "store/http/response_body.ts",
    text: 'MAX_AT_ONCE[headers.get("content-encoding") ?? ""] ?? -1',
    replacement: "65_536",
    killedBy: {
      file: "tests/store/http/transport_test.ts",
      test: "Transport refuses a body that grows beyond its limit as it is decoded",
    },
  },
  {
    bug: "a response that was made in this process is believed to be as long as it says",
    file: "store/http/response_body.ts",
    text: 'return url !== "" && ',
    replacement: "return ",
    killedBy: {
      file: "tests/store/http/transport_test.ts",
      test: "Transport reads a short body at once, but only where its length is certain",
    },
  },
  {
    bug: "each body is read in chunks, which takes several times as long",
    file: "store/http/response_body.ts",
    text: "  if (isShort(response)) return new Uint8Array(await response.arrayBuffer());\n",
    replacement: "",
    killedBy: {
      file: "tests/store/http/transport_test.ts",
      test: "Transport reads a short body at once, but only where its length is certain",
    },
  },
];
