import type { Mutant } from "../mutant.ts";

/** Bugs in `cli/run/process_group.ts` and `cli/run/signals.ts` and `cli/exit_codes.ts` and `cli/run/child.ts`. */
export const CLI_PROCESSES: readonly Mutant[] = [
  {
    bug: "a process that may not be signalled counts as gone",
    file: "cli/run/process_group.ts",
    text: 'return error instanceof Deno.errors.NotFound ? "gone" : "forbidden";',
    replacement: 'return "gone";',
    killedBy: {
      file: "tests/cli/run/process_group_test.ts",
      test:
        "processGroup() exists though it may not be signalled, and a signal to it does not fail",
    },
  },
  {
    bug: "a signal that is refused fails",
    file: "cli/run/process_group.ts",
    text:
      "      } catch {\n        // It is gone, or may not be signalled: see `exists()`.\n      }",
    replacement: "      } finally {\n        // Nothing.\n      }",
    killedBy: {
      file: "tests/cli/run/process_group_test.ts",
      test:
        "processGroup() exists though it may not be signalled, and a signal to it does not fail",
    },
  },
  {
    bug: "a zombie of another user counts as alive permanently",
    file: "cli/run/process_group.ts",
    text: "return states.every(isZombie);",
    replacement: "return false;",
    killedBy: {
      file: "tests/cli/run/process_group_test.ts",
      test: "processGroup() on linux: EPERM and Z,Z states mean dead",
    },
  },
  {
    bug: "a process that hangs in the kernel counts as dead",
    file: "cli/run/process_group.ts",
    text: "if (states !== undefined && states.length > 0)",
    replacement: "if (states?.every(isZombie))",
    killedBy: {
      file: "tests/cli/run/process_group_test.ts",
      test: "processGroup() on linux: success and Z,D states mean alive",
    },
  },
  {
    bug: "a group whose processes are hidden counts as dead",
    file: "cli/run/process_group.ts",
    text: "if (states !== undefined && states.length > 0)",
    replacement: "if (states !== undefined)",
    killedBy: {
      file: "tests/cli/run/process_group_test.ts",
      test: "processGroup() on linux: EPERM and  states mean alive",
    },
  },
  {
    bug: "a group of zombies on macOS counts as alive",
    file: "cli/run/process_group.ts",
    text: '(state === "reachable") === (os === "linux")',
    replacement: 'state === "reachable" && os === "linux"',
    killedBy: {
      file: "tests/cli/run/process_group_test.ts",
      test: "processGroup() on darwin: EPERM and no states mean dead",
    },
  },
  {
    bug: "a process that KILL has not ended counts as ended",
    file: "cli/run/process_group.ts",
    text: "if (clock.monotonic() >= giveUpAt) return false;",
    replacement: "if (clock.monotonic() >= giveUpAt) return true;",
    killedBy: {
      file: "tests/cli/run/process_group_test.ts",
      test: "awaitEnd() kills at its time, and returns whether no process is alive",
    },
  },
  {
    bug: "a process that is slow to die counts as left",
    file: "cli/run/process_group.ts",
    text: "const STUCK_MS = 2_000;",
    replacement: "const STUCK_MS = 0;",
    killedBy: {
      file: "tests/cli/run/process_group_test.ts",
      test: "awaitEnd() waits for a slow death, and kills processes that were started meanwhile",
    },
  },
  {
    bug: "INT does not end a run that has a command",
    file: "cli/run/signals.ts",
    text: 'if (signal === "SIGINT" || signal === "SIGTERM") return true;',
    replacement: 'if (signal === "SIGTERM") return true;',
    killedBy: { file: "tests/cli/run/signals_test.ts", test: "endsRun() is true for INT and TERM" },
  },
  {
    bug: "a reload ends the command of a leader",
    file: "cli/run/signals.ts",
    text: "return ENDING_IDLE.includes(signal) && !hasCommand;",
    replacement: "return ENDING_IDLE.includes(signal);",
    killedBy: { file: "tests/cli/run/signals_test.ts", test: "endsRun() is true for INT and TERM" },
  },
  {
    bug: "USR1 ends a follower",
    file: "cli/run/signals.ts",
    text: "return ENDING_IDLE.includes(signal) && !hasCommand;",
    replacement: "return !hasCommand;",
    killedBy: { file: "tests/cli/run/signals_test.ts", test: "endsRun() is true for INT and TERM" },
  },
  {
    bug: "only TERM has an exit code of its own",
    file: "cli/exit_codes.ts",
    text: "return 128 + (SIGNAL_NUMBERS[signal] ?? 0);",
    replacement: "return 143;",
    killedBy: {
      file: "tests/cli/run/signals_test.ts",
      test: "exitCodeOfSignal() is 128 + n for every signal",
    },
  },
  {
    bug: "a command that a real-time signal ends is a fault of the program",
    file: "cli/run/child.ts",
    text: "if (number === undefined) return",
    replacement: 'if (number !== "") return',
    killedBy: {
      file: "tests/cli/run/signals_test.ts",
      test: "endingOf() names the signal, including one that the runtime has no name for",
    },
  },
];
