import { type Mutant, mutantsOf } from "../mutant.ts";

const LEADERSHIP = "tests/cli/output/leadership_test.ts";
const LOG = "tests/cli/output/log_test.ts";

/** Bugs in `cli/output/`. */
export const CLI_OUTPUT: readonly Mutant[] = [
  ...mutantsOf("cli/output/leadership.ts", LEADERSHIP, [
    {
      bug: "the status of a bucket without the object does not say how to create it",
      text: "...(isAbsent ? [`  ${NO_OBJECT}`] : []),",
      replacement: "",
      killedBy: "a manually restored record shows its token",
    },
  ]),
  ...mutantsOf("cli/output/log.ts", LEADERSHIP, [
    {
      bug: "a failure is logged on every poll",
      text: "const isNew = !this.#lastSeen.has(kind);",
      replacement: "const isNew = true;",
      killedBy: "watchLock() reports a failure of one kind once",
    },
    {
      bug: "two failures that take turns are logged on every poll",
      text: "this.#lastSeen.set(kind, now);",
      replacement: "this.#lastSeen.clear();\n    this.#lastSeen.set(kind, now);",
      killedBy: "watchLock() reports a failure of one kind once",
    },
    {
      bug: "a failure whose numbers differ is logged on every poll",
      text: 'String(error).replaceAll(/[0-9a-f]{7,}|\\d+/gi, "#")',
      replacement: "String(error)",
      killedBy: "watchLock() reports a failure of one kind once",
    },
    {
      bug: "a failure that comes back is never logged again",
      text: "if (now - at >= QUIET_MS) this.#lastSeen.delete(kind);",
      replacement: "",
      killedBy: "watchLock() reports a failure of one kind once",
    },
    {
      bug: "the lines of a text log have no time",
      text: "return `${utcTime(at)} elector: ",
      replacement: "return `elector: ",
      killedBy: [
        LOG,
        "formatLogLine() is one line for people, with the time in UTC, and JSON for programs",
      ],
    },
    {
      bug: "a quiet log has all",
      text: 'verbosity !== "quiet" || ',
      replacement: "true || ",
      killedBy: [
        LOG,
        "a quiet log has failures and changes of leadership only, a verbose one has all",
      ],
    },
  ]),
  ...mutantsOf("cli/output/output.ts", "tests/cli/output/output_test.ts", [
    {
      bug: "lines pile up while the pipe is not read",
      text: "if (this.#waiting.length >= this.#capacity) return this.#drop();",
      replacement: "",
      killedBy: "LineQueue holds at most its capacity while a write blocks, and never waits for it",
    },
    {
      bug: "a line that fails stops all that follow",
      text: "      } catch {\n        this.#drop();\n      }",
      replacement: "      } catch (error) {\n        this.#drop();\n        throw error;\n      }",
      killedBy: "LineQueue keeps counting if the line that reports it fails, too",
    },
    {
      bug: "dropped lines are not counted",
      text: "this.dropped++;",
      replacement: "",
      killedBy: "LineQueue drops a line that fails, and the next one reports it, once",
    },
    {
      bug: "dropped lines are reported repeatedly",
      text: "this.#unreported -= reported;",
      replacement: "",
      killedBy: "LineQueue drops a line that fails, and the next one reports it, once",
    },
    {
      bug: "dropped lines are forgotten if the line that reports them is dropped, too",
      text: "const reported = this.#unreported;",
      replacement: "const reported = this.#unreported;\n      this.#unreported = 0;",
      killedBy: "LineQueue keeps counting if the line that reports it fails, too",
    },
    {
      bug: "a part of a line counts for the whole",
      text: "sent += count;",
      replacement: "sent += bytes.length;",
      killedBy:
        "LineQueue writes lines in order, one write at a time, in as many pieces as it takes",
    },
    {
      bug: "a line follows one that was cut off on the same line",
      text: "this.#isTorn = sent < bytes.length;",
      replacement: "",
      killedBy: "LineQueue begins a new line after one that was cut off",
    },
    {
      bug: "a queue whose first line fails at once never writes again",
      text: "await Promise.resolve();\n",
      replacement: "",
      killedBy: "LineQueue writes the next line though the first one failed at once",
    },
  ]),
  ...mutantsOf("cli/output/past_terms.ts", "tests/cli/output/past_terms_test.ts", [
    {
      bug: "a holder's name reaches the terminal as it is",
      text: "escapeText(holderIdentity, 30)",
      replacement: "holderIdentity",
      killedBy: "pastElection() escapes names in its sentences",
    },
    {
      bug: "a term that began before the first revision begins with it",
      text: "last ? at : Math.min(at, record.acquireTime ?? at)",
      replacement: "at",
      killedBy:
        "pastElection() dates a term that began before the first revision by its own record",
    },
  ]),
  ...mutantsOf("cli/output/survey.ts", "tests/cli/candidate/survey_test.ts", [
    {
      bug: "two leaders count as sound",
      text: "leadersOf(candidates).length === 1 &&",
      replacement: "leadersOf(candidates).length > 0 &&",
      killedBy: "describeSurvey() sums up",
    },
  ]),
  ...mutantsOf("cli/output/terminal.ts", "tests/cli/messages_test.ts", [
    {
      bug: "one of something has a plural",
      text: "if (Number(count) === 1) return noun;",
      replacement: "",
      killedBy: "one of something has no plural in any line",
    },
    {
      bug: "a limit that the user set is shown in milliseconds",
      text: "return `${ms / 1_000} s`;",
      replacement: "return `${ms} ms`;",
      killedBy: "a grace period that does not fit is named in seconds, as it was set",
    },
  ]),
];
