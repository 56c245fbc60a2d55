import { type Mutant, mutantsOf } from "../mutant.ts";

const BUCKET_LOCK = "tests/bucket/bucket_lock_test.ts";
const MIGRATION = "tests/cli/actions/migration_test.ts";
const REST = "tests/contract/rest_test.ts";
const PREPARE = "tests/elector/prepare_test.ts";
const HEARSAY = "tests/gist/rest/hearsay_test.ts";
const VOID_REVISIONS = "tests/gist/rest/void_revisions_test.ts";
const MEMORY_LOCK = "tests/contract/memory_lock_test.ts";

/** Bugs in `store/`. */
export const STORE: readonly Mutant[] = [
  ...mutantsOf("store/continues_term.ts", VOID_REVISIONS, [
    {
      bug: "a claim that was void is sent again",
      text: "current.session === session && current.leaderTransitions === leaderTransitions",
      replacement: "current.session === session",
      killedBy: "GistLock never sends a claim again on its own",
    },
    {
      bug: "a released lock is claimed again although another candidate wrote first",
      text: 'current !== undefined && current.holderIdentity !== "" &&',
      replacement: "current !== undefined &&",
      killedBy: "GistLock never sends a claim again on its own",
    },
  ]),
  ...mutantsOf("store/errors.ts", "tests/gist/rest/store_test.ts", [
    {
      bug: "the time that a server names is lost with an unknown outcome",
      text: "{ cause, ...pause, retryAt: retryAt ?? pause?.retryAt },",
      replacement: "{ cause },",
      killedBy: "RestStore passes on the time to wait for with an unknown outcome",
    },
  ]),
  ...mutantsOf("store/memory_store.ts", MEMORY_LOCK, [
    {
      bug: "an update of what was replaced is written",
      text: "if (head !== seen.head) {",
      replacement: "if (head.length < 0) {",
      killedBy:
        "MemoryLock update() conflicts where what was seen was replaced, and changes nothing",
    },
  ]),
  ...mutantsOf("store/store_lock.ts", "tests/gist/gist_lock_test.ts", [
    {
      bug: "an onEvent that rejects ends the process",
      text: "return this.#onEvent?.(message);",
      replacement: "this.#onEvent?.(message);",
      killedBy: "GistLock.recordEvent() returns what onEvent does, so that a rejection is not lost",
    },
    {
      bug: "every record is one's own",
      text: "this.#sent.has(content)",
      replacement: "true",
      killedBy: [
        REST,
        "GistLock by rest distinguishes its own writes from those of another lock with the same identity",
      ],
    },
    {
      bug: "two writes are alike",
      text: "sequence = ++this.#sequence",
      replacement: "sequence = this.#sequence",
      killedBy: "GistLock writes client-go's keys, then its own",
    },
    {
      bug: "a write's base is the version, not the head",
      text: "base: seen.head,",
      replacement: "base: seen.version,",
      killedBy: [REST, "GistLock by rest keeps its version when another file is edited"],
    },
    {
      bug: "a failed write is followed by another without a look",
      text: "    this.#last = undefined;\n",
      replacement: "",
      killedBy: "GistLock does not write after a failed write without a look",
    },
    {
      bug: "a lock is updated that has moved on",
      text: "if (current.version !== seen.version || current.content === undefined) {",
      replacement: "if (current.content === undefined) {",
      killedBy: [
        REST,
        "GistLock by rest update() conflicts where what was seen was replaced, and changes nothing",
      ],
    },
    {
      bug: "two protocols are mixed",
      text: "    this.#refuseOtherProtocol(current.content);\n    return",
      replacement: "    return",
      killedBy:
        "GistLock refuses a lock that candidates with another protocol use, and writes nothing",
    },
    {
      bug: "the session is forgotten in the record",
      text: "const signed = { ...record, session, sequence };",
      replacement: "const signed = { ...record, sequence };",
      killedBy: "GistLock writes client-go's keys, then its own",
    },
    {
      bug: "a record that was shown for another's is replaced",
      text: "this.#returned.get(seen.version) !== current.content",
      replacement: "false",
      killedBy: [
        HEARSAY,
        "GistLock refuses a write on a record that was shown for another's, until it is read again",
      ],
    },
    {
      bug: "a renewal that a loser's write made void is left at that",
      text: "const MAX_ATTEMPTS = 4;",
      replacement: "const MAX_ATTEMPTS = 1;",
      killedBy: [
        VOID_REVISIONS,
        "GistLock sends a renewal or a release again at once where a loser's write made it void",
      ],
    },
    {
      bug: "a renewal is sent again over another record in effect",
      text: "if (moved?.version !== seen.version) throw error;",
      replacement: "if (!moved) throw error;",
      killedBy: [
        VOID_REVISIONS,
        "GistLock sends no renewal again once another record is in effect",
      ],
    },
    {
      bug: "a renewal is sent again whose outcome is unknown",
      text: "const isVoid = error instanceof LockConflictError;",
      replacement: "const isVoid = error instanceof LockError;",
      killedBy: [
        VOID_REVISIONS,
        "GistLock sends no renewal again whose outcome is unknown, or whose caller gave up",
      ],
    },
    {
      bug: "every campaign is remembered for good",
      text: "new RecentMap<true>({ entries: MAX_TEXTS })",
      replacement: "new RecentMap<true>({ entries: Infinity })",
      killedBy: "GistLock remembers no more of its campaigns than their newest writes",
    },
    {
      bug: "a second create overwrites",
      text: "    if (seen.content !== undefined) {",
      replacement: "    if (seen.content === this.identity) {",
      killedBy: [
        MEMORY_LOCK,
        "MemoryLock create() conflicts where there is a record, and changes nothing",
      ],
    },
    {
      bug: "a record is one's own by its identity",
      text: "own: this.#sent.has(content)",
      replacement: "own: record.holderIdentity === this.identity",
      killedBy: [
        MEMORY_LOCK,
        "MemoryLock distinguishes its own writes from those of another lock with the same identity",
      ],
    },
    {
      bug: "a lock does not say how often access is checked",
      text: "this.accessCheckPeriod = store.accessCheckPeriod;",
      replacement: "this.accessCheckPeriod = undefined;",
      killedBy: [
        BUCKET_LOCK,
        "a follower probes hourly, and ends when versioning has made the bucket unsafe",
      ],
    },
    {
      bug: "a lock keeps its store's timings to itself",
      text: "this.defaultTimings = store.defaultTimings;",
      replacement: "this.defaultTimings = undefined;",
      killedBy: [
        BUCKET_LOCK,
        "an elector over a bucket has the bucket's timings, unless its options say otherwise",
      ],
    },
    {
      bug: "a store's preparation is not its lock's",
      text: "this.prepare = store.prepare && (",
      replacement: "this.prepare = undefined && (",
      killedBy: [PREPARE, "a store's preparation is the lock's, with its signal"],
    },
    {
      bug: "every lock has a preparation",
      text: "this.prepare = store.prepare && (",
      replacement: "this.prepare = (",
      killedBy: [PREPARE, "a lock without a preparation is read at once"],
    },
    {
      bug: "a lock that has moved is used",
      text: "if (record?.protocol === undefined || record.protocol === protocol) return;",
      replacement:
        'if (record?.protocol === undefined || [protocol, "moved"].includes(record.protocol)) return;',
      killedBy: [MIGRATION, "no candidate takes part in a lock that has moved"],
    },
  ]),
];
