import type { Mutant } from "../mutant.ts";

/** Bugs in `cli/candidate/`, `cli/options/`, `cli/commands/resign.ts`, and in the last observation of an elector. */
export const CLI_COMMANDS: readonly Mutant[] = [
  {
    bug: "a forced release counts as the holder's own write",
    file: "cli/actions/forced_release.ts",
    text: "{ session, sequence, base",
    replacement:
      "{ session: found.record?.session ?? session, sequence: found.record?.sequence ?? sequence, base",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by git keeps the token, and nothing else of the holder's record",
    },
  },
  {
    bug: "a forced release keeps what was asked of the holder",
    file: "cli/actions/forced_release.ts",
    text: "protocol };",
    replacement: 'protocol, preferredHolder: found.record?.preferredHolder ?? "" };',
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by git keeps the token, and nothing else of the holder's record",
    },
  },
  {
    bug: "a forced release lowers the token",
    file: "cli/actions/forced_release.ts",
    text: "Math.max(token, found.token ?? 0)",
    replacement: "0",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by rest keeps the token, and nothing else of the holder's record",
    },
  },
  {
    bug: "a forced release ends another term than was shown",
    file: "cli/actions/forced_release.ts",
    text: "if (!isSame(found, shown)) return false;",
    replacement: "",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by git follows renewals, but releases no other term than the one shown",
    },
  },
  {
    bug: "a forced release whose response is lost is repeated, and fails",
    file: "cli/actions/forced_release.ts",
    text: "if (found.record?.session === session) return true;",
    replacement: "if (found.record?.session === session) return false;",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by git has released the lock when only the response is lost",
    },
  },
  {
    bug: "an empty record counts as a token that was found",
    file: "cli/actions/forced_release.ts",
    text: "return isEmpty ? [] : token ?? [];",
    replacement: "return token ?? [];",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "highestToken() is the highest token in any content, valid record or not",
    },
  },
  {
    bug: "a single refusal ends the run",
    file: "cli/candidate/refusals.ts",
    text: "export const MOST_REFUSED_LEASES = 2;",
    replacement: "export const MOST_REFUSED_LEASES = 0.5;",
    killedBy: {
      file: "tests/cli/candidate/refusals_test.ts",
      test: "untilRefused() waits for two lease durations of refusals, not for a single one",
    },
  },
  {
    bug: "an access token that may not write is tried permanently",
    file: "cli/candidate/refusals.ts",
    text: "export const MOST_REFUSED_LEASES = 2;",
    replacement: "export const MOST_REFUSED_LEASES = 200;",
    killedBy: {
      file: "tests/cli/candidate/refusals_test.ts",
      test: "untilRefused() waits for two lease durations of refusals, not for a single one",
    },
  },
  {
    bug: "a leader that ends after it stepped down counts as a failure",
    file: "cli/commands/resign.ts",
    text: "if (successor.hasEnded) {",
    replacement: "if (false as boolean) {",
    killedBy: {
      file: "tests/cli/commands/resign_test.ts",
      test: "resign() succeeds if the process ends after it stepped down",
    },
  },
  {
    bug: "a leader that is started again counts as ended",
    file: "cli/commands/resign.ts",
    text: "const GONE_MS = 2_000;",
    replacement: "const GONE_MS = 0;",
    killedBy: {
      file: "tests/cli/commands/resign_test.ts",
      test: "resign() waits for a process that a supervisor starts again",
    },
  },
  {
    bug: "a leader that is silent counts as ended",
    file: "cli/commands/resign.ts",
    text:
      "goneSince = error instanceof UnreachableError ? goneSince ?? clock.monotonic() : undefined;",
    replacement: "goneSince ??= clock.monotonic();",
    killedBy: {
      file: "tests/cli/commands/resign_test.ts",
      test:
        "resign() fails if no other candidate leads in time, and if the candidate stops responding",
    },
  },
  {
    bug: "a stale read shows as the last observation",
    file: "elector/campaign/memory.ts",
    text: "if (observed.version !== inEffect?.version) return;",
    replacement: "if (!inEffect) return;",
    killedBy: {
      file: "tests/elector/observed_test.ts",
      test: "status() is not deceived by a stale read",
    },
  },
  {
    bug: "a record that was merely shown replaces the proven one",
    file: "elector/campaign/memory.ts",
    text: "if (!isNew && observed.isProven === false) return;",
    replacement: "",
    killedBy: {
      file: "tests/elector/observed_test.ts",
      test: "status() gives a version the record that was proven",
    },
  },
  {
    bug: "each read renews the age of the last observation",
    file: "elector/campaign/campaign.ts",
    text: "remember(next.event, this.#state.observed);",
    replacement:
      "remember(next.event, this.#state.observed && { ...this.#state.observed, at: next.now.monotonic });",
    killedBy: {
      file: "tests/elector/observed_test.ts",
      test: "status() gives the record that was last seen, and since when",
    },
  },
  {
    bug: "a candidate that stopped leading still shows as the leader",
    file: "cli/candidate/status.ts",
    text: "observed?.own ? null : leader",
    replacement: "leader",
    killedBy: {
      file: "tests/cli/candidate/http_test.ts",
      test: "statusOf() shows its own leadership by its term alone, never by its record",
    },
  },
  {
    bug: "a leader shows after its lease has expired",
    file: "cli/candidate/status.ts",
    text: "const isHeld = age < lease;",
    replacement: "const isHeld = age <= lease;",
    killedBy: {
      file: "tests/cli/candidate/http_test.ts",
      test: "statusOf() a follower shows the leader while its lease runs",
    },
  },
  {
    bug: "an empty name stands for nobody",
    file: "cli/candidate/status.ts",
    text: "record?.holderIdentity || null",
    replacement: "record?.holderIdentity ?? null",
    killedBy: {
      file: "tests/cli/candidate/http_test.ts",
      test: "statusOf() shows null, and never an empty name, for nobody",
    },
  },
  {
    bug: "a value that a variable set is reported as an option",
    file: "cli/options/read.ts",
    text: "sources.set(name, option.env)",
    replacement: "sources.delete(name)",
    killedBy: {
      file: "tests/cli/options/options_test.ts",
      test:
        "readTimings() and readRunTimings() name the option or the variable that set each value",
    },
  },
  {
    bug: "any command is suggested for one that does not exist",
    file: "cli/options/read.ts",
    text: "Math.max(1, best.name.length / 3)",
    replacement: "Infinity",
    killedBy: {
      file: "tests/cli/help_test.ts",
      test: "suggest() finds the command that was mistyped, and does not guess",
    },
  },
  {
    bug: "a held lock is moved at once",
    file: "cli/actions/migration.ts",
    text: "await untilLapsed(from, found, { clock, pollPeriod });",
    replacement: "",
    killedBy: {
      file: "tests/cli/actions/migration_test.ts",
      test: "a lock that is held moves only after its whole lease",
    },
  },
  {
    bug: "a lock that is renewed is moved",
    file: "cli/actions/migration.ts",
    text: "if ((await inspect(store)).snapshot.version === snapshot.version) continue;",
    replacement: "continue;",
    killedBy: {
      file: "tests/cli/actions/migration_test.ts",
      test: "a lock that is renewed meanwhile does not move",
    },
  },
  {
    bug: "the old lock is ended before the new store was looked at",
    file: "cli/actions/migration.ts",
    text:
      "  checkTarget(to, await inspect(to), (await inspect(from)).record?.leaderTransitions ?? 0);\n",
    replacement: "",
    killedBy: {
      file: "tests/cli/actions/migration_test.ts",
      test:
        "a new store that is in use, has moved itself, or holds something else is refused, and nothing is ended",
    },
  },
  {
    bug: "fencing tokens start again after a move",
    file: "cli/actions/migration.ts",
    text: "leaderTransitions: token,\n        session: randomSession(),",
    replacement: "session: randomSession(),",
    killedBy: {
      file: "tests/cli/actions/migration_test.ts",
      test: "the new store's own token counts if it is higher, and is raised if it is lower",
    },
  },
  {
    bug: "a variable beats the lock on the command line",
    file: "cli/options/read.ts",
    text: 'if (given.has("lock")) return given.has("gist") ? undefined : "gist";',
    replacement: "",
    killedBy: { file: "tests/cli/options/lock_url_test.ts", test: "of --lock" },
  },
  {
    bug: "a bucket has a gist's timings",
    file: "cli/options/read.ts",
    text: "return [name, fallback === undefined || isGiven(name) ? value : fallback];",
    replacement: "return [name, value];",
    killedBy: {
      file: "tests/cli/options/lock_url_test.ts",
      test: "over a bucket, timings that are not given are the bucket's",
    },
  },
  {
    bug: "credentials are never stripped",
    file: "cli/run/child.ts",
    text: "!(stripsCredentials && OF_A_CLOUD.test(name))",
    replacement: '!(stripsCredentials && name === "")',
    killedBy: {
      file: "tests/cli/options/lock_url_test.ts",
      test: "a command keeps the credentials of its cloud, unless they are to be stripped",
    },
  },
  {
    bug: "a lock that has moved is used",
    file: "store/store_lock.ts",
    text: "if (record?.protocol === undefined || record.protocol === protocol) return;",
    replacement:
      'if (record?.protocol === undefined || [protocol, "moved"].includes(record.protocol)) return;',
    killedBy: {
      file: "tests/cli/actions/migration_test.ts",
      test: "no candidate takes part in a lock that has moved",
    },
  },
];
