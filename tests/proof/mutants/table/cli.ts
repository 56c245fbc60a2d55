import { type Mutant, mutantsOf } from "../mutant.ts";

const READINESS = "tests/cli/candidate/readiness_test.ts";
const SIGNALS = "tests/cli/run/signals_test.ts";

/** Bugs in `cli/`. */
export const CLI: readonly Mutant[] = [
  ...mutantsOf("cli/exit_codes.ts", [
    {
      bug: "only TERM has an exit code of its own",
      text: "return 128 + (SIGNAL_NUMBERS[signal] ?? 0);",
      replacement: "return 143;",
      killedBy: [SIGNALS, "exitCodeOfSignal() is 128 + n for every signal"],
    },
  ]),
  ...mutantsOf("cli/within.ts", [
    {
      bug: "a probe waits for a fetch that obeys no signal",
      text: "Promise.race([step(signal), givenUp])",
      replacement: "step(signal)",
      killedBy: [
        READINESS,
        "Readiness gives a probe up after its own time-out, though the fetch obeys no signal",
      ],
    },
  ]),
];
