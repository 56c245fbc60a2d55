import assert from "node:assert/strict";
import { Coverage } from "../proof/sim/coverage.ts";
import { tellFailure } from "../proof/sim/report.ts";
import { run } from "../proof/sim/run.ts";
import { FAULTS, makeScenario, PREFERENCES } from "../proof/sim/scenario.ts";
import { shrink } from "../proof/sim/shrink.ts";

const HOUR = 3_600_000;
/** Together more than a thousand simulated hours. */
const SEEDS = 230;

Deno.test("the election keeps its promises through a thousand hours of faults", () => {
  const coverage = new Coverage();
  let simulated = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = run(seed, { coverage });
    if (result.failure) assert.fail(tellFailure(shrink(result)));
    simulated += result.simulated;
  }
  assert.ok(simulated >= 1_000 * HOUR, `${simulated / HOUR} hours`);
  assert.deepEqual(coverage.missing(), []);
});

/** Seeds that once told of a fault, if only of the simulator's own. */
const REMEMBERED = [109, 125, 224, 762, 975, 1_293, 2_007, 2_386, 3_205, 9_542];

Deno.test("the election keeps its promises in the seeds that once found something", () => {
  for (const seed of REMEMBERED) {
    const result = run(seed);
    if (result.failure) assert.fail(tellFailure(shrink(result)));
  }
});

Deno.test("a seed plays the same way each time, whether its story is printed or not", () => {
  const [first, second] = [run(7, { isTold: true }), run(7)];
  assert.equal(first.hash, second.hash);
  assert.equal(first.simulated, second.simulated);
  assert.equal(first.events, second.events);
  assert.ok(first.story.length > 0);
  assert.deepEqual(second.story, []);
});

Deno.test("each seed plays another way", () => {
  const hashes = new Set([1, 2, 3, 4, 5].map((seed) => run(seed, { hours: 0.1 }).hash));
  assert.equal(hashes.size, 5);
});

Deno.test("each class of fault is off in about half of the seeds", () => {
  const scenarios = Array.from({ length: 400 }, (_, seed) => makeScenario(seed));
  for (const fault of FAULTS) {
    const on = scenarios.filter(({ faults }) => faults.has(fault)).length;
    // All preferences are off in half of the seeds, so that the rest is what it was without them.
    const [least, most] = PREFERENCES.some((each) => each === fault) ? [60, 140] : [150, 250];
    assert.ok(on > least && on < most, `${fault} is on in ${on} of 400`);
  }
});

Deno.test("a class of fault that is chosen to be off does not happen", () => {
  const coverage = new Coverage();
  run(3, { coverage, hours: 1, off: FAULTS });
  const met = [...coverage.counts().keys()].filter((label) => label.startsWith("fault: "));
  assert.deepEqual(met, []);
});
