import type { Setter } from "./statements.ts";

/** A part of the project that is mutated, and its tests. Paths are prefixes, from the root of the project. */
export interface Target {
  /** What `--folder` calls it. */
  readonly name: string;
  readonly sources: readonly string[];
  readonly except: readonly string[];
  readonly tests: readonly string[];
}

/** What is mutated where nothing else is asked for, and then what is mutated on demand. */
export const TARGETS: readonly Target[] = [
  {
    name: "elector",
    sources: ["elector/"],
    except: [],
    tests: ["tests/elector/", "tests/mutants/"],
  },
  {
    name: "gist",
    sources: ["gist/"],
    except: ["gist/server/"],
    tests: ["tests/gist", "tests/git/", "tests/contract/"],
  },
  {
    name: "run",
    sources: [
      ...["cli/run/", "cli/keeper", "cli/campaign", "cli/partner.ts", "cli/grace.ts"],
      ...["cli/start_command.ts", "cli/command_end.ts", "cli/process_group.ts"],
      ...["cli/group_members.ts", "cli/signals.ts", "cli/crash.ts", "cli/settle.ts", "cli/exit.ts"],
      ...["cli/lines.ts", "cli/line_queue.ts", "cli/pipe.ts", "cli/output.ts", "cli/repeats.ts"],
    ],
    except: [],
    tests: ["tests/cli/"],
  },
];

/** Mutated only if `--folder` names it. */
export const MORE_TARGETS: readonly Target[] = [
  { name: "lock", sources: ["lock/"], except: [], tests: ["tests/lock", "tests/contract/"] },
  {
    name: "bucket",
    sources: ["bucket/"],
    except: ["bucket/server/"],
    tests: ["tests/bucket/", "tests/contract/"],
  },
  { name: "server", sources: ["gist/server/"], except: [], tests: ["tests/gist_server"] },
];

/** Tests that come last, as they start other programs: those whose path, or a file that they import, has this in its name. */
export const SLOW = /real_git|http_backend|renewals_test|curl|elector_process|serve_test/;

/** Tests of the mutants themselves, which would say that the table has drifted from the source. */
export const NO_TESTS = /mutants\/(?:systematic\/|table_test)/;

/** How the sources set state. */
export const SETTERS: readonly Setter[] = [{ name: "set", current: "turn.state" }];

/** What tests need to run: what `deno task test` gives them. */
export const TEST_PERMISSIONS = [
  "--no-prompt",
  ...["--allow-net=127.0.0.1", "--allow-read", "--allow-write", "--allow-env", "--allow-run"],
];
