import assert from "node:assert/strict";
import type { State } from "../../../elector/machine/state.ts";
import { step } from "../../../elector/machine/step.ts";
import {
  answer,
  AWAY,
  FOLLOWER,
  found,
  GIT,
  LEADER,
  LEASE,
  NOW,
  READ,
  writing,
} from "./situation.ts";

/** A follower whose old work has outlived its drain, and which waits until 103 s. */
const OVERDUE: State = {
  ...FOLLOWER,
  call: undefined,
  callAt: 103_000,
  working: true,
  isOverdue: true,
};

Deno.test("work that settles is overdue no more, and a poll follows it", () => {
  const { state } = step(GIT, OVERDUE, { type: "settled" }, NOW);
  assert.deepEqual([state.working, state.isOverdue, state.drainUntil], [false, false, undefined]);
  assert.equal(state.callAt, 105_000);
});

Deno.test("work that settles moves no call while one is in flight", () => {
  const { state } = step(GIT, { ...OVERDUE, call: READ }, { type: "settled" }, NOW);
  assert.equal(state.callAt, 103_000);
  assert.equal(state.call, READ);
});

Deno.test("a request for a handover counts as refused only if it is, and ends the count if it is made", () => {
  const before: State = {
    ...FOLLOWER,
    call: { ...READ, purpose: "request" },
    refusals: 3,
    refusedAt: 40_000,
  };
  const countAfter = (outcome: Parameters<typeof answer>[0]) => {
    const { state } = answer(outcome, before);
    return [state.refusals, state.refusedAt];
  };
  assert.deepEqual(countAfter({ type: "refused" }), [4, 40_000]);
  assert.deepEqual(countAfter({ type: "conflict" }), [3, 40_000]);
  assert.deepEqual(countAfter(AWAY), [3, 40_000]);
  assert.deepEqual(countAfter(found({ holderIdentity: "bing" }, { version: "v9" })), [
    0,
    undefined,
  ]);
});

Deno.test("a campaign that ends over unsettled work gives up its call and its lease", () => {
  const before: State = {
    ...LEADER,
    stopping: true,
    lease: { ...LEASE, open: false },
    drainUntil: 100_000,
    call: writing("renew"),
  };
  const { state, effects } = step(GIT, before, { type: "tick" }, NOW);
  assert.deepEqual([state.finished, state.call, state.lease], [true, undefined, undefined]);
  assert.deepEqual(effects, [
    { type: "report", problem: "undrained" },
    { type: "abandon", id: READ.id },
    { type: "finish", how: "undrained" },
  ]);
});
