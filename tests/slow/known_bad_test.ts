import assert from "node:assert/strict";
import * as bad from "../proof/model/bad_designs.ts";
import { type Promised, Violation } from "../proof/model/checks.ts";
import type { Design } from "../proof/model/design.ts";
import { tellFailure } from "../proof/sim/report.ts";
import { type Run, run } from "../proof/sim/run.ts";
import { type Choices, makeScenario } from "../proof/sim/scenario.ts";
import { shrink } from "../proof/sim/shrink.ts";

/** A design whose fault shows in none of so many seeds would pass for a good one. */
const MOST_SEEDS = 300;

/** What the first seed that fails shows. */
function firstFailure(design: Design): Run["failure"] {
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    const { failure } = run(seed, { design, protocol: "rest", hours: 1 });
    if (failure) return failure;
  }
  assert.fail(`none of ${MOST_SEEDS} seeds shows it`);
}

/** Designs that others use, or that come to mind first, and the promise that each breaks first. */
const KNOWN_BAD: readonly [Design, Promised][] = [
  [bad.DEADLINE_FROM_ANSWER, "a term counts from its write"],
  [bad.RELEASE_BEFORE_SETTLED, "a release follows the work"],
  [bad.RELEASE_OVER_SUCCESSOR, "a release is of its own"],
  [bad.SUCCESS_MEANS_WON, "a term counts from its write"],
  [bad.TRUST_RENEW_TIME, "a claim waits"],
  [bad.ACTS_BEFORE_START, "nothing outside a campaign"],
  [bad.HEARSAY_OF_RIVALS, "a claim waits"],
  [bad.HEARSAY_OF_OWN_CLAIMS, "tokens rise with each start"],
  [bad.HEARSAY_OF_RENEWALS, "a term counts from its write"],
];

for (const [design, promise] of KNOWN_BAD) {
  Deno.test(`the simulator finds what is wrong with "${design.name}"`, () => {
    const failure = firstFailure(design);
    assert.ok(failure instanceof Violation);
    assert.equal(failure.promise, promise);
  });
}

/** Clocks that are a little further off than the guard allows, near the edge: not every seed is cut off at the right time. */
const OFF_BOUND = { rateBound: 0.03 };

/** So far off that most seeds show it. */
const FAR_OFF_BOUND = { rateBound: 0.06, hours: 0.5 };

/** The first of some seeds with clocks at their bound that fails where that bound is too wide. */
function firstOffBound(from: number, choices: Choices): Run {
  for (let seed = from; seed < from + 500; seed++) {
    if (makeScenario(seed).kind !== "edge") continue;
    const result = run(seed, choices);
    if (result.failure) return result;
  }
  assert.fail("no seed shows it");
}

Deno.test("the simulator finds two leaders where clocks are further off than the guard allows", () => {
  const { failure, scenario: { seed } } = firstOffBound(500, OFF_BOUND);
  assert.ok(failure instanceof Violation);
  assert.equal(failure.promise, "one valid term");
  assert.equal(run(seed).failure, undefined);
});

Deno.test("shrink() keeps only what a failure needs, and prints how to see it again", () => {
  const failed = firstOffBound(1, FAR_OFF_BOUND);
  const { seed } = failed.scenario;
  const { choices, run: shrunk } = shrink(failed, FAR_OFF_BOUND);
  assert.ok(shrunk.scenario.faults.size < failed.scenario.faults.size);
  assert.ok(shrunk.scenario.electors <= failed.scenario.electors);
  const again = run(seed, { ...choices, ...FAR_OFF_BOUND });
  assert.equal(again.hash, shrunk.hash);
  assert.equal(again.failure?.message, shrunk.failure?.message);
  const told = tellFailure({ choices, run: shrunk });
  assert.ok(told.includes(`Replay: deno task simulate --story --seeds 1 --from ${seed} `), told);
});
