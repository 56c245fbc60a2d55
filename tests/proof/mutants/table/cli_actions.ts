import { type Mutant, mutantsOf } from "../mutant.ts";

/** Bugs in `cli/actions/`. */
export const CLI_ACTIONS: readonly Mutant[] = [
  ...mutantsOf("cli/actions/forced_release.ts", "tests/cli/commands/release_test.ts", [
    {
      bug: "a lock that has moved comes back below the tokens of the other store",
      text: "if (record?.protocol !== MOVED || token !== undefined) return;",
      replacement: "if (record) return;",
      killedBy:
        "refuseMoved() lets a lock that has moved come back only above a token that the operator knows",
    },
    {
      bug: "a forced release counts as the holder's own write",
      text: "{ session, sequence, base",
      replacement:
        "{ session: found.record?.session ?? session, sequence: found.record?.sequence ?? sequence, base",
      killedBy: "forceRelease() by git keeps the token, and nothing else of the holder's record",
    },
    {
      bug: "a forced release keeps what was asked of the holder",
      text: "protocol };",
      replacement: 'protocol, preferredHolder: found.record?.preferredHolder ?? "" };',
      killedBy: "forceRelease() by git keeps the token, and nothing else of the holder's record",
    },
    {
      bug: "a forced release lowers the token",
      text: "Math.max(token, found.token ?? 0)",
      replacement: "0",
      killedBy: "forceRelease() by rest keeps the token, and nothing else of the holder's record",
    },
    {
      bug: "a forced release ends another term than was shown",
      text: "if (!isSame(found, shown)) return false;",
      replacement: "",
      killedBy:
        "forceRelease() by git follows renewals, but releases no other term than the one shown",
    },
    {
      bug: "a forced release whose response is lost is repeated, and fails",
      text: "if (found.record?.session === session) return true;",
      replacement: "if (found.record?.session === session) return false;",
      killedBy: "forceRelease() by git has released the lock when only the response is lost",
    },
    {
      bug: "an empty record counts as a token that was found",
      text: "return isEmpty ? [] : token ?? [];",
      replacement: "return token ?? [];",
      killedBy: "highestToken() is the highest token in any content, valid record or not",
    },
  ]),
  ...mutantsOf("cli/actions/migration.ts", "tests/cli/actions/migration_test.ts", [
    {
      bug: "a held lock is moved at once",
      text: "await untilLapsed(from, { record, snapshot }, { clock, pollPeriod });",
      replacement: "",
      killedBy: "a lock that is held moves only after its whole lease",
    },
    {
      bug: "a lease of under a second is not waited for",
      text: "clock.monotonic() + leaseDuration(record);",
      replacement: "clock.monotonic() + record.leaseDurationSeconds * 1_000;",
      killedBy: "a lock with a lease of under a second, as Go writes it, moves only after a second",
    },
    {
      bug: "a lock that is renewed is moved",
      text: "if ((await inspect(store)).snapshot.version === snapshot.version) continue;",
      replacement: "continue;",
      killedBy: "a lock that is renewed meanwhile does not move",
    },
    {
      bug: "the old lock is ended before the new store was looked at",
      text:
        "  checkTarget(to, await inspect(to), (await inspect(from)).record?.leaderTransitions ?? 0);\n",
      replacement: "",
      killedBy:
        "a new store that is in use, has moved itself, or holds something else is refused, and nothing is ended",
    },
    {
      bug: "fencing tokens start again after a move",
      text: "leaderTransitions: token,\n        session: randomSession(),",
      replacement: "session: randomSession(),",
      killedBy: "the new store's own token counts if it is higher, and is raised if it is lower",
    },
  ]),
  ...mutantsOf("cli/actions/planned_handover.ts", "tests/cli/actions/planned_handover_test.ts", [
    {
      bug: "a handover counts as done when another candidate leads",
      text: 'holder === to ? "handed over" : "other leads"',
      replacement: '"handed over"',
      killedBy: "handOver() ends as soon as another candidate leads",
    },
    {
      bug: "a handover counts as done while the leader that was asked still leads under the key",
      text: "record.leaderTransitions > token && ",
      replacement: "",
      killedBy:
        "handOver() waits until the candidate leads, and measures how long there was no leader",
    },
  ]),
];
