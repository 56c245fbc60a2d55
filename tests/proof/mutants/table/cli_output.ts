import type { Mutant } from "../mutant.ts";

/** Bugs in `cli/output/output.ts`, `cli/run/lines.ts`, `cli/output/log.ts` and `cli/output/past_terms.ts`. */
export const CLI_OUTPUT: readonly Mutant[] = [
  {
    bug: "lines pile up while the pipe is not read",
    file: "cli/output/output.ts",
    text: "if (this.#waiting.length >= this.#capacity) return this.#drop();",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/output_test.ts",
      test: "LineQueue holds at most its capacity while a write blocks, and never waits for it",
    },
  },
  {
    bug: "a line that fails stops all that follow",
    file: "cli/output/output.ts",
    text: "      } catch {\n        this.#drop();\n      }",
    replacement: "      } catch (error) {\n        this.#drop();\n        throw error;\n      }",
    killedBy: {
      file: "tests/cli/output/output_test.ts",
      test: "LineQueue keeps counting if the line that reports it fails, too",
    },
  },
  {
    bug: "dropped lines are not counted",
    file: "cli/output/output.ts",
    text: "this.#dropped++;",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/output_test.ts",
      test: "LineQueue drops a line that fails, and the next one reports it, once",
    },
  },
  {
    bug: "dropped lines are reported repeatedly",
    file: "cli/output/output.ts",
    text: "this.#unreported -= reported;",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/output_test.ts",
      test: "LineQueue drops a line that fails, and the next one reports it, once",
    },
  },
  {
    bug: "dropped lines are forgotten if the line that reports them is dropped, too",
    file: "cli/output/output.ts",
    text: "const reported = this.#unreported;",
    replacement: "const reported = this.#unreported;\n      this.#unreported = 0;",
    killedBy: {
      file: "tests/cli/output/output_test.ts",
      test: "LineQueue keeps counting if the line that reports it fails, too",
    },
  },
  {
    bug: "a part of a line counts for the whole",
    file: "cli/output/output.ts",
    text: "sent += count;",
    replacement: "sent += bytes.length;",
    killedBy: {
      file: "tests/cli/output/output_test.ts",
      test: "LineQueue writes lines in order, one write at a time, in as many pieces as it takes",
    },
  },
  {
    bug: "a line follows one that was cut off on the same line",
    file: "cli/output/output.ts",
    text: "this.#isTorn = sent < bytes.length;",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/output_test.ts",
      test: "LineQueue begins a new line after one that was cut off",
    },
  },
  {
    bug: "a queue whose first line fails at once never writes again",
    file: "cli/output/output.ts",
    text: "await Promise.resolve();\n",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/output_test.ts",
      test: "LineQueue writes the next line though the first one failed at once",
    },
  },
  {
    bug: "messages pile up for a process that does not read",
    file: "cli/run/lines.ts",
    text: 'const key = `${message.type} ${"token" in message ? message.token : ""}`;',
    replacement: "const key = crypto.randomUUID();",
    killedBy: {
      file: "tests/cli/run/lines_test.ts",
      test:
        "lineSender() keeps the last of each kind for a process that does not read, and all of a term",
    },
  },
  {
    bug: "the end of one term's command hides that of another's",
    file: "cli/run/lines.ts",
    text: 'const key = `${message.type} ${"token" in message ? message.token : ""}`;',
    replacement: "const key = message.type;",
    killedBy: {
      file: "tests/cli/run/lines_test.ts",
      test:
        "lineSender() keeps the last of each kind for a process that does not read, and all of a term",
    },
  },
  {
    bug: "a process that does not read blocks this one permanently",
    file: "cli/run/lines.ts",
    text:
      "await settleWithin((writing ?? Promise.resolve()).then(() => writer.close()), CLOSE_MS);",
    replacement: "await (writing ?? Promise.resolve()).then(() => writer.close());",
    killedBy: {
      file: "tests/cli/run/lines_test.ts",
      test: "lineSender() ends though the other process never reads",
    },
  },
  {
    bug: "a failure is logged on every poll",
    file: "cli/output/log.ts",
    text: "const isNew = !this.#lastSeen.has(kind);",
    replacement: "const isNew = true;",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "watchLock() reports a failure of one kind once",
    },
  },
  {
    bug: "two failures that take turns are logged on every poll",
    file: "cli/output/log.ts",
    text: "this.#lastSeen.set(kind, now);",
    replacement: "this.#lastSeen.clear();\n    this.#lastSeen.set(kind, now);",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "watchLock() reports a failure of one kind once",
    },
  },
  {
    bug: "a failure whose numbers differ is logged on every poll",
    file: "cli/output/log.ts",
    text: 'String(error).replaceAll(/[0-9a-f]{7,}|\\d+/gi, "#")',
    replacement: "String(error)",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "watchLock() reports a failure of one kind once",
    },
  },
  {
    bug: "a failure that comes back is never logged again",
    file: "cli/output/log.ts",
    text: "if (now - at >= QUIET_MS) this.#lastSeen.delete(kind);",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "watchLock() reports a failure of one kind once",
    },
  },
  {
    bug: "a holder's name reaches the terminal as it is",
    file: "cli/output/past_terms.ts",
    text: "escapeText(holderIdentity, 30)",
    replacement: "holderIdentity",
    killedBy: {
      file: "tests/cli/output/past_terms_test.ts",
      test: "pastElection() escapes names in its sentences",
    },
  },
];
