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
    tests: ["tests/elector/", "tests/proof/mutants/"],
  },
  {
    name: "gist",
    sources: ["gist/"],
    except: ["gist/server/"],
    tests: ["tests/gist/", "tests/contract/", "tests/store/http/pauses_test.ts"],
  },
  {
    name: "run",
    sources: [
      ...["cli/run/", "cli/commands/run.ts", "cli/commands/campaign.ts", "cli/options/timings.ts"],
      ...["cli/output/exit.ts", "cli/output/output.ts", "cli/output/log.ts"],
    ],
    except: [],
    tests: ["tests/cli/", "tests/slow/run_"],
  },
];

/** Mutated only if `--folder` names it. */
export const MORE_TARGETS: readonly Target[] = [
  {
    name: "lock",
    sources: ["lock/", "store/"],
    except: [],
    tests: ["tests/lock/", "tests/store/", "tests/contract/"],
  },
  {
    name: "bucket",
    sources: ["bucket/"],
    except: ["bucket/server/"],
    tests: ["tests/bucket/", "tests/contract/"],
  },
  { name: "server", sources: ["gist/server/"], except: [], tests: ["tests/gist/server/"] },
];

/** Tests that come last, as they start other programs: those whose path, or a file that they import, has this in its name. */
export const SLOW = /real_git|http_backend|elector_process/;

/** Tests of the mutants themselves, which would say that the table has drifted from the source. */
export const NO_TESTS = /mutants\/(?:systematic\/|table_test)/;

/** How the sources set state. */
export const SETTERS: readonly Setter[] = [{ name: "set", current: "turn.state" }];

/** What tests need to run: what `deno task test` gives them. */
export const TEST_PERMISSIONS = [
  "--no-prompt",
  ...["--allow-net=127.0.0.1", "--allow-read", "--allow-write", "--allow-env", "--allow-run"],
];
