import assert from "node:assert/strict";
import { describeHistory, historyJson } from "../../../cli/commands/history.ts";
import { pastElection } from "../../../cli/output/past_terms.ts";
import { PLAIN } from "../../../cli/output/terminal.ts";
import type { HistoryEntry } from "../../../gist/mod.ts";
import { EMPTY_RECORD, formatRecord, type LeaderElectionRecord } from "../../../lock/mod.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A revision so many seconds after the start. */
function at(
  seconds: number,
  holder: string,
  token: number,
  keys: Partial<LeaderElectionRecord> = {},
): HistoryEntry {
  const content = formatRecord({
    ...EMPTY_RECORD,
    holderIdentity: holder,
    leaderTransitions: token,
    leaseDurationSeconds: holder === "" ? 1 : 60,
    renewTime: START,
    session: holder,
    ...keys,
  });
  const committedAt = START + seconds * 1_000;
  return { version: String(seconds), committedAt, content, isInEffect: true };
}

const GOOD: HistoryEntry[] = [
  { version: "0", committedAt: START, content: "{}", isInEffect: true },
  at(1, "eu", 1),
  at(16, "eu", 1),
  at(20, "", 1),
  at(22, "us", 2),
  { ...at(23, "ap", 2), isInEffect: false },
  at(37, "us", 2),
  at(98, "ap", 3),
];

Deno.test("pastElection() finds the terms, and that the rules were kept", () => {
  const { terms, voids, faults, remarks } = pastElection(GOOD);
  const found = terms.map(({ holder, token, since, until, writes, end }) => [
    holder,
    token,
    (since - START) / 1_000,
    (until - START) / 1_000,
    writes,
    end,
  ]);
  assert.deepEqual(found, [
    ["eu", 1, 1, 20, 3, "released"],
    ["us", 2, 22, 37, 2, "succeeded"],
    ["ap", 3, 98, 98, 1, "last"],
  ]);
  assert.equal(voids, 1);
  assert.deepEqual([faults, remarks], [[], []]);
});

Deno.test("pastElection() dates a term that began before the first revision by its own record", () => {
  const acquireTime = START - 5_000;
  const begun = (...entries: HistoryEntry[]) =>
    pastElection(entries).terms.map(({ since }) => (since - START) / 1_000);
  assert.deepEqual(begun(at(15, "eu", 7, { acquireTime })), [-5]);
  // A clock that is ahead moves nothing, and a revision that was read before shows the beginning.
  assert.deepEqual(begun(at(15, "eu", 7, { acquireTime: START + 99_000 })), [15]);
  assert.deepEqual(begun(at(1, "", 6), at(15, "eu", 7, { acquireTime })), [15]);
});

Deno.test("pastElection() finds a takeover before the lease has expired", () => {
  const { faults } = pastElection([at(0, "eu", 1), at(57, "us", 2)]);
  assert.match(faults.join(), /us took over 57 s after eu had renewed a lease of 60 s/);
  // The server's times are cut to whole seconds.
  assert.deepEqual(pastElection([at(0, "eu", 1), at(58, "us", 2)]).faults, []);
});

Deno.test("pastElection() finds a fencing token that does not rise", () => {
  assert.match(
    pastElection([at(0, "eu", 4), at(5, "", 4), at(9, "us", 4)]).faults.join(),
    /the fencing token went from 4 to 4/,
  );
  assert.match(pastElection([at(0, "eu", 4), at(5, "", 3)]).faults.join(), /from 4 to 3/);
  // The same name in another process is another holder.
  const twin = at(70, "eu", 4, { session: "another" });
  assert.match(pastElection([at(0, "eu", 4), twin]).faults.join(), /from 4 to 4/);
});

Deno.test("pastElection() remarks on content that is not a record", () => {
  const entries = [{ ...at(0, "eu", 1), content: "oops" }, {
    ...at(5, "eu", 1),
    content: undefined,
  }];
  assert.deepEqual(pastElection(entries).remarks, [
    "2026-01-02T03:04:05Z: the stored content is not a record",
    "2026-01-02T03:04:10Z: the file is missing",
  ]);
});

Deno.test("pastElection() escapes names in its sentences", () => {
  const { faults } = pastElection([at(0, "eu\x1b[2J", 1), at(9, "us\x07", 2)]);
  assert.match(faults.join(), /us\\u\{7\} took over 9 s after eu\\u\{1b\}\[2J/);
});

Deno.test("historyJson() has ISO 8601 times", () => {
  const { terms, revisions, faults } = historyJson(pastElection(GOOD), 8);
  assert.deepEqual([revisions, faults], [8, []]);
  assert.deepEqual((terms as unknown[])[2], {
    holder: "ap",
    token: 3,
    since: "2026-01-02T03:05:43.000Z",
    until: "2026-01-02T03:05:43.000Z",
    writes: 1,
    end: "last",
  });
});

Deno.test("describeHistory() draws one row a holder, and lists the terms", () => {
  assert.deepEqual(describeHistory(pastElection(GOOD), 8, 24, PLAIN), [
    "eu  ████················",
    "us  ····████············",
    "ap  ···················█",
    "    2026-01-02T03:04:06Z, 1 min 37 s",
    "",
    "token 1     eu 2026-01-02T03:04:06Z        19 s, 3 writes, then released",
    "token 2     us 2026-01-02T03:04:27Z        15 s, 2 writes, then its lease expired",
    "token 3     ap 2026-01-02T03:05:43Z         0 s, 1 write, the last so far",
    "",
    "8 revisions, 1 void",
    "The rules were kept: fencing tokens rise, and no lease was cut short",
  ]);
});
