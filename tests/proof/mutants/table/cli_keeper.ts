import type { Mutant } from "../mutant.ts";

/** Bugs in `cli/run/keeper.ts` and `cli/run/keeper/questions.ts`. */
export const CLI_KEEPER: readonly Mutant[] = [
  {
    bug: "a report comes before what ends the command",
    file: "cli/run/keeper.ts",
    text:
      'this.#end(kept, "loss", "SIGTERM");\n      this.#report(() => this.#options.onLoss?.(kept.token));',
    replacement:
      'this.#report(() => this.#options.onLoss?.(kept.token));\n      this.#end(kept, "loss", "SIGTERM");',
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper ends the command before it reports, and though the report fails",
    },
  },
  {
    bug: "a report that fails is the keeper's failure",
    file: "cli/run/keeper.ts",
    text:
      "    try {\n      report();\n    } catch {\n      // There is no other place to report to.\n    }",
    replacement: "    report();",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper ends the command before it reports, and though the report fails",
    },
  },
  {
    bug: "the end of a command that may not be signalled is waited for",
    file: "cli/run/keeper.ts",
    text: "await Promise.race([exited, over.promise]);",
    replacement: "await exited;",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper that cannot end the command reports it, keeps the lock, and ends with 71",
    },
  },
  {
    bug: "what cannot be ended counts as ended",
    file: "cli/run/keeper.ts",
    text: "if (await over.promise) this.#onEnd",
    replacement: "await over.promise;\n    if (true) this.#onEnd",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper that cannot end a command whose lease has ended starts no other",
    },
  },
  {
    bug: "another command is started beside one that cannot be ended",
    file: "cli/run/keeper.ts",
    text: "    this.#exitCode = EXIT.notEnded;\n    this.#isStopping = true;",
    replacement: "    this.#exitCode = EXIT.notEnded;",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper that cannot end a command whose lease has ended starts no other",
    },
  },
  {
    bug: "a command that could not be ended has the exit code of another failure",
    file: "cli/run/keeper.ts",
    text: "this.#exitCode = EXIT.notEnded;",
    replacement: "this.#exitCode = EXIT.internal;",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper that cannot end the command reports it, keeps the lock, and ends with 71",
    },
  },
  {
    bug: "a signal to the campaigner does not reach the command",
    file: "cli/run/keeper.ts",
    text: "this.stop(message.signal);\n",
    replacement: "",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper treats a signal to the campaigner as one of its own",
    },
  },
  {
    bug: "a keeper that cannot go on leaves the command to a campaigner that is gone",
    file: "cli/run/keeper.ts",
    text: 'if (this.#isAlone) this.forward("SIGKILL");',
    replacement: "",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper that crashes kills the command if the campaigner is gone, and only then",
    },
  },
  {
    bug: "the deadline is counted from the answer",
    file: "cli/run/keeper/questions.ts",
    text: "const { at } = this.#open;",
    replacement: "const at = readClock(this.#clock);",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper counts the deadline from its question, however late the answer comes",
    },
  },
  {
    bug: "the command outlives a campaigner that is gone",
    file: "cli/run/keeper.ts",
    text: "return this.#questions.isValid() && !this.#isAlone;",
    replacement: "return this.#questions.isValid();",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper ends the command when the campaigner is gone, and has no exit code for it",
    },
  },
  {
    bug: "a term is started twice",
    file: "cli/run/keeper.ts",
    text: "if (term.token <= this.#lastToken) return;",
    replacement: "",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper never starts the same term twice",
    },
  },
  {
    bug: "a keeper that noticed late gives the whole grace",
    file: "cli/run/keeper.ts",
    text: "const overdue = Math.max(0, -this.#questions.remaining());",
    replacement: "const overdue = 0;",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper that was itself stopped counts the grace period from the deadline",
    },
  },
  {
    bug: "the keeper goes on looking while there is neither a term nor a command",
    file: "cli/run/keeper.ts",
    text: "    if (!this.#kept && !hasTerm) {",
    replacement: "    if (!this.#kept && this.#isAlone) {",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper asks nothing and sets no timer while there is neither a term nor a command",
    },
  },
  {
    bug: "the keeper asks though there is neither a term nor a command",
    file: "cli/run/keeper.ts",
    text: "      this.#stopLooking?.();\n",
    replacement: "",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper asks nothing and sets no timer while there is neither a term nor a command",
    },
  },
  {
    bug: "the keeper stops asking as soon as the term is over",
    file: "cli/run/keeper.ts",
    text: "    if (!this.#kept && !hasTerm) {",
    replacement: "    if (!hasTerm) {",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper asks on while it ends a command, or the campaigner would consider it stopped",
    },
  },
  {
    bug: "the keeper looks at the clocks only when it asks",
    file: "cli/run/keeper.ts",
    text: "Math.min(1_000, Math.max(50, renewDeadline / 20))",
    replacement: "renewDeadline / 8",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test:
        "Keeper looks at both clocks each second, though it asks more rarely, and long before the deadline",
    },
  },
  {
    bug: "the command runs until the look after its deadline",
    file: "cli/run/keeper.ts",
    text: "if (!hasTerm || remaining > 2 * this.#lookPeriod) return;",
    replacement: "if (remaining > -Infinity) return;",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test:
        "Keeper asks in a term each D/8, and each half of what remains of it, but no more often than each 100 ms",
    },
  },
  {
    bug: "shortly before its deadline a term is not asked for more often",
    file: "cli/run/keeper/questions.ts",
    text: "Math.min(this.#longestPause, half)",
    replacement: "this.#longestPause",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper finds a renewal shortly before the end of a long term",
    },
  },
  {
    bug: "questions come ever faster before a deadline",
    file: "cli/run/keeper/questions.ts",
    text: "Math.max(LEAST_PAUSE_MS, term.remaining / 2)",
    replacement: "term.remaining / 2",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test:
        "Keeper asks in a term each D/8, and each half of what remains of it, but no more often than each 100 ms",
    },
  },
  {
    bug: "an answer that is older than the news counts",
    file: "cli/run/keeper/questions.ts",
    text: "    this.#open = undefined;\n    this.ask();",
    replacement: "    this.ask();",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper ignores an answer that is older than the news",
    },
  },
  {
    bug: "a watchdog gets no sign of life while nothing is asked",
    file: "cli/run/keeper.ts",
    text: "    this.#questions.ask();\n    return isSound;",
    replacement: "    return isSound;",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper is sound while the campaigner answers, and no command runs past its term",
    },
  },
];
