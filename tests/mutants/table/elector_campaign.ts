import type { Mutant } from "../mutant.ts";

const FILE = "elector/campaign.ts";

/** Bugs in `elector/campaign.ts`. */
export const ELECTOR_CAMPAIGN: readonly Mutant[] = [
  {
    bug: "the elector does not end the term",
    file: FILE,
    text: "    term.end(reason);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/callbacks_test.ts",
      test: "callbacks come in order: new leader, started, aborted, stopped, new leader",
    },
  },
  {
    bug: "the lock is released before the work has settled",
    file: FILE,
    text: "this.#settle(Promise.all([this.#work, cleanUp]));",
    replacement: "this.#settle(cleanUp);",
    killedBy: {
      file: "tests/elector/drain_test.ts",
      test:
        "case 16: the work's signal aborts before any release leaves, and release waits for the work",
    },
  },
  {
    bug: "a machine that wakes from suspend does not look at the clock",
    file: FILE,
    text: "const ms = this.#state.lease ? Math.min(wait, HEARTBEAT_MS) : wait;",
    replacement: "const ms = wait;",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test:
        "a machine that wakes from a suspension past the deadline tells the work within a second",
    },
  },
  {
    bug: "an unknown outcome counts as a refusal",
    file: FILE,
    text: '  return { type: "failed", permanent: isPermanent(error) };',
    replacement: '  return { type: "conflict" };',
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "a first write whose answer is lost begins the term once a get finds it",
    },
  },
  {
    bug: "a lost race counts as an unknown outcome",
    file: FILE,
    text: 'if (error instanceof LockConflictError) return { type: "conflict" };',
    replacement: "",
    killedBy: {
      file: "tests/elector/renew_test.ts",
      test: "an unlucky writer is a follower: its lost race is no error",
    },
  },
  {
    bug: "the next campaign does not wait for the last one's work",
    file: FILE,
    text: "this.#state = { ...INITIAL_STATE, working: true };",
    replacement: "",
    killedBy: {
      file: "tests/elector/drain_test.ts",
      test: "run() again leads no term in this process while the work of its last one still runs",
    },
  },
  {
    bug: "an error inside a callback is swallowed",
    file: FILE,
    text: '    this.#failure ??= { error };\n    this.stop("failed");',
    replacement: "    void error;",
    killedBy: {
      file: "tests/elector/callbacks_test.ts",
      test: "onStartedLeading that throws ends the term, releases the lock and rejects run()",
    },
  },
  {
    bug: "a term outlives the campaign that broke down",
    file: FILE,
    text: '    this.#term?.end("failed");\n',
    replacement: "",
    killedBy: {
      file: "tests/elector/callbacks_test.ts",
      test: "random that throws ends the term and rejects run()",
    },
  },
];
