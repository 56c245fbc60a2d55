import { type Mutant, mutantsOf } from "../mutant.ts";

const MESSAGES = "tests/cli/messages_test.ts";
const HELP = "tests/cli/help_test.ts";
const OPTIONS = "tests/cli/options/options_test.ts";

/** Bugs in `cli/options/`. */
export const CLI_OPTIONS: readonly Mutant[] = [
  ...mutantsOf("cli/options/gist_id.ts", "tests/cli/options/gist_id_test.ts", [
    {
      bug: "the revision of a gist's address is taken for its id",
      text: "first.length < SHORTEST_ID",
      replacement: "true",
      killedBy:
        "parseGist() takes https://gist.github.com/0123456789abcdef0123456789abcdef/89abcdef0123456789abcdef0123456789abcdef for its id",
    },
  ]),
  ...mutantsOf("cli/options/option.ts", OPTIONS, [
    {
      bug: "no candidates count as a plan",
      text: "Number(text) >= least && ",
      replacement: "",
      killedBy: "readOptions() refuses a command line in one sentence",
    },
  ]),
  ...mutantsOf("cli/options/options.ts", "tests/cli/candidate/survey_test.ts", [
    {
      bug: "a leader that is named twice looks like two",
      text: "isRight ? [...new Set(urls)] : undefined",
      replacement: "isRight ? urls : undefined",
      killedBy: "--candidates of `status` takes addresses, and quotes none that it refuses",
    },
  ]),
  ...mutantsOf("cli/options/preference.ts", OPTIONS, [
    {
      bug: "--no-failback does not override ELECTOR_FAILBACK",
      text: "isNever ? undefined : failback",
      replacement: "failback",
      killedBy: "readPreference() takes rank, failback and readiness from options and variables",
    },
  ]),
  ...mutantsOf("cli/options/read.ts", "tests/cli/options/lock_url_test.ts", [
    {
      bug: "a value that a variable set is reported as an option",
      text: "sources.set(name, option.env)",
      replacement: "sources.delete(name)",
      killedBy: [
        OPTIONS,
        "readTimings() and readRunTimings() name the option or the variable that set each value",
      ],
    },
    {
      bug: "any command is suggested for one that does not exist",
      text: "Math.max(1, best.name.length / 3)",
      replacement: "Infinity",
      killedBy: [HELP, "suggest() finds the command that was mistyped, and does not guess"],
    },
    {
      bug: "a variable beats the lock on the command line",
      text: 'if (given.has("lock")) return given.has("gist") ? undefined : "gist";',
      replacement: "",
      killedBy: "of --lock",
    },
    {
      bug: "a bucket has a gist's timings",
      text: "return [name, fallback === undefined || isGiven(name) ? value : fallback];",
      replacement: "return [name, value];",
      killedBy: "over a bucket, timings that are not given are the bucket's",
    },
    {
      bug: "a refused value of which others were changed is reported as an option",
      text: "SOURCES.set(changed, SOURCES.get(values) ?? new Map());",
      replacement: "",
      killedBy: [MESSAGES, "withChanges() keeps which variable set a value"],
    },
  ]),
  ...mutantsOf("cli/options/timings.ts", MESSAGES, [
    {
      bug: "a poll period of 0 lets a migration read without a pause, and a watch end with a stack",
      text: 'checkPeriod("pollPeriod", values["poll-period"])',
      replacement: 'values["poll-period"]',
      killedBy: "a poll period of 0 is refused by the name of its option, not with a stack",
    },
    {
      bug: "a refused access token is reported as an option that has another meaning",
      text: 'if (name === "token") return "The access token";',
      replacement: "",
      killedBy: "an access token that cannot be one is not taken for the option --token",
    },
    {
      bug: "a bucket without a region asks for an option of the library",
      text: "|(?<=^No region: set )region",
      replacement: "",
      killedBy: "a bucket without a region asks for the option --region",
    },
    {
      bug: "a refused grace period is named in another unit than the limit",
      text: "`got ${given}: raise",
      replacement: "`got ${grace} ms: raise",
      killedBy: "a grace period that does not fit is named in seconds, as it was set",
    },
  ]),
  ...mutantsOf("cli/options/token.ts", "tests/cli/options/token_test.ts", [
    {
      bug: "a token file is read once",
      text: "return path === undefined ? token : () => readAgain(path, showFile(file), sources);",
      replacement: "return path === undefined ? token : () => token;",
      killedBy: "openToken() reads a file again at each call, and says what is wrong with it",
    },
    {
      bug: "an empty token file is taken for a token",
      text: '  if (token === "") throw new Error(`the token file ${shown} is empty`);\n',
      replacement: "",
      killedBy: "openToken() reads a file again at each call, and says what is wrong with it",
    },
  ]),
  ...mutantsOf("cli/options/variables.ts", "tests/cli/options/variables_test.ts", [
    {
      bug: "variables that Kubernetes sets are taken for mistakes",
      text: " &&\n    !OF_A_SERVICE.test(name)",
      replacement: "",
      killedBy:
        "unknownVariables() knows each option's variable, a hook's, and those of Kubernetes",
    },
  ]),
];
