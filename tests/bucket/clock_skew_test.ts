import assert from "node:assert/strict";
import type { Dialect } from "../../bucket/address.ts";
import { faults, LOCAL_CREDENTIALS } from "../../bucket/server/mod.ts";
import { LocalBucketWorld, recordText } from "./bucket_world.ts";

const FIRST = recordText("first", 1);
const MINUTE = 60_000;

/** The dialects whose requests are signed with the time. */
const SIGNED: readonly Dialect[] = ["s3", "azure"];

for (const dialect of SIGNED) {
  for (const minutes of [-20, 20, 62, -60 * 24 * 365 * 20]) {
    Deno.test(`a clock that is ${minutes} min off is corrected, over ${dialect}`, async () => {
      const world = new LocalBucketWorld(dialect, FIRST, {
        quirks: { clockOffset: -minutes * MINUTE },
      });
      const store = await world.probedStore();
      const seen = await store.read();
      const written = await store.compareAndSwap(recordText("a", 2), seen);
      assert.deepEqual(await store.read(), written);
      // One request is sent twice, the others are signed with the server's time.
      assert.equal(world.server.counts.statuses[403], 1);
      assert.equal(world.warnings.length, 1);
      const side = minutes < 0 ? "behind" : "ahead of";
      assert.match(
        world.warnings[0] ?? "",
        new RegExp(`^The clock .* is ${Math.abs(minutes)} min ${side} `),
      );
    });
  }

  Deno.test(`a clock that is 10 min off is good enough over ${dialect}`, async () => {
    const world = new LocalBucketWorld(dialect, FIRST, { quirks: { clockOffset: 10 * MINUTE } });
    await (await world.probedStore()).read();
    assert.equal(world.server.counts.statuses[403], undefined);
    assert.deepEqual(world.warnings, []);
  });

  Deno.test(`a write with the wrong time is sent once more over ${dialect}, and lands once`, async () => {
    const world = new LocalBucketWorld(dialect, FIRST);
    const store = await world.probedStore();
    const seen = await store.read();
    world.clock.stepWall(-60 * MINUTE);
    world.server.quirks = { clockOffset: 60 * MINUTE };
    world.server.resetCounts();
    await store.compareAndSwap(recordText("a", 2), seen);
    assert.equal(world.server.counts.writes, 2);
    assert.equal(world.content(), recordText("a", 2));
    // The clock is set right again: that is found out in the same way.
    world.clock.stepWall(60 * MINUTE);
    world.server.quirks = {};
    await store.read();
    assert.equal(world.warnings.length, 2);
    assert.equal(world.warnings[1], "The clock of this machine agrees with the bucket's again");
    assert.equal(world.server.counts.statuses[403], 2);
  });
}

for (const dialect of ["gcs", "azure"] as const) {
  Deno.test(`a clock that is an hour off does not matter to a token over ${dialect}`, async () => {
    const world = new LocalBucketWorld(dialect, FIRST, { quirks: { clockOffset: 60 * MINUTE } });
    const store = await world.probedStore({ credentials: LOCAL_CREDENTIALS.gcs });
    await store.compareAndSwap(recordText("a", 2), await store.read());
    assert.equal(world.server.counts.statuses[401] ?? world.server.counts.statuses[403], undefined);
  });
}

Deno.test("a skew without a date, or that does not end, is an error that names the clock", async () => {
  const world = new LocalBucketWorld("s3", FIRST);
  const store = world.freshStore();
  const cases: Record<string, string>[] = [{}, { date: "yesterday" }, {
    date: "Fri, 02 Jan 2026 03:04:05 GMT",
  }];
  for (const headers of cases) {
    world.server.inject(faults.storeError(403, "RequestTimeTooSkewed", { headers }), { times: 2 });
    await assert.rejects(store.read(), {
      name: "LockAccessError",
      message: /the clock of this machine is wrong \(status 403 RequestTimeTooS/,
    });
    if (world.server.pendingFaults > 0) await assert.rejects(store.read());
  }
  assert.deepEqual(world.warnings, []);
});

for (const onWarning of [() => assert.fail("no log"), () => Promise.reject("no log")]) {
  Deno.test("onWarning that fails harms neither a request nor the process", async () => {
    const world = new LocalBucketWorld("s3", FIRST, { quirks: { clockOffset: 60 * MINUTE } });
    let calls = 0;
    const expiration = new Date(world.clock.wall() + 10 * MINUTE);
    // deno-lint-ignore require-await -- a provider that fails rejects
    const credentials = async () =>
      ++calls > 1 ? assert.fail("no answer") : { ...LOCAL_CREDENTIALS.s3, expiration };
    const store = await world.probedStore({ credentials, onWarning });
    await world.clock.advance(6 * MINUTE);
    assert.equal((await store.read()).content, FIRST);
    await world.clock.advance(0);
    assert.equal(calls, 2);
  });
}
