import type { Mutant } from "../mutant.ts";

/** Bugs in what the program says, and whom it asks. */
export const CLI_SAYS: readonly Mutant[] = [
  {
    bug: "a token file is read once",
    file: "cli/options/token.ts",
    text: "return path === undefined ? token : () => readAgain(path, showFile(file), sources);",
    replacement: "return path === undefined ? token : () => token;",
    killedBy: {
      file: "tests/cli/options/token_test.ts",
      test: "openToken() reads a file again at each call, and says what is wrong with it",
    },
  },
  {
    bug: "an empty token file is taken for a token",
    file: "cli/options/token.ts",
    text: '  if (token === "") throw new Error(`the token file ${shown} is empty`);\n',
    replacement: "",
    killedBy: {
      file: "tests/cli/options/token_test.ts",
      test: "openToken() reads a file again at each call, and says what is wrong with it",
    },
  },
  {
    bug: "the lines of a text log have no time",
    file: "cli/output/log.ts",
    text: "return `${utcTime(at)} elector: ",
    replacement: "return `elector: ",
    killedBy: {
      file: "tests/cli/output/log_test.ts",
      test: "formatLogLine() begins a line with the time in UTC, whatever the zone of the machine",
    },
  },
  {
    bug: "a quiet log has all",
    file: "cli/output/log.ts",
    text: 'verbosity !== "quiet" || ',
    replacement: "true || ",
    killedBy: {
      file: "tests/cli/output/log_test.ts",
      test: "a quiet log has failures and changes of leadership only, a verbose one has all",
    },
  },
  {
    bug: "the revision of a gist's address is taken for its id",
    file: "cli/options/gist_id.ts",
    text: "first.length < SHORTEST_ID",
    replacement: "true",
    killedBy: {
      file: "tests/cli/options/gist_id_test.ts",
      test:
        "parseGist() takes https://gist.github.com/0123456789abcdef0123456789abcdef/89abcdef0123456789abcdef0123456789abcdef for its id",
    },
  },
  {
    bug: "variables that Kubernetes sets are taken for mistakes",
    file: "cli/options/variables.ts",
    text: " &&\n    !OF_A_SERVICE.test(name)",
    replacement: "",
    killedBy: {
      file: "tests/cli/options/variables_test.ts",
      test: "unknownVariables() knows each option's variable, a hook's, and those of Kubernetes",
    },
  },
  {
    bug: "the token of a restored record is not shown",
    file: "cli/candidate/status.ts",
    text: "token: token > 0 ? token : null",
    replacement: "token: null",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "a record that was restored by hand shows its token",
    },
  },
  {
    bug: "the command of --on-change runs for each change, however many came meanwhile",
    file: "cli/candidate/change_hook.ts",
    text: "    this.#running ??= this.#runAll();",
    replacement: "    this.#running = this.#runAll();",
    killedBy: {
      file: "tests/cli/candidate/change_hook_test.ts",
      test: "ChangeHook runs one command at a time, and then the one of the last change",
    },
  },
  {
    bug: "a command of --on-change that hangs blocks all later ones",
    file: "cli/candidate/change_hook.ts",
    text: "Promise.race([exited, overdue.then(() => undefined)])",
    replacement: "exited",
    killedBy: {
      file: "tests/cli/candidate/change_hook_test.ts",
      test: "ChangeHook ends a command that hangs, and runs the next",
    },
  },
  {
    bug: "the command of --on-change finds the access token",
    file: "cli/run/hook_process.ts",
    text: "[...TOKEN_VARIABLES, ...SUPERVISOR_VARIABLES]",
    replacement: "[...SUPERVISOR_VARIABLES]",
    killedBy: {
      file: "tests/cli/candidate/change_hook_test.ts",
      test: "hookEnv() says who leads, and hides the access tokens and systemd's variables",
    },
  },
  {
    bug: "a candidate that hangs is waited for",
    file: "cli/candidate/survey.ts",
    text: "await within(timeout, clock, (signal) => ask(url, fetch, signal))",
    replacement: "await ask(url, fetch, new AbortController().signal)",
    killedBy: {
      file: "tests/cli/candidate/survey_test.ts",
      test: "surveyCandidates() lists who is alive and able, in the given order",
    },
  },
  {
    bug: "a candidate whose writes are refused counts as able",
    file: "cli/candidate/survey.ts",
    text: 'if (typeof json.refusedSeconds === "number") return',
    replacement: "if (false) return",
    killedBy: {
      file: "tests/cli/candidate/survey_test.ts",
      test: "surveyCandidates() says that refused writes is alive and not able",
    },
  },
  {
    bug: "two leaders count as sound",
    file: "cli/output/survey.ts",
    text: "leadersOf(candidates).length === 1 &&",
    replacement: "leadersOf(candidates).length > 0 &&",
    killedBy: { file: "tests/cli/candidate/survey_test.ts", test: "describeSurvey() sums up" },
  },
];
