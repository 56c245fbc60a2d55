import assert from "node:assert/strict";
import type { State } from "../../../elector/machine/state.ts";
import { step } from "../../../elector/machine/step.ts";
import {
  answer,
  at,
  callOf,
  FOLLOWER,
  found,
  GIT,
  HELD,
  LEADER,
  LEASE,
  NOW,
  startsTerm,
  UNCLEAR,
  writing,
} from "./situation.ts";

Deno.test("who stepped down holds back until another leads, or a higher token says that one has led", () => {
  const holdBack = { until: 160_000, token: 3 };
  const before: State = { ...FOLLOWER, observed: { ...HELD, holder: "", token: 3 }, holdBack };
  const see = (holderIdentity: string, leaderTransitions: number) =>
    answer(
      found({ holderIdentity, leaderTransitions, session: "another" }, { version: "v9" }),
      before,
    ).state.holdBack;
  assert.equal(see("", 3), holdBack);
  assert.equal(see("", 4), undefined);
  assert.equal(see("bing", 3), undefined);
});

Deno.test("a claim whose write left just under D ago begins a term, and one of D ago does not", () => {
  for (const [now, starts] of [[129_999, true], [130_000, false]] as const) {
    const result = answer(found(), UNCLEAR, at(now));
    assert.equal(startsTerm(result), starts);
    assert.equal(result.state.lease !== undefined, starts);
  }
});

Deno.test("a term that starts is remembered by its token, and the work with it", () => {
  const { state } = answer(found(), { ...UNCLEAR, startedToken: 1 });
  assert.deepEqual([state.startedToken, state.working], [2, true]);
});

Deno.test("no term starts with a token that is not higher than that of the one before", () => {
  for (const startedToken of [2, 3]) {
    assert.throws(() => answer(found(), { ...UNCLEAR, startedToken }), /higher token/);
  }
});

Deno.test("a claim that takes effect after a stop is released at once", () => {
  const result = answer(found({}, { version: "v9" }), {
    ...FOLLOWER,
    call: writing("claim"),
    stopping: true,
  });
  assert.equal(startsTerm(result), false);
  assert.equal(callOf(result)?.purpose, "release");
  assert.equal(result.state.releaseUntil, 120_000);
});

Deno.test("a renewal under a term that has ended keeps the lease while the work drains", () => {
  const before: State = {
    ...LEADER,
    lease: { ...LEASE, open: false },
    drainUntil: 125_000,
    call: writing("renew"),
  };
  const result = answer(found({ sequence: 7 }, { version: "v3" }), before);
  assert.deepEqual(result.effects, []);
  assert.equal(result.state.lease?.sentAt.monotonic, 99_500);
  assert.equal(result.state.callAt, 114_500);
});

Deno.test("a lease that is left to lapse under old work is followed like any other's", () => {
  const before: State = {
    ...LEADER,
    call: undefined,
    callAt: 105_000,
    lease: { ...LEASE, open: false },
    drainUntil: 100_000,
  };
  const { state, effects } = step(GIT, before, { type: "tick" }, NOW);
  assert.equal(state.lease, undefined);
  assert.equal(state.isOverdue, true);
  assert.deepEqual(effects, [{ type: "report", problem: "undrained" }]);
  // It is a poll that comes next, P from now.
  assert.equal(state.callAt, 105_000);
  const later = step(GIT, { ...before, callAt: 100_000 }, { type: "tick" }, NOW);
  assert.equal(callOf(later), undefined);
  assert.equal(later.state.callAt, 105_000);
});

Deno.test("a proof that another holds what was shown says who leads", () => {
  const shown = { ...HELD, holder: "qux", isProven: false };
  const outcome = found({ holderIdentity: "bing", session: "another" }, { version: "v1" });
  const { state, effects } = answer(outcome, { ...FOLLOWER, observed: shown, leader: "qux" });
  assert.deepEqual(effects, [{ type: "newLeader", identity: "bing" }]);
  assert.equal(state.leader, "bing");
  assert.equal(state.observed?.holder, "bing");
});

Deno.test("a record of one's own identity is another process's only if it names its session", () => {
  for (const [session, isReported] of [["another", true], [undefined, false]] as const) {
    const twin = { ...HELD, holder: "baz", session };
    const before = { ...FOLLOWER, observed: twin, duplicate: "an earlier one" };
    const { effects } = answer(found({ session }, { version: "v9", own: false }), before);
    assert.equal(effects.some(({ type }) => type === "report"), isReported);
  }
});

Deno.test("a renewal that takes effect ends the count of failures", () => {
  const before = { ...LEADER, failures: 3, mustRead: true, call: writing("renew") };
  const { state } = answer(found({ sequence: 7 }, { version: "v3" }), before);
  assert.deepEqual([state.failures, state.mustRead, state.unclear], [0, false, undefined]);
});

Deno.test("the same version seen again changes nothing that is known of it", () => {
  const { state } = answer(
    found({ holderIdentity: "bing", leaderTransitions: 1, session: "another" }, { version: "v1" }),
    FOLLOWER,
  );
  assert.deepEqual(state.observed, HELD);
});
