import type { Mutant } from "../mutant.ts";

/** Bugs in `cli/run/keeper.ts`. */
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
    file: "cli/run/keeper.ts",
    text: "const { at } = this.#open;",
    replacement: "const at = readClock(this.#options.clock);",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper counts the deadline from its question, however late the answer comes",
    },
  },
  {
    bug: "the command outlives a campaigner that is gone",
    file: "cli/run/keeper.ts",
    text: "this.#remaining() > 0 && !this.#isRevoked && !this.#isAlone;",
    replacement: "this.#remaining() > 0 && !this.#isRevoked;",
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
    text: "const overdue = Math.max(0, -this.#remaining());",
    replacement: "const overdue = 0;",
    killedBy: {
      file: "tests/cli/run/keeper_test.ts",
      test: "Keeper that was itself stopped counts the grace period from the deadline",
    },
  },
];
