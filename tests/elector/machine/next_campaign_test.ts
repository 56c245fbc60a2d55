import assert from "node:assert/strict";
import { INITIAL_STATE, nextCampaign, type State } from "../../../elector/machine/state.ts";
import { step } from "../../../elector/machine/step.ts";
import { FOLLOWER, GIT, HELD, LEADER, NOW, WRITE } from "./situation.ts";

/** A state in which nothing is as it was at the start. */
const LAST: State = {
  ...LEADER,
  observed: HELD,
  absent: { at: 1_000, spread: 10 },
  superseded: ["v0"],
  highestToken: 7,
  startedToken: 5,
  unclear: WRITE,
  mustRead: true,
  failures: 3,
  callAt: 123_000,
  notBefore: 150_000,
  leader: "bing",
  drainUntil: 120_000,
  isOverdue: true,
  releaseUntil: 121_000,
  claimFrom: 140_000,
  lostRaces: 4,
  holdBack: { until: 160_000, token: 5 },
  refusals: 2,
  refusedAt: 90_000,
  quota: { remaining: 9, resetAt: 200_000 },
  duplicate: "a session",
  stopping: true,
  finished: true,
  reported: "deleted",
};

Deno.test("nextCampaign() keeps what is known of the lock, and nothing that was held or under way", () => {
  const { observed, absent, superseded, highestToken, startedToken, notBefore, leader } = LAST;
  const { claimFrom, lostRaces, holdBack, refusals, refusedAt, quota, duplicate } = LAST;
  const known = { observed, absent, superseded, highestToken, startedToken, notBefore, leader };
  const paced = { claimFrom, lostRaces, holdBack, refusals, refusedAt, quota, duplicate };
  const expected = { ...INITIAL_STATE, ...known, ...paced };
  assert.deepEqual(nextCampaign(LAST, false), expected);
  assert.deepEqual(nextCampaign(LAST, true), { ...expected, working: true, isOverdue: true });
  const inTime = nextCampaign({ ...LAST, isOverdue: false }, true);
  assert.deepEqual(inTime, { ...expected, working: true });
});

Deno.test("old work that outlives its drain is reported, and moves no call of a follower", () => {
  const before = {
    ...FOLLOWER,
    call: undefined,
    callAt: 103_000,
    working: true,
    drainUntil: 100_000,
  };
  const { state, effects } = step(GIT, before, { type: "tick" }, NOW);
  assert.deepEqual(effects, [{ type: "report", problem: "undrained" }]);
  assert.deepEqual([state.callAt, state.isOverdue, state.drainUntil], [103_000, true, undefined]);
});
