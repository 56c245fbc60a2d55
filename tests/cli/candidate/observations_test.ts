import assert from "node:assert/strict";
import { Observations } from "../../../cli/candidate/page/observations.ts";
import { EMPTY_RECORD } from "../../../lock/mod.ts";

/** What the lock shows: a term of somebody's, with a lease of 60 s. */
function record(version: string, holderIdentity: string, token: number, own = false) {
  const keys = { holderIdentity, leaderTransitions: token, leaseDurationSeconds: 60, renewTime: 1 };
  return { record: { ...EMPTY_RECORD, ...keys }, version, own };
}

/** The terms in short: token, holder, from, until, how. */
function terms(observations: Observations, now: number) {
  return observations.terms(now).map(({ token, holder, from, ended }) =>
    [token, holder, from, ended?.at, ended?.how] as const
  );
}

Deno.test("Observations distinguish terms from renewals, and show how each ended", () => {
  const seen = new Observations();
  seen.sawRecord(record("a", "", 0), 0);
  assert.deepEqual(terms(seen, 0), []);
  seen.sawRecord(record("b", "eu", 1), 1_000);
  seen.sawRecord(record("b", "eu", 1), 6_000);
  seen.sawRecord(record("c", "eu", 1), 16_000);
  assert.deepEqual(terms(seen, 75_999), [[1, "eu", 1_000, undefined, undefined]]);
  assert.deepEqual(terms(seen, 76_000), [[1, "eu", 1_000, 76_000, "unrenewed"]]);
  // The same holder again: another term.
  seen.sawRecord(record("d", "eu", 2), 20_000);
  seen.sawRecord(record("e", "", 2), 25_000);
  seen.sawRecord(record("e", "", 2), 30_000);
  seen.sawRecord(record("f", "us", 3), 31_000);
  // Nobody released: its lease had ended before.
  seen.sawRecord(record("g", "eu", 4), 131_000);
  assert.deepEqual(terms(seen, 131_000), [
    [1, "eu", 1_000, 20_000, "replaced"],
    [2, "eu", 20_000, 25_000, "released"],
    [3, "us", 31_000, 91_000, "unrenewed"],
    [4, "eu", 131_000, undefined, undefined],
  ]);
});

Deno.test("Observations take a lease that is renewed late for one that goes on", () => {
  const seen = new Observations();
  seen.sawRecord(record("a", "eu", 1), 0);
  assert.equal(seen.terms(60_000)[0]?.ended?.how, "unrenewed");
  seen.sawRecord(record("b", "eu", 1), 70_000);
  assert.deepEqual(terms(seen, 71_000), [[1, "eu", 0, undefined, undefined]]);
});

Deno.test("Observations know why an own term ended, and keep it", () => {
  const seen = new Observations();
  seen.sawRecord(record("a", "me", 1, true), 0);
  seen.ownTermEnded(1, "expired", 40_000);
  seen.sawRecord(record("b", "me", 1, true), 41_000);
  seen.sawRecord(record("c", "", 1, true), 42_000);
  assert.deepEqual(terms(seen, 50_000), [[1, "me", 0, 40_000, "expired"]]);
  assert.equal(seen.terms(50_000)[0]?.isOwn, true);
});

Deno.test("Observations replace what turns out to be another write's record", () => {
  const seen = new Observations();
  seen.sawRecord(record("a", "eu", 1), 0);
  seen.sawRecord(record("b", "us", 2), 5_000);
  seen.sawRecord(record("b", "eu", 1), 6_000);
  assert.deepEqual(terms(seen, 6_000), [[1, "eu", 0, undefined, undefined]]);
  seen.sawRecord(record("c", "us", 2), 7_000);
  seen.sawRecord(record("c", "asia", 2), 8_000);
  assert.deepEqual(terms(seen, 8_000), [
    [1, "eu", 0, 7_000, "replaced"],
    [2, "asia", 7_000, undefined, undefined],
  ]);
});

Deno.test("Observations remember no more than they may", () => {
  const seen = new Observations();
  for (let n = 1; n <= 500; n++) {
    seen.sawRecord(record(`v${n}`, "eu", n), n);
    seen.sawRequest({ ms: n, isOk: true });
    seen.sawFailure({ at: n, message: `${n}` });
  }
  assert.deepEqual([seen.terms(500).length, seen.terms(500).at(-1)?.token], [40, 500]);
  assert.deepEqual([seen.requests.length, seen.requests.at(-1)?.ms], [60, 500]);
  assert.deepEqual([seen.failures.length, seen.failures.at(-1)?.message], [6, "500"]);
});
