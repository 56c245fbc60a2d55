import assert from "node:assert/strict";
import type { State } from "../../../elector/machine/state.ts";
import { step } from "../../../elector/machine/step.ts";
import { callOf, FOLLOWER, GIT, LEADER, NOW, UNCLEAR, writing } from "./situation.ts";

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
  const again = step(GIT, state, { type: "stop", reason: "failed" }, {
    ...NOW,
    monotonic: 101_000,
  });
  assert.deepEqual(again.state, state);
  assert.deepEqual(again.effects, []);
});
