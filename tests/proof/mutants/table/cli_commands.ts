import type { Mutant } from "../mutant.ts";

/** Bugs in `cli/candidate/forced_release.ts` and `cli/candidate/refusals.ts` and `cli/commands/resign.ts` and `cli/candidate/recording_lock.ts`. */
export const CLI_COMMANDS: readonly Mutant[] = [
  {
    bug: "a forced release passes for the holder's own write",
    file: "cli/candidate/forced_release.ts",
    text: "      session,\n      sequence: attempt,",
    replacement:
      "      session: found.record?.session ?? session,\n      sequence: found.record?.sequence ?? attempt,",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by git keeps the token, and nothing else that is the holder's",
    },
  },
  {
    bug: "a forced release keeps what was asked of the holder",
    file: "cli/candidate/forced_release.ts",
    text: "...EMPTY_RECORD,\n      leaseDuration",
    replacement:
      '...EMPTY_RECORD,\n      preferredHolder: found.record?.preferredHolder ?? "",\n      leaseDuration',
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by git keeps the token, and nothing else that is the holder's",
    },
  },
  {
    bug: "a forced release lowers the token",
    file: "cli/candidate/forced_release.ts",
    text: "leaderTransitions: Math.max(token, found.token ?? 0),",
    replacement: "leaderTransitions: 0,",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by rest keeps the token, and nothing else that is the holder's",
    },
  },
  {
    bug: "a forced release ends another term than was shown",
    file: "cli/candidate/forced_release.ts",
    text: "if (!isSame(found, shown)) return false;",
    replacement: "",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by git follows renewals, but frees no other term than was shown",
    },
  },
  {
    bug: "a forced release whose answer is lost is made again, and fails",
    file: "cli/candidate/forced_release.ts",
    text: "if (found.record?.session === session) return true;",
    replacement: "if (found.record?.session === session) return false;",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "forceRelease() by git has freed the lock where only the answer is lost",
    },
  },
  {
    bug: "an empty record counts as a token that was found",
    file: "cli/candidate/forced_release.ts",
    text: "return isEmpty ? [] : token ?? [];",
    replacement: "return token ?? [];",
    killedBy: {
      file: "tests/cli/commands/release_test.ts",
      test: "highestToken() is the highest that any content shows",
    },
  },
  {
    bug: "one odd refusal ends the run",
    file: "cli/candidate/refusals.ts",
    text: "export const MOST_REFUSED_LEASES = 2;",
    replacement: "export const MOST_REFUSED_LEASES = 0.5;",
    killedBy: {
      file: "tests/cli/candidate/refusals_test.ts",
      test: "untilRefused() waits for two leases of refusals, not for one odd one",
    },
  },
  {
    bug: "a token that may not write is tried for ever",
    file: "cli/candidate/refusals.ts",
    text: "export const MOST_REFUSED_LEASES = 2;",
    replacement: "export const MOST_REFUSED_LEASES = 200;",
    killedBy: {
      file: "tests/cli/candidate/refusals_test.ts",
      test: "untilRefused() waits for two leases of refusals, not for one odd one",
    },
  },
  {
    bug: "a leader that ends after it stepped down counts as a failure",
    file: "cli/commands/resign.ts",
    text: "if (successor.hasEnded) {",
    replacement: "if (false as boolean) {",
    killedBy: {
      file: "tests/cli/commands/resign_test.ts",
      test: "resign() succeeds where the process ends after it stepped down",
    },
  },
  {
    bug: "a leader that is started again counts as ended",
    file: "cli/commands/resign.ts",
    text: "const GONE_MS = 2_000;",
    replacement: "const GONE_MS = 0;",
    killedBy: {
      file: "tests/cli/commands/resign_test.ts",
      test: "resign() waits for a process that is started again, as a supervisor does",
    },
  },
  {
    bug: "a leader that is silent counts as ended",
    file: "cli/commands/resign.ts",
    text: "goneSince = isUnreachable(error) ? goneSince ?? clock.monotonic() : undefined;",
    replacement: "goneSince ??= clock.monotonic();",
    killedBy: {
      file: "tests/cli/commands/resign_test.ts",
      test: "resign() fails where nobody else leads in time, and where the candidate falls silent",
    },
  },
  {
    bug: "the program does not find out that it may not write",
    file: "cli/candidate/recording_lock.ts",
    text: "await this.#lock.checkAccess?.(options);",
    replacement: "await Promise.resolve(options);",
    killedBy: {
      file: "tests/cli/candidate/recording_lock_test.ts",
      test: "RecordingLock passes on all that the lock says of itself",
    },
  },
  {
    bug: "the program does not know what its requests cost",
    file: "cli/candidate/recording_lock.ts",
    text: "return this.#lock.requests ?? { read: 1, write: 1 };",
    replacement: "return { read: 1, write: 1 };",
    killedBy: {
      file: "tests/cli/candidate/recording_lock_test.ts",
      test: "RecordingLock passes on all that the lock says of itself",
    },
  },
  {
    bug: "the program does not know that lost races leave something behind",
    file: "cli/candidate/recording_lock.ts",
    text: "return this.#lock.keepsLostWrites ?? false;",
    replacement: "return false;",
    killedBy: {
      file: "tests/cli/candidate/recording_lock_test.ts",
      test: "RecordingLock passes on all that the lock says of itself",
    },
  },
  {
    bug: "the program does not see the quota",
    file: "cli/candidate/recording_lock.ts",
    text: "return this.#lock.quota?.();",
    replacement: "return undefined;",
    killedBy: {
      file: "tests/cli/candidate/recording_lock_test.ts",
      test: "RecordingLock passes on all that the lock says of itself",
    },
  },
];
