import { type Mutant, mutantsOf } from "../mutant.ts";

/** Bugs in `cli/commands/`. */
export const CLI_COMMANDS: readonly Mutant[] = [
  ...mutantsOf("cli/commands/resign.ts", "tests/cli/commands/resign_test.ts", [
    {
      bug: "any JSON counts as a candidate's status",
      text: 'if (typeof identity !== "string") {',
      replacement: "if (identity === null) {",
      killedBy: "resign() asks nothing that is not a candidate",
    },
    {
      bug: "a leader that ends after it stepped down counts as a failure",
      text: "if (successor.hasEnded) {",
      replacement: "if (false as boolean) {",
      killedBy: "resign() succeeds if the process ends after it stepped down",
    },
    {
      bug: "a leader that is started again counts as ended",
      text: "const GONE_MS = 2_000;",
      replacement: "const GONE_MS = 0;",
      killedBy: "resign() waits for a process that a supervisor starts again",
    },
    {
      bug: "a leader that is silent counts as ended",
      text:
        "goneSince = error instanceof UnreachableError ? goneSince ?? clock.monotonic() : undefined;",
      replacement: "goneSince ??= clock.monotonic();",
      killedBy:
        "resign() fails if no other candidate leads in time, and if the candidate stops responding",
    },
  ]),
];
