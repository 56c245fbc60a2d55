import type { Killer, Mutant } from "../mutant.ts";

function by(file: string, test: string): Killer {
  return { file: `tests/cli/check/${file}_test.ts`, test };
}

const faults = (test: string) => by("faults", test);

/** Bugs in `elector check`: `cli/check/` and `gist/stale_write.ts`. */
export const CLI_CHECK: readonly Mutant[] = [
  {
    bug: "an accepted stale push is taken for a refused one",
    file: "gist/stale_write.ts",
    text: "!(report instanceof Error) && report.ok;",
    replacement: "false;",
    killedBy: faults("a git server that lets a stale push through is found, even if it hides it"),
  },
  {
    bug: "a stale push that the server says it refused, and did not, is not noticed",
    file: "gist/stale_write.ts",
    text: "if (isAccepted || (await remote.discover()).head === write.commitId) {",
    replacement: "if (isAccepted) {",
    killedBy: faults("a git server that reports a refusal, and moves the branch anyway, is found"),
  },
  {
    bug: "a stale push names the revision that it replaces",
    file: "gist/stale_write.ts",
    text: "oldId: stale.commitId, newId",
    replacement: "oldId: (await reader.load({})).head || stale.commitId, newId",
    killedBy: faults("every check of a sound gist passes by git, and leaves it as it was"),
  },
  {
    bug: "a hook that declines every push passes for a refused stale write",
    file: "gist/stale_write.ts",
    text: "/\\bhook declined\\b/i",
    replacement: "/\\bhook refused\\b/i",
    killedBy: faults("a hook that declines every push is no proof of a refused stale write"),
  },
  {
    bug: "a second write on one base that took effect passes",
    file: "gist/stale_write.ts",
    text: "if (isOverwritten || after.value.content === loser) {",
    replacement: "if (isOverwritten && after.value.content !== loser) {",
    killedBy: faults(
      "an API whose history forgets the write in between is found, and the scratch gist deleted",
    ),
  },
  {
    bug: "a scratch gist is left behind after a failure",
    file: "gist/stale_write.ts",
    text: `  } finally {
    isDeleted =`,
    replacement: `  } catch (error) {
    throw error;
  }
  {
    isDeleted =`,
    killedBy: faults(
      "revisions that can never be read by name are found, and the scratch gist is deleted",
    ),
  },
  {
    bug: "a read-only run writes",
    file: "cli/check/writes.ts",
    text: "    isReadOnly\n",
    replacement: "    isReadOnly && staleWrite.kind === 'git'\n",
    killedBy: faults("--read-only sends nothing that writes, and says what it leaves out"),
  },
  {
    bug: "a token and a gist of different accounts pass",
    file: "cli/check/account.ts",
    text: "if (owner.toLowerCase() === login.toLowerCase()) {",
    replacement: "if (owner && login) {",
    killedBy: faults("a right token of another account is found by rest"),
  },
  {
    bug: "a scope that only contains the word is enough",
    file: "cli/check/account.ts",
    text: 'if (scopes.includes("gist"))',
    replacement: "if (scopes.length > 0)",
    killedBy: faults('a missing scope is found by git: "repo, user"'),
  },
  {
    bug: "the median hides a slow read",
    file: "cli/check/timings.ts",
    text: "return worst <= MOST_OF_TIMEOUT",
    replacement: "return median <= MOST_OF_TIMEOUT",
    killedBy: faults("one slow read of five is enough to be found by rest"),
  },
  {
    bug: "a bucket without its object passes",
    file: "cli/check/election.ts",
    text: 'if (staleWrite.kind !== "bucket")',
    replacement: "if (true)",
    killedBy: faults("a bucket without the object is found"),
  },
  {
    bug: "a quota that does not last passes",
    file: "cli/check/timings.ts",
    text: "return quota.remaining >= due",
    replacement: "return quota.remaining > 0",
    killedBy: faults("a quota that does not last for the candidates is found"),
  },
  {
    bug: "a workload that is not ready passes",
    file: "cli/check/election.ts",
    text: "=> reason = found;",
    replacement: "=> reason = found && undefined;",
    killedBy: faults("a workload that is not ready is found: 503"),
  },
  {
    bug: "a host that the lock can do without is a failure",
    file: "cli/check/network.ts",
    text: "if (isOptional) return",
    replacement: "if (isOptional && proxy) return",
    killedBy: faults("by git a blocked API is no failure: only what asks it is skipped"),
  },
  {
    bug: "a clock that is set backwards passes",
    file: "cli/check/clock.ts",
    text: "if (Math.abs(jump) > SLACK",
    replacement: "if (jump > SLACK",
    killedBy: by(
      "figures",
      "clockCheck() fails if the wall clock is set either way, or the machine was suspended",
    ),
  },
  {
    bug: "a token that a server quotes is shown",
    file: "cli/check/report.ts",
    text: '.replaceAll(secret, "[secret]")',
    replacement: "",
    killedBy: by(
      "report",
      "cleanFinding() removes secrets and escapes what a terminal would obey",
    ),
  },
  {
    bug: "the last failure decides the exit code",
    file: "cli/check/report.ts",
    text: "findings.find(({ ok })",
    replacement: "findings.findLast(({ ok })",
    killedBy: by(
      "report",
      "a run ends with the code of the first failure, and skips what needs a check that did not pass",
    ),
  },
];
