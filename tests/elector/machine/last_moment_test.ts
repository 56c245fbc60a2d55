import assert from "node:assert/strict";
import { pollPace, renewPeriod } from "../../../elector/machine/quota.ts";
import { step } from "../../../elector/machine/step.ts";
import {
  answer,
  at,
  callOf,
  FOLLOWER,
  found,
  GIT,
  LEADER,
  LEASE,
  NOW,
  REST,
  writing,
} from "./situation.ts";

// What happens at the very edge of a time, or at the end of a campaign.

Deno.test("a quota counts until its last millisecond", () => {
  const empty = (left: number) => ({ remaining: 0, resetAt: NOW.monotonic + left });
  assert.deepEqual(pollPace(empty(1), NOW, REST), { period: 5_001, isScarce: false });
  assert.deepEqual(pollPace(empty(0), NOW, REST), { period: 5_000, isScarce: false });
  assert.equal(renewPeriod(empty(1), NOW, REST), 20_000);
  assert.equal(renewPeriod(empty(0), NOW, REST), 15_000);
});

Deno.test("a quota that is spent lets nobody poll before it is reset, however soon that is", () => {
  const quota = { remaining: 0, resetAt: NOW.monotonic + 100 };
  assert.deepEqual(pollPace(quota, NOW, REST), { period: 5_100, isScarce: false });
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
