import assert from "node:assert/strict";
import type { Event } from "../../../elector/machine/events.ts";
import type { State } from "../../../elector/machine/state.ts";
import { step } from "../../../elector/machine/step.ts";
import {
  answer,
  at,
  AWAY,
  callOf,
  FOLLOWER,
  found,
  GIT,
  LEADER,
  LEASE,
  NOW,
  READ,
  UNCLEAR,
  writing,
} from "./situation.ts";

function stop(before: State) {
  return step(GIT, before, { type: "stop", reason: "stopped" }, NOW);
}

Deno.test("a follower that stops gives its read up, and is over", () => {
  const { state, effects } = stop(FOLLOWER);
  assert.deepEqual(effects, [{ type: "abandon", id: 7 }, { type: "finish", how: "clean" }]);
  assert.equal(state.finished, true);
});

Deno.test("a read after an unclear claim is waited for at a stop: it may have to release the lock", () => {
  const { state, effects } = stop(UNCLEAR);
  assert.deepEqual(effects, []);
  assert.deepEqual([state.call?.id, state.finished], [7, false]);
  assert.equal(state.releaseUntil, 120_000);
});

Deno.test("a holder's read is waited for at a stop", () => {
  const { state, effects } = stop({ ...LEADER, mustRead: true });
  assert.deepEqual(effects, [{ type: "endTerm", reason: "stopped" }]);
  assert.equal(state.call?.id, 7);
});

Deno.test("an unclear claim is read after at once at a stop, whenever the next call was due", () => {
  const result = stop({ ...UNCLEAR, call: undefined, callAt: 109_000 });
  assert.equal(callOf(result)?.purpose, "read");
  assert.equal(result.state.releaseUntil, 120_000);
});

Deno.test("a claim in flight is waited for at a stop, as long as a release may take", () => {
  const { state, effects } = stop({ ...FOLLOWER, call: writing("claim") });
  assert.deepEqual(effects, []);
  assert.deepEqual([state.call?.id, state.finished, state.releaseUntil], [7, false, 120_000]);
});

Deno.test("a second stop changes nothing", () => {
  const { state } = stop(UNCLEAR);
  const again = step(GIT, state, { type: "stop", reason: "failed" }, at(101_000));
  assert.deepEqual(again.state, state);
  assert.deepEqual(again.effects, []);
});

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
  const made = found({ holderIdentity: "bing" }, { version: "v9" });
  assert.deepEqual(countAfter(made), [0, undefined]);
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

Deno.test("a call has as long as the requests that it needs: a read of several, a write of one", () => {
  const config = { ...GIT, requests: { read: 2, write: 1 } };
  const due = { ...FOLLOWER, call: undefined, callAt: 100_000 };
  const read = callOf(step(config, due, { type: "tick" }, NOW));
  assert.deepEqual([read?.purpose, read?.timeoutAt], ["read", 140_000]);
  const free = found({ holderIdentity: "", session: "another" }, { version: "v9" });
  const claim = callOf(answer(free, FOLLOWER, NOW, config));
  assert.deepEqual([claim?.purpose, claim?.timeoutAt], ["claim", 110_000]);
});

/** How a campaign ends whose release is in flight. */
function endWith(outcome: Parameters<typeof answer>[0]): string | undefined {
  const before = {
    ...LEADER,
    working: false,
    stopping: true,
    lease: { ...LEASE, open: false },
    releaseUntil: 100_000,
    call: writing("release"),
  };
  const { effects } = answer(outcome, before);
  return effects.find((effect) => effect.type === "finish")?.how;
}

Deno.test("a campaign ends clean if its release took effect, and unreleased if that is not known", () => {
  const released = { holderIdentity: "", leaseDurationSeconds: 1, sequence: 7 };
  assert.equal(endWith(found(released, { version: "v3" })), "clean");
  assert.equal(endWith({ type: "failed", permanent: false }), "unreleased");
});

Deno.test("a campaign whose lease expires while it stops ends unreleased: the record still names it", () => {
  const before = { ...LEADER, working: false, stopping: true, call: undefined, lease: undefined };
  const { effects } = step(GIT, before, { type: "tick" }, NOW);
  assert.deepEqual(effects, [{ type: "finish", how: "unreleased" }]);
  const other = {
    ...before,
    observed: { ...LEADER.observed!, holder: "bing", session: "another" },
  };
  const clean = step(GIT, other, { type: "tick" }, NOW);
  assert.deepEqual(clean.effects, [{ type: "finish", how: "clean" }]);
});

Deno.test("a term ends in the first step at sentAt + D, whatever that step is for", () => {
  const deadline = LEASE.sentAt.monotonic + GIT.renewDeadline;
  const stepAt = (monotonic: number) =>
    step(GIT, { ...LEADER, call: undefined }, { type: "tick" }, at(monotonic));
  const endsTerm = ({ effects }: ReturnType<typeof stepAt>) =>
    effects.some(({ type }) => type === "endTerm");
  assert.equal(endsTerm(stepAt(deadline - 1)), false);
  assert.equal(endsTerm(stepAt(deadline)), true);
  assert.equal(stepAt(deadline).state.lease?.open ?? false, false);
});

Deno.test("step() does nothing before the start of a campaign, nor after its end", () => {
  const events: Event[] = [
    { type: "tick" },
    { type: "settled" },
    { type: "stepDown" },
    { type: "stop", reason: "stopped" },
    { type: "answer", id: READ.id, outcome: { type: "absent" } },
  ];
  for (const ended of [{ started: false }, { finished: true }]) {
    for (const event of events) {
      const before = { ...UNCLEAR, working: true, callAt: 0, ...ended };
      const { state, effects, wakeAt } = step(GIT, before, event, NOW);
      assert.equal(state, before);
      assert.deepEqual([effects, wakeAt], [[], Infinity]);
    }
  }
});
