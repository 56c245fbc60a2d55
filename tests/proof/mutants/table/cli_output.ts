import type { Mutant } from "../mutant.ts";

/** Bugs in `cli/output/line_queue.ts` and `cli/run/pipe.ts` and `cli/output/repeats.ts`. */
export const CLI_OUTPUT: readonly Mutant[] = [
  {
    bug: "lines heap up while nobody reads",
    file: "cli/output/line_queue.ts",
    text: "if (this.#waiting.length >= this.#capacity) return this.#drop();",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/line_queue_test.ts",
      test:
        "LineQueue holds no more lines than it may while a write blocks, and never waits for it",
    },
  },
  {
    bug: "a line that fails stops all that follow",
    file: "cli/output/line_queue.ts",
    text: "      } catch {\n        this.#drop();\n      }",
    replacement: "      } catch (error) {\n        this.#drop();\n        throw error;\n      }",
    killedBy: {
      file: "tests/cli/output/line_queue_test.ts",
      test: "LineQueue goes on counting where the line that tells so fails, too",
    },
  },
  {
    bug: "dropped lines are not counted",
    file: "cli/output/line_queue.ts",
    text: "this.#dropped++;",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/line_queue_test.ts",
      test: "LineQueue drops a line that fails, and the next one tells so, once",
    },
  },
  {
    bug: "dropped lines are told again and again",
    file: "cli/output/line_queue.ts",
    text: "this.#unreported -= reported;",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/line_queue_test.ts",
      test: "LineQueue drops a line that fails, and the next one tells so, once",
    },
  },
  {
    bug: "dropped lines are forgotten where the line that tells so is dropped, too",
    file: "cli/output/line_queue.ts",
    text: "const reported = this.#unreported;",
    replacement: "const reported = this.#unreported;\n      this.#unreported = 0;",
    killedBy: {
      file: "tests/cli/output/line_queue_test.ts",
      test: "LineQueue goes on counting where the line that tells so fails, too",
    },
  },
  {
    bug: "a part of a line counts for the whole",
    file: "cli/output/line_queue.ts",
    text: "sent += count;",
    replacement: "sent += bytes.length;",
    killedBy: {
      file: "tests/cli/output/line_queue_test.ts",
      test: "LineQueue writes lines in order, one write at a time, in as many pieces as it takes",
    },
  },
  {
    bug: "a line follows one that was cut off on the same line",
    file: "cli/output/line_queue.ts",
    text: "this.#isTorn = sent < bytes.length;",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/line_queue_test.ts",
      test: "LineQueue begins a new line after one that was cut off",
    },
  },
  {
    bug: "a queue whose first line fails at once never writes again",
    file: "cli/output/line_queue.ts",
    text: "await Promise.resolve();\n",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/line_queue_test.ts",
      test: "LineQueue writes the next line though the first one failed at once",
    },
  },
  {
    bug: "messages heap up for a process that does not read",
    file: "cli/run/pipe.ts",
    text: 'const key = `${message.type} ${"token" in message ? message.token : ""}`;',
    replacement: "const key = crypto.randomUUID();",
    killedBy: {
      file: "tests/cli/run/pipe_test.ts",
      test:
        "lineSender() keeps the last of each kind for a process that does not read, and all about a term",
    },
  },
  {
    bug: "the end of one term's command hides that of another's",
    file: "cli/run/pipe.ts",
    text: 'const key = `${message.type} ${"token" in message ? message.token : ""}`;',
    replacement: "const key = message.type;",
    killedBy: {
      file: "tests/cli/run/pipe_test.ts",
      test:
        "lineSender() keeps the last of each kind for a process that does not read, and all about a term",
    },
  },
  {
    bug: "a process that does not read keeps this one for ever",
    file: "cli/run/pipe.ts",
    text:
      "await settleWithin((writing ?? Promise.resolve()).then(() => writer.close()), CLOSE_MS);",
    replacement: "await (writing ?? Promise.resolve()).then(() => writer.close());",
    killedBy: {
      file: "tests/cli/run/pipe_test.ts",
      test: "lineSender() ends though the other process never reads",
    },
  },
  {
    bug: "a failure is told at each poll",
    file: "cli/output/repeats.ts",
    text: "const isNew = !this.#lastSeen.has(kind);",
    replacement: "const isNew = true;",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "watchLock() tells a failure of one kind once",
    },
  },
  {
    bug: "two failures that take turns are told at each poll",
    file: "cli/output/repeats.ts",
    text: "this.#lastSeen.set(kind, now);",
    replacement: "this.#lastSeen.clear();\n    this.#lastSeen.set(kind, now);",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "watchLock() tells a failure of one kind once",
    },
  },
  {
    bug: "a failure whose figures differ is told at each poll",
    file: "cli/output/repeats.ts",
    text: 'text.replaceAll(/[0-9a-f]{7,}|\\d+/gi, "#")',
    replacement: "text",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "watchLock() tells a failure of one kind once",
    },
  },
  {
    bug: "a failure that comes back is never told again",
    file: "cli/output/repeats.ts",
    text: "if (now - at >= QUIET_MS) this.#lastSeen.delete(kind);",
    replacement: "",
    killedBy: {
      file: "tests/cli/output/leadership_test.ts",
      test: "watchLock() tells a failure of one kind once",
    },
  },
];
