import type { Mutant } from "../mutant.ts";

/** Bugs in `cli/run/campaigner.ts`. */
export const CLI_CAMPAIGNER: readonly Mutant[] = [
  {
    bug: "the lock is released while a stopped keeper may still start the command",
    file: "cli/run/campaigner.ts",
    text: "    await this.#untilNoStart(work);\n    if (work.done",
    replacement: "    if (work.done",
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test: "Campaigner holds the lock while a stopped keeper may still start the command",
    },
  },
  {
    bug: "the same, where the keeper counts as stopped",
    file: "cli/run/campaigner.ts",
    text: 'if (work && why === "keeper stopped") await this.#untilNoStart(work);',
    replacement: "",
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test: "Campaigner waits no longer than the keeper may start the command",
    },
  },
  {
    bug: "the lock is released under a command that the keeper cannot end",
    file: "cli/run/campaigner.ts",
    text: 'case "unended":\n        return this.#options.stop("unended");',
    replacement:
      'case "unended":\n        work?.ended.resolve();\n        return this.#options.stop("unended");',
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test: "Campaigner releases nothing under a command that the keeper cannot end",
    },
  },
  {
    bug: "the lock is released under a command that outlives its keeper",
    file: "cli/run/campaigner.ts",
    text:
      'if (!await awaitEnd(group, clock.monotonic() + grace, clock)) return stop("unended alone");',
    replacement: "await awaitEnd(group, clock.monotonic() + grace, clock);",
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test:
        "Campaigner that cannot end the command of a keeper that is gone, or late, releases nothing",
    },
  },
  {
    bug: "the lock is released under a command that outlives its term",
    file: "cli/run/campaigner.ts",
    text: "if (!await awaitEnd(group, clock.monotonic(), clock)) {",
    replacement: "await awaitEnd(group, clock.monotonic(), clock);\n      if (false) {",
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test:
        "Campaigner that cannot end the command of a keeper that is gone, or late, releases nothing",
    },
  },
  {
    bug: "the backup kills nothing",
    file: "cli/run/campaigner.ts",
    text:
      "if (work.pid !== undefined) {\n      const group = this.#options.group(work.pid);\n      if",
    replacement:
      "if (false as boolean) {\n      const group = this.#options.group(work.pid ?? 0);\n      if",
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test: "Campaigner kills the command that a late keeper has not ended",
    },
  },
  {
    bug: "a term is granted to a keeper that is gone",
    file: "cli/run/campaigner.ts",
    text: " || this.#isKeeperGone) return null;",
    replacement: ") return null;",
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test: "Campaigner considers a silent keeper stopped",
    },
  },
  {
    bug: "the keeper's dropped lines are not counted",
    file: "cli/run/campaigner.ts",
    text: "this.#droppedLines = message.dropped ?? 0;",
    replacement: "",
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test: "Campaigner knows how many log lines the keeper has dropped",
    },
  },
  {
    bug: "a term is held for a command that was ended",
    file: "cli/run/campaigner.ts",
    text: "if (work.term.isValid()) this.#options.resign();",
    replacement: "",
    killedBy: {
      file: "tests/cli/run/campaigner_test.ts",
      test: "Campaigner resigns a term that goes on though its command was ended",
    },
  },
  {
    bug: "the keeper gets no news of a term",
    file: "cli/run/campaigner.ts",
    text: '    this.#work = work;\n    this.#options.send({ type: "news" });',
    replacement: "    this.#work = work;",
    killedBy: {
      file: "tests/cli/run/two_processes_test.ts",
      test: "A term that ends while nothing is asked ends its command at once",
    },
  },
  {
    bug: "the keeper gets no news of the end of a term",
    file: "cli/run/campaigner.ts",
    text: '    this.#options.send({ type: "news" });\n    if (work.grantedUntil',
    replacement: "    if (work.grantedUntil",
    killedBy: {
      file: "tests/cli/run/two_processes_test.ts",
      test: "A term that ends while nothing is asked ends its command at once",
    },
  },
  {
    bug: "a keeper that is silent is waited for",
    file: "cli/run/campaigner.ts",
    text: "    this.#watchKeeper(work);\n",
    replacement: "",
    killedBy: {
      file: "tests/cli/run/two_processes_test.ts",
      test: "A keeper that misses the news of a term costs the lead, and no command runs",
    },
  },
];
