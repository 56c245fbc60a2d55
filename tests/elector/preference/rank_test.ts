import assert from "node:assert/strict";
import { DEFAULT_TIMINGS, failoverBounds } from "../../../elector/mod.ts";
import { Crowd, H, held } from "./crowd.ts";

// A rank costs 1.5 P each, at a released, a lapsed and an absent record alike.

for (const rank of [0, 1, 2, 9]) {
  Deno.test(`rank ${rank} claims a released record ${rank} × 1.5 P after it saw it`, async () => {
    await using crowd = new Crowd();
    await crowd.write({ leaderTransitions: 4 });
    await crowd.run("baz", { rank });
    const expected = { who: "baz", after: rank * H };
    assert.deepEqual(await crowd.next(100_000), expected);
  });

  Deno.test(`rank ${rank} creates the first record ${rank} × 1.5 P after it found none`, async () => {
    await using crowd = new Crowd();
    await crowd.run("baz", { rank });
    assert.deepEqual(await crowd.next(100_000), { who: "baz", after: rank * H });
  });

  Deno.test(`rank ${rank} claims a lease ${rank} × 1.5 P after it expired`, async () => {
    await using crowd = new Crowd();
    await crowd.write(held());
    await crowd.run("baz", { rank });
    assert.deepEqual(await crowd.next(200_000), { who: "baz", after: 60_000 + rank * H });
  });
}

Deno.test("the better rank leads, though the other saw the release long before", async () => {
  await using crowd = new Crowd();
  const home = crowd.make("home", { rank: 0 });
  const away = crowd.make("away", { rank: 1 });
  await crowd.write(held());
  await away.run();
  await crowd.advance(2_500);
  await home.run();
  await crowd.advance(2_400);
  // Away polls in 0.1 s, home in 2.6 s.
  await crowd.write(held({ holderIdentity: "" }));
  const next = await crowd.next(20_000);
  assert.equal(next?.who, "home");
});

Deno.test("a record carries its writer's rank", async () => {
  const crowd = new Crowd();
  await crowd.run("baz", { rank: 3 });
  await crowd.advance(3 * H);
  assert.equal(crowd.record?.rank, 3);
  await crowd.end();
  assert.equal(crowd.record?.rank, 3);
});

Deno.test("failoverBounds() adds 1.5 P for each rank", () => {
  const of = (rank: number) => failoverBounds(DEFAULT_TIMINGS, { read: 2, write: 2 }, true, rank);
  const none = failoverBounds(DEFAULT_TIMINGS, { read: 2, write: 2 }, true);
  assert.deepEqual(of(0), none);
  for (const rank of [1, 2, 9]) {
    assert.equal(of(rank).crash - none.crash, rank * H);
    assert.ok(of(rank).release - none.release >= rank * H);
  }
});
