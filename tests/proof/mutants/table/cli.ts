import { type Mutant, mutantsOf } from "../mutant.ts";

/** Bugs in `cli/`. */
export const CLI: readonly Mutant[] = [
  ...mutantsOf("cli/exit_codes.ts", "tests/cli/run/signals_test.ts", [
    {
      bug: "only TERM has an exit code of its own",
      text: "return 128 + (SIGNAL_NUMBERS[signal] ?? 0);",
      replacement: "return 143;",
      killedBy: "exitCodeOfSignal() is 128 + n for every signal",
    },
  ]),
  ...mutantsOf("cli/within.ts", "tests/cli/candidate/readiness_test.ts", [
    {
      bug: "a probe waits for a fetch that obeys no signal",
      text: "Promise.race([step(signal), givenUp])",
      replacement: "step(signal)",
      killedBy:
        "Readiness gives a probe up after its own time-out, though the fetch obeys no signal",
    },
  ]),
];
