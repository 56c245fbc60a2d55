import { type Mutant, mutantsOf } from "../mutant.ts";

const FAULTS = "tests/cli/check/faults_test.ts";

/** Bugs in `cli/check/`. */
export const CLI_CHECK: readonly Mutant[] = [
  ...mutantsOf("cli/check/account.ts", FAULTS, [
    {
      bug: "a token and a gist of different accounts pass",
      text: "if (owner.toLowerCase() === login.toLowerCase())",
      replacement: "if (owner && login)",
      killedBy: "a right token of another account is found by rest",
    },
    {
      bug: "a scope that only contains the word is enough",
      text: 'if (scopes.includes("gist"))',
      replacement: "if (scopes.length > 0)",
      killedBy: 'a missing scope is found by git: "repo, user"',
    },
  ]),
  ...mutantsOf("cli/check/clock.ts", "tests/cli/check/figures_test.ts", [
    {
      bug: "a clock that is set backwards passes",
      text: "if (Math.abs(jump) > SLACK",
      replacement: "if (jump > SLACK",
      killedBy:
        "clockCheck() fails if the wall clock is set either way, or the machine was suspended",
    },
  ]),
  ...mutantsOf("cli/check/election.ts", FAULTS, [
    {
      bug: "a fencing token at its limit passes",
      text: "observed?.record.leaderTransitions === MAX_LEADER_TRANSITIONS",
      replacement: "observed?.record.leaderTransitions === Infinity",
      killedBy: "a fencing token at its limit is found by git",
    },
    {
      bug: "a bucket without its object passes",
      text: 'if (staleWrite.kind !== "bucket")',
      replacement: "if (true)",
      killedBy: "a bucket without the object is found",
    },
    {
      bug: "a workload that is not ready passes",
      text: "=> reason = found;",
      replacement: "=> reason = found && undefined;",
      killedBy: "a workload that is not ready is found: 503",
    },
  ]),
  ...mutantsOf("cli/check/network.ts", FAULTS, [
    {
      bug: "a host that the lock can do without is a failure",
      text: "if (isOptional) return",
      replacement: "if (isOptional && proxy) return",
      killedBy: "by git a blocked API is no failure: only what asks it is skipped",
    },
  ]),
  ...mutantsOf("cli/check/report.ts", "tests/cli/check/report_test.ts", [
    {
      bug: "a token that a server quotes is shown",
      text: '.replaceAll(secret, "[secret]")',
      replacement: "",
      killedBy: "cleanFinding() removes secrets and escapes what a terminal would obey",
    },
    {
      bug: "the last failure decides the exit code",
      text: "findings.find(({ ok })",
      replacement: "findings.findLast(({ ok })",
      killedBy:
        "a run ends with the code of the first failure, and skips what needs a check that did not pass",
    },
  ]),
  ...mutantsOf("cli/check/timings.ts", FAULTS, [
    {
      bug: "the median hides a slow read",
      text: "return worst <= MOST_OF_TIMEOUT",
      replacement: "return median <= MOST_OF_TIMEOUT",
      killedBy: "one slow read of five is enough to be found by rest",
    },
    {
      bug: "a quota that does not last passes",
      text: "return quota.remaining >= due",
      replacement: "return quota.remaining > 0",
      killedBy: "a quota that does not last for the candidates is found",
    },
  ]),
  ...mutantsOf("cli/check/writes.ts", FAULTS, [
    {
      bug: "a read-only run writes",
      text: "    isReadOnly\n",
      replacement: "    isReadOnly && staleWrite.kind === 'git'\n",
      killedBy: "--read-only sends nothing that writes, and says what it leaves out",
    },
  ]),
];
