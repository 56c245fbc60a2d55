import assert from "node:assert/strict";
import { describePlan } from "../../../cli/commands/plan.ts";
import { planFields, planLine, planOf } from "../../../cli/output/cost.ts";
import { PLAIN } from "../../../cli/output/terminal.ts";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";

Deno.test("planOf() the defaults by rest: 240 writes, 2 followers that see each of them", () => {
  const plan = planOf(DEFAULT_TIMINGS, 3, "rest");
  assert.equal(plan.writesPerHour, 240);
  assert.equal(plan.pollsPerHour, 1_600);
  assert.equal(plan.leaderPerHour, 480);
  assert.equal(plan.chargedPerHour, 960);
  assert.equal(plan.crashFailover, 146_000);
  assert.equal(plan.releaseFailover, 56_000);
  assert.deepEqual([plan.refusals, plan.warnings], [[], []]);
});

Deno.test("planOf() charges nothing by git", () => {
  assert.equal(planOf(DEFAULT_TIMINGS, 100, "git").chargedPerHour, 0);
});

Deno.test("planOf() refuses by rest what GitHub does not allow", () => {
  const often = { ...DEFAULT_TIMINGS, retryPeriod: 7_000 };
  assert.match(planOf(often, 2, "rest").refusals.join(), /^514 writes an hour, .* allows 500/);
  const quick = { ...DEFAULT_TIMINGS, retryPeriod: 1_400 };
  assert.match(planOf(quick, 2, "rest").refusals.join(), /5143 charged requests of the leader/);
  const polls = { ...DEFAULT_TIMINGS, pollPeriod: 1_000 };
  assert.match(planOf(polls, 15, "rest").refusals.join(), /points a minute/);
});

Deno.test("planOf() warns near a limit, and of what git recommends", () => {
  const near = { ...DEFAULT_TIMINGS, retryPeriod: 8_000 };
  assert.deepEqual(planOf(near, 2, "rest").refusals, []);
  assert.match(planOf(near, 2, "rest").warnings.join(), /450 writes an hour/);
  // Followers leave the leader its share of the quota.
  const crowded = planOf(DEFAULT_TIMINGS, 25, "rest");
  assert.deepEqual(crowded.refusals, []);
  assert.match(crowded.warnings.join(), /6240 charged requests an hour, .* failover takes longer/);
  const fast = planOf({ ...DEFAULT_TIMINGS, retryPeriod: 8_000 }, 2, "git");
  assert.deepEqual(fast.refusals, []);
  assert.match(fast.warnings.join(), /7\.5 pushes a minute/);
});

Deno.test("planFields() has durations in seconds", () => {
  const fields = planFields(planOf(DEFAULT_TIMINGS, 3, "rest"));
  assert.equal(fields.crashFailoverSeconds, 146);
  assert.equal(fields.releaseFailoverSeconds, 56);
  assert.equal("crashFailover" in fields, false);
});

Deno.test("planLine() is one line", () => {
  assert.equal(
    planLine(planOf(DEFAULT_TIMINGS, 3, "rest")),
    "rest: 240 writes, 960 charged requests and 1600 polls an hour with 3 candidates; " +
      "a new leader within 2 min 26 s of a crash, 56 s of a stop",
  );
});

Deno.test("describePlan() shows each number next to its limit", () => {
  assert.deepEqual(describePlan(planOf(DEFAULT_TIMINGS, 3, "git"), 10_000, PLAIN), [
    "3 candidates by git",
    "  pushes    4 a minute       6 recommended",
    "  polls     0.4 a second     15 recommended",
    "  charged   0 an hour        git does not use the REST quota",
    "  crash     a new leader within 2 min 6 s",
    "  stop      a new leader within 35 s",
    "  grace     a command has 10 s from TERM to KILL",
  ]);
});

Deno.test("planOf() counts 1.5 poll periods for each rank", () => {
  const of = (rank: number) => planOf(DEFAULT_TIMINGS, 3, "rest", rank);
  assert.equal(of(2).crashFailover - of(0).crashFailover, 15_000);
  assert.equal(of(2).releaseFailover - of(0).releaseFailover, 15_000);
  assert.deepEqual([of(2).rank, planOf(DEFAULT_TIMINGS, 3, "rest").rank], [2, 0]);
  assert.equal(planFields(of(2)).rank, 2);
  assert.match(planLine(of(2)), /; a new leader of rank 2 within /);
});
