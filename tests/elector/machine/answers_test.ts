import assert from "node:assert/strict";
import { INITIAL_STATE, type State } from "../../../elector/machine/state.ts";
import {
  answer,
  at,
  AWAY,
  callOf,
  FOLLOWER,
  found,
  HELD,
  LEADER,
  NOW,
  READ,
  REST,
  startsTerm,
  UNCLEAR,
  writing,
} from "./situation.ts";

Deno.test("a record is taken for the unclear claim, or a later write of it, by number, token and session", () => {
  const table: [Parameters<typeof found>, boolean][] = [
    [[], true],
    // The last writer: its record may be under a request.
    [[{}, { own: false }], true],
    [[{ sequence: 7 }], true],
    [[{ sequence: 5 }], false],
    [[{ leaderTransitions: 3 }], false],
    [[{ session: "another" }], false],
  ];
  for (const [keys, starts] of table) {
    assert.equal(startsTerm(answer(found(...keys), UNCLEAR)), starts, JSON.stringify(keys));
  }
});

Deno.test("an unclear claim is read after at the pace of retries while it could still lead", () => {
  const { state } = answer(AWAY, { ...UNCLEAR, failures: 4 }, at(129_999));
  assert.equal(state.callAt, 131_999);
  assert.equal(state.mustRead, true);
});

Deno.test("an unclear claim is pressed on no longer than D after it left: then it is a poll like any other", () => {
  for (const late of [130_000, 200_000]) {
    const before = {
      ...UNCLEAR,
      failures: 4,
      observed: { ...HELD, at: late },
      call: { ...READ, sentAt: late - 1_000 },
    };
    const { state } = answer(AWAY, before, at(late));
    assert.equal(state.callAt, late + 4_000);
    assert.equal(state.failures, 0);
  }
});

Deno.test("an unclear claim counts by the wall clock, too, if the monotonic one stood still", () => {
  const before = { ...UNCLEAR, observed: { ...HELD, at: 100_000 } };
  const { state } = answer(AWAY, before, { ...NOW, wall: 530_000 });
  assert.equal(state.callAt, 104_500);
});

Deno.test("a holder whose read fails reads again at the pace of retries, not of polls", () => {
  const before = { ...LEADER, mustRead: true, failures: 1 };
  const { state } = answer(AWAY, before);
  assert.equal(state.callAt, 102_000);
  assert.equal(state.failures, 2);
});

Deno.test("a lock without a record is claimed the spread after it was first found so, however often it is read", () => {
  const before = { ...INITIAL_STATE, started: true, call: READ, calls: 7 };
  const first = answer({ type: "absent" }, before, { ...NOW, random: 0.5 }, REST);
  assert.deepEqual(first.state.absent, { at: 100_000, spread: 1_000 });
  const again = { ...first.state, call: READ };
  const second = answer({ type: "absent" }, again, { ...at(100_500), random: 0.9 }, REST);
  assert.deepEqual(second.state.absent, { at: 100_000, spread: 1_000 });
  assert.equal(callOf(second), undefined);
  const third = answer({ type: "absent" }, { ...second.state, call: READ }, at(101_000), REST);
  assert.equal(callOf(third)?.purpose, "create");
});

// ---- Claims that fail ----

/** A follower whose claim, or first write, is in flight. */
function claiming(purpose: "claim" | "create", change: Partial<State> = {}): State {
  const observed = purpose === "claim" ? { ...HELD, at: 30_000 } : undefined;
  return { ...FOLLOWER, observed, call: writing(purpose), claimFrom: 104_500, ...change };
}

const CONFLICT = { type: "conflict" } as const;

Deno.test("a claim that lost its race knows that what it saw was replaced, and keeps its first sight", () => {
  const { observed } = answer(CONFLICT, claiming("claim")).state;
  assert.equal(observed?.isReplaced, true);
  assert.equal(observed?.at, 30_000);
});

Deno.test("a first write that lost its race has seen nothing of the winner yet", () => {
  const { state } = answer(CONFLICT, claiming("create"));
  assert.equal(state.observed, undefined);
});

Deno.test("by git a lost race has no further pause; by rest it has one, longer each time", () => {
  const now = { ...NOW, random: 0.5 };
  const before = claiming("claim", { lostRaces: 1 });
  const git = answer(CONFLICT, before, now).state;
  assert.deepEqual([git.lostRaces, git.claimFrom], [1, 104_500]);
  const rest = answer(CONFLICT, before, now, REST).state;
  // Twice P, by a random number of 0.5: no later than what the claim itself had to wait for.
  assert.deepEqual([rest.lostRaces, rest.claimFrom], [2, 105_000]);
  const third = answer(CONFLICT, { ...before, lostRaces: 2 }, now, REST).state;
  assert.deepEqual([third.lostRaces, third.claimFrom], [3, 110_000]);
});

Deno.test("a first write that failed is paced like any claim, by rest", () => {
  const now = { ...NOW, random: 0.5 };
  for (const outcome of [CONFLICT, AWAY]) {
    const { state } = answer(outcome, claiming("create", { lostRaces: 2 }), now, REST);
    assert.deepEqual([state.lostRaces, state.claimFrom], [3, 110_000]);
  }
});

Deno.test("a refused claim waits P, then twice as long each time, up to L", () => {
  for (const [refusals, pause] of [[0, 5_000], [1, 10_000], [2, 20_000], [9, 60_000]] as const) {
    const { state } = answer({ type: "refused" }, claiming("claim", { refusals }));
    assert.equal(state.claimFrom, 100_000 + pause);
    assert.equal(state.refusals, refusals + 1);
    assert.equal(state.refusedAt, 100_000);
  }
});

Deno.test("only a refusal counts as one, and a write that succeeds ends the count", () => {
  for (const outcome of [CONFLICT, AWAY]) {
    const { state } = answer(outcome, claiming("claim", { refusals: 3, refusedAt: 40_000 }));
    assert.deepEqual([state.refusals, state.refusedAt], [3, 40_000]);
    const first = answer(outcome, claiming("claim")).state;
    assert.deepEqual([first.refusals, first.refusedAt], [0, undefined]);
  }
  const { state } = answer(
    found({ sequence: 7 }, { version: "v3" }),
    claiming("claim", { refusals: 3, refusedAt: 40_000 }),
  );
  assert.deepEqual([state.refusals, state.refusedAt], [0, undefined]);
});

Deno.test("a renewal or a release that failed is no lost race, and moves no first sight", () => {
  for (const purpose of ["renew", "release"] as const) {
    const before = {
      ...LEADER,
      lease: { ...LEADER.lease!, open: purpose === "renew" },
      working: purpose === "renew",
      call: writing(purpose),
    };
    for (const outcome of [CONFLICT, AWAY]) {
      const { state } = answer(outcome, before, { ...NOW, random: 0.5 }, REST);
      assert.deepEqual([state.lostRaces, state.claimFrom], [0, -Infinity]);
      assert.equal(state.observed?.at, 91_000);
      assert.equal(state.mustRead, true);
    }
  }
});

Deno.test("a campaign that stops is over once a read shows that its unclear claim was in vain", () => {
  const { state } = answer(found({ holderIdentity: "bing", session: "another" }), {
    ...UNCLEAR,
    stopping: true,
  });
  assert.equal(state.unclear, undefined);
  assert.equal(state.finished, true);
});
