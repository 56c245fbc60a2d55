import assert from "node:assert/strict";
import { play } from "../proof/full/campaign.ts";
import { tellFailure } from "../proof/full/report.ts";

const SEEDS = 8;

for (let seed = 1; seed <= SEEDS; seed++) {
  Deno.test(`the whole stack keeps its promises in a storm, and leads soon after: seed ${seed}`, async () => {
    const result = await play(seed);
    if (result.failure) assert.fail(tellFailure(result));
    assert.ok(result.terms > 0);
  });
}

Deno.test("a seed of the whole stack plays the same way each time", async () => {
  const [first, second] = [await play(4), await play(4)];
  assert.equal(first.hash, second.hash);
  assert.deepEqual(first.story, second.story);
});
