import assert from "node:assert/strict";
import { Violation } from "../model/checks.ts";
import { KNOWN_BAD, type KnownBad } from "./known_bad.ts";
import { tellFailure } from "./report.ts";
import { type Run, run } from "./run.ts";
import { shrink } from "./shrink.ts";

/** The first seed that shows what is wrong. */
function firstFailure({ design, protocol, seed }: KnownBad): Run {
  for (let earlier = 1; earlier < seed; earlier++) {
    assert.equal(run(earlier, { design, protocol, hours: 1 }).failure, undefined);
  }
  return run(seed, { design, protocol, hours: 1 });
}

for (const knownBad of KNOWN_BAD) {
  Deno.test(`the simulator finds what is wrong with "${knownBad.name}"`, () => {
    const { failure } = firstFailure(knownBad);
    assert.ok(failure instanceof Violation);
    assert.equal(failure.promise, knownBad.breaks);
  });
}

Deno.test("the simulator finds two leaders where clocks are further off than the guard allows", () => {
  const { failure } = run(8, { rateBound: 0.03 });
  assert.ok(failure instanceof Violation);
  assert.equal(failure.promise, "one valid term");
  assert.equal(run(8).failure, undefined);
});

Deno.test("shrink() keeps only what a failure needs, and tells how to see it again", () => {
  const failed = run(8, { rateBound: 0.03 });
  const { choices, run: shrunk } = shrink(failed, { rateBound: 0.03 });
  assert.ok(shrunk.scenario.faults.size < failed.scenario.faults.size);
  assert.ok(shrunk.simulated <= failed.simulated);
  const again = run(8, { ...choices, rateBound: 0.03 });
  assert.equal(again.hash, shrunk.hash);
  assert.equal(again.failure?.message, shrunk.failure?.message);
  const told = tellFailure({ choices, run: shrunk });
  assert.match(told, /^Replay: deno task simulate --story --seeds 1 --from 8 /m);
});
