import type { Mutant } from "../mutant.ts";

const FILE = "elector/term.ts";

/** Bugs in `elector/term.ts`. */
export const ELECTOR_TERM: readonly Mutant[] = [
  {
    bug: "a term that was found expired comes back",
    file: FILE,
    text: "    this.#expired = true;\n    this.#options.onExpired(now);",
    replacement: "    this.#options.onExpired(now);",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test: "once false, Term.isValid() stays false within one and the same callback",
    },
  },
  {
    bug: "the signal does not abort",
    file: FILE,
    text: "this.#ending.abort(new TermEndedError(this.token, reason));",
    replacement: "",
    killedBy: {
      file: "tests/elector/callbacks_test.ts",
      test: "callbacks come in order: new leader, started, aborted, stopped, new leader",
    },
  },
  {
    bug: "nobody hears that a look found the term expired",
    file: FILE,
    text: "    this.#options.onExpired(now);\n",
    replacement: "",
    killedBy: {
      file: "tests/elector/validity_test.ts",
      test:
        "a renewal that outlasts its term's deadline begins no term, though its own is yet to come",
    },
  },
];
