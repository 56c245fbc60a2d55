import type { Mutant } from "../mutant.ts";

const FILE = "store/store_lock.ts";

/** Bugs in `store/store_lock.ts`. */
export const GIST_GIST_LOCK: readonly Mutant[] = [
  {
    bug: "every record is one's own",
    file: FILE,
    text: "this.#sent.has(content)",
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
      file: "tests/gist/gist_lock_test.ts",
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
      file: "tests/gist/gist_lock_test.ts",
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
      file: "tests/gist/gist_lock_test.ts",
      test: "GistLock refuses a lock that candidates with another protocol use, and writes nothing",
    },
  },
  {
    bug: "the session is forgotten in the record",
    file: FILE,
    text: "const signed = { ...record, session, sequence };",
    replacement: "const signed = { ...record, sequence };",
    killedBy: {
      file: "tests/gist/gist_lock_test.ts",
      test: "GistLock writes client-go's keys, then its own",
    },
  },
  {
    bug: "a record that was shown for another's is replaced",
    file: FILE,
    text: "this.#returned.get(seen.version) !== current.content",
    replacement: "false",
    killedBy: {
      file: "tests/gist/rest/hearsay_test.ts",
      test:
        "GistLock refuses a write on a record that was shown for another's, until it is read again",
    },
  },
  {
    bug: "a renewal that a loser's write made void is left at that",
    file: FILE,
    text: "const MAX_ATTEMPTS = 4;",
    replacement: "const MAX_ATTEMPTS = 1;",
    killedBy: {
      file: "tests/gist/rest/void_revisions_test.ts",
      test:
        "GistLock sends a renewal or a release again at once where a loser's write made it void",
    },
  },
  {
    bug: "a claim that was void is sent again",
    file: "store/continues_term.ts",
    text: "current.session === session && current.leaderTransitions === leaderTransitions",
    replacement: "current.session === session",
    killedBy: {
      file: "tests/gist/rest/void_revisions_test.ts",
      test: "GistLock never sends a claim again by itself",
    },
  },
  {
    bug: "a released lock is claimed again though somebody got ahead",
    file: "store/continues_term.ts",
    text: 'current !== undefined && current.holderIdentity !== "" &&',
    replacement: "current !== undefined &&",
    killedBy: {
      file: "tests/gist/rest/void_revisions_test.ts",
      test: "GistLock never sends a claim again by itself",
    },
  },
  {
    bug: "a renewal is sent again over another record in effect",
    file: FILE,
    text: "if (moved?.version !== seen.version) throw error;",
    replacement: "if (!moved) throw error;",
    killedBy: {
      file: "tests/gist/rest/void_revisions_test.ts",
      test: "GistLock sends no renewal again once another record is in effect",
    },
  },
  {
    bug: "a renewal is sent again whose outcome is unknown",
    file: FILE,
    text: "const isVoid = error instanceof LockConflictError;",
    replacement: "const isVoid = error instanceof LockError;",
    killedBy: {
      file: "tests/gist/rest/void_revisions_test.ts",
      test: "GistLock sends no renewal again whose outcome is unknown, or whose caller gave up",
    },
  },
  {
    bug: "every campaign is remembered for good",
    file: FILE,
    text: "new RecentMap<true>({ entries: MAX_TEXTS })",
    replacement: "new RecentMap<true>({ entries: Infinity })",
    killedBy: {
      file: "tests/gist/gist_lock_test.ts",
      test: "GistLock remembers no more of its campaigns than their newest writes",
    },
  },
];
