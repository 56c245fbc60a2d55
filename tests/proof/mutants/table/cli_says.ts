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
  {
    bug: "the refusal of another git address names the API's",
    file: "gist/gist_lock.ts",
    text: ': checkBaseUrl(given, "gitBaseUrl")',
    replacement: ": given",
    killedBy: {
      file: "tests/gist/base_url_test.ts",
      test: "GistLock by git names the address that it refuses",
    },
  },
  {
    bug: "an address from a variable is refused under an option's name",
    file: "bucket/options.ts",
    text: "return checkBaseUrl(found, name)",
    replacement: 'return checkBaseUrl(found, "endpoint")',
    killedBy: {
      file: "tests/bucket/options_test.ts",
      test: "a store names AWS_ENDPOINT_URL_S3 if it refuses its address",
    },
  },
  {
    bug: "an address that cannot be parsed is refused under the gist's name",
    file: "store/http/base_url.ts",
    text: "`${name} must be a URL, got text",
    replacement: "`baseUrl must be a URL, got text",
    killedBy: {
      file: "tests/gist/options_test.ts",
      test: "checkBaseUrl() takes https, and http on this machine only",
    },
  },
  {
    bug: "no candidates count as a plan",
    file: "cli/options/option.ts",
    text: "Number(text) >= least && ",
    replacement: "",
    killedBy: {
      file: "tests/cli/options/options_test.ts",
      test: "readOptions() refuses a command line in one sentence",
    },
  },
  {
    bug: "a leader that is named twice looks like two",
    file: "cli/options/options.ts",
    text: "isRight ? [...new Set(urls)] : undefined",
    replacement: "isRight ? urls : undefined",
    killedBy: {
      file: "tests/cli/candidate/survey_test.ts",
      test: "--candidates of `status` takes addresses, and quotes none that it refuses",
    },
  },
  {
    bug: "any JSON counts as a candidate's status",
    file: "cli/commands/resign.ts",
    text: 'if (typeof identity !== "string") {',
    replacement: "if (identity === null) {",
    killedBy: {
      file: "tests/cli/commands/resign_test.ts",
      test: "resign() asks nothing that is not a candidate",
    },
  },
  {
    bug: "the status of a bucket without the object does not say how to create it",
    file: "cli/output/leadership.ts",
    text: "isAbsent ? [NO_OBJECT] : []",
    replacement: "isAbsent ? [] : []",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "a record that was restored by hand shows its token",
    },
  },
  {
    bug: "a term that began before the first revision begins with it",
    file: "cli/output/past_terms.ts",
    text: "last ? at : Math.min(at, record.acquireTime ?? at)",
    replacement: "at",
    killedBy: {
      file: "tests/cli/output/past_terms_test.ts",
      test: "pastElection() dates a term that began before the first revision by its own record",
    },
  },
];
