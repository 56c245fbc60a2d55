import assert from "node:assert/strict";
import { play } from "../proof/full/campaign.ts";
import { SITUATIONS } from "../proof/full/promises/landmarks.ts";
import { missing, tellFailure } from "../proof/full/report.ts";

const SEEDS = 8;

for (let seed = 1; seed <= SEEDS; seed++) {
  Deno.test(`the whole stack keeps its promises under faults, and leads soon after: seed ${seed}`, async () => {
    const result = await play(seed);
    if (result.failure) assert.fail(tellFailure(result));
    assert.ok(result.terms > 0);
  });
}

const BUCKETS = ["s3", "gcs", "azure"] as const;

for (let seed = 1; seed <= SEEDS; seed++) {
  const place = BUCKETS[seed % 3] ?? "s3";
  Deno.test(`the whole stack keeps its promises under faults over ${place}, and leads soon after: seed ${seed}`, async () => {
    const result = await play(seed, place);
    if (result.failure) assert.fail(tellFailure(result));
    assert.ok(result.terms > 0);
  });
}

Deno.test("a seed of the whole stack plays the same way each time", async () => {
  for (const place of ["git", "azure"] as const) {
    const [first, second] = [await play(4, place), await play(4, place)];
    assert.equal(first.hash, second.hash);
    assert.deepEqual(first.story, second.story);
  }
});

Deno.test("a run of the whole stack names the situations that it did not meet, over each store", async () => {
  const results = [await play(3, "s3"), await play(3, "rest")];
  const unmet = missing(results);
  for (const { plan: { place }, met } of results) {
    assert.ok(met.has("a handover is done"));
    const named = SITUATIONS.filter((situation) => unmet.includes(`${place}: ${situation}`));
    assert.deepEqual(named, SITUATIONS.filter((situation) => !met.has(situation)));
    assert.ok(named.length > 0);
  }
});
