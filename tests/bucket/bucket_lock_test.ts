import assert from "node:assert/strict";
import { inspect } from "node:util";
import { BUCKET_TIMINGS, BucketLock, type BucketLockOptions } from "../../bucket/mod.ts";
import { DEFAULT_TIMINGS, LeaderElector } from "../../elector/mod.ts";
import { FakeClock, type Observed, parseRecord, UnsafeStoreError } from "../../lock/mod.ts";
import { getHeld, held } from "../contract/world.ts";
import { campaign } from "./bucket_candidate.ts";
import { DIALECTS, isLock, LocalBucketWorld, NO_ENVIRONMENT, recordText } from "./bucket_world.ts";

const RELEASED = recordText("", 6);
const HOUR = 3_600_000;

Deno.test("new BucketLock() without options, or what it needs, says what to pass", () => {
  const make = (options?: unknown) => () => new BucketLock(options as BucketLockOptions);
  const rest = { environment: NO_ENVIRONMENT };
  assert.throws(make(), /^TypeError: No options: pass an object with url and identity$/);
  assert.throws(make(null), /^TypeError: No options/);
  assert.throws(make("s3://b/k"), /^TypeError: No options/);
  assert.throws(
    make({ identity: "a", ...rest }),
    /^TypeError: No url: pass s3:\/\/BUCKET\/KEY, gs:/,
  );
  assert.throws(make({ url: "gs://locks/k", ...rest }), /identity/);
  assert.throws(
    make({ url: "s3://locks/k", identity: "a", ...rest }),
    /^RangeError: No region: set/,
  );
});

Deno.test("a lock whose key is that of a probe is refused", () => {
  for (const url of ["s3://locks/k.probe", "gs://locks/a/k.probe", "az://account/locks/k.probe"]) {
    assert.throws(
      () => new BucketLock({ url, identity: "a", environment: NO_ENVIRONMENT }),
      /^RangeError: The key must not end in "\.probe"/,
    );
  }
});

Deno.test("an elector over a bucket has the bucket's timings, unless its options say otherwise", () => {
  const lock = new LocalBucketWorld("gcs").freshLock("a");
  const { drainTimeout } = DEFAULT_TIMINGS;
  assert.deepEqual(lock.defaultTimings, BUCKET_TIMINGS);
  assert.deepEqual(new LeaderElector({ lock }).timings, { ...BUCKET_TIMINGS, drainTimeout });
  assert.equal(new LeaderElector({ lock, retryPeriod: 1_000 }).timings.retryPeriod, 1_000);
});

Deno.test("an elector over a bucket has the lock's clock and request timeout, and no others", async () => {
  const world = new LocalBucketWorld("gcs", RELEASED);
  const lock = world.freshLock("a", { requestTimeout: 1_000 });
  assert.throws(
    () => new LeaderElector({ lock, requestTimeout: 2_000 }),
    /must be the lock's 1000/,
  );
  assert.throws(
    () => new LeaderElector({ lock, clock: new FakeClock() }),
    /must be the lock's own/,
  );
  await using elector = new LeaderElector({ lock });
  assert.equal(elector.timings.requestTimeout, 1_000);
  assert.equal(await elector.lead((term) => term.remaining()), BUCKET_TIMINGS.renewDeadline);
});

Deno.test("a lock names its object and nothing else", () => {
  const world = new LocalBucketWorld("s3");
  const lock = world.freshLock("a", { endpoint: "https://minio.example" });
  assert.equal(lock.describe(), "s3://locks/folder/lock 1.json at minio.example");
  assert.doesNotMatch(inspect(lock, { depth: 10, showHidden: true }), /local-secret/);
  assert.doesNotMatch(Deno.inspect(lock, { depth: 10 }), /local-secret/);
});

for (const dialect of DIALECTS) {
  const test = (does: string, content: string | undefined, body: Body) =>
    Deno.test(`BucketLock over ${dialect} ${does}`, async () => {
      const world = new LocalBucketWorld(dialect, content);
      await body(world, world.freshLock("a"));
    });

  test("never creates the object, and says how to", undefined, async (world, lock) => {
    await lock.prepare?.();
    assert.equal(await lock.get(), undefined);
    await assert.rejects(lock.create(held("a")), {
      name: "LockAccessError",
      message: /create it by `elector init`/,
    });
    assert.equal(world.content(), undefined);
  });

  test(
    "ends a campaign on no object in no term, and leads once there is one",
    undefined,
    async (world, lock) => {
      const a = campaign(world, lock);
      await world.clock.advance(30_000);
      assert.equal(a.outcome, "running");
      assert.equal(a.terms.length, 0);
      assert.equal(a.errors.length, 1);
      assert.match(String(a.elector.check()?.message), /create it by `elector init`/);
      assert.equal(world.content(), undefined);
      world.edit(RELEASED);
      await world.clock.advance(60_000);
      assert.deepEqual(a.terms.map(({ token }) => token), [7]);
      assert.equal(a.elector.check(), undefined);
      a.stop();
      await world.clock.advance(1_000);
      assert.equal(a.outcome, "ended");
      assert.equal(parseRecord(world.content() ?? "").holderIdentity, "");
    },
  );

  test("reports a deletion as certain, on a read and on a write", RELEASED, async (world, lock) => {
    await lock.prepare?.();
    const seen = await lock.update(held("a", 7), await getHeld(lock));
    world.edit(null);
    const message = /`elector init --token 7`/;
    const isDeletion = { name: "LockDeletedError", isCertain: true, message };
    await assert.rejects(lock.update(held("a", 7), seen), isDeletion);
    await assert.rejects(lock.get(), isDeletion);
    assert.equal(world.content(), undefined);
    world.edit(recordText("", 9));
    assert.equal((await getHeld(lock)).record.leaderTransitions, 9);
  });

  test(
    "ends a term within one renewal after the object was deleted",
    RELEASED,
    async (world, lock) => {
      const a = campaign(world, lock);
      await world.clock.advance(10_000);
      assert.equal(a.elector.isLeader(), true);
      world.edit(null);
      await world.clock.advance(BUCKET_TIMINGS.retryPeriod);
      assert.equal(a.elector.isLeader(), false);
      assert.match(String(a.ends), /lost$/);
      await world.clock.advance(60_000);
      assert.equal(world.content(), undefined);
      assert.equal(a.outcome, "running");
      a.stop();
      await world.clock.advance(1_000);
    },
  );

  test(
    "takes a request on top of its own write for its own success",
    RELEASED,
    async (world, lock) => {
      await lock.prepare?.();
      const seen = await getHeld(lock);
      let mine = "";
      world.server.inject(async (_, proceed) => {
        await proceed();
        // Another candidate asks for a handover, and fetch sends the write again as its connection died.
        mine = world.content() ?? "";
        world.edit(mine.replace('"preferredHolder":""', '"preferredHolder":"b"'));
        return await proceed();
      }, { kind: "write", when: isLock });
      const written: Observed = await lock.update(held("a", 7), seen);
      assert.equal(written.record.preferredHolder, "b");
      assert.equal(written.record.holderIdentity, "a");
      assert.equal(written.version, (await getHeld(world.freshLock("c"))).version);
      const renewed = await lock.update(held("a", 7), written);
      assert.equal(renewed.own, true);
      assert.equal(parseRecord(world.content() ?? "").preferredHolder, "");
    },
  );

  test(
    "hands over when a request lies on top of a renewal, and does not take it for a loss",
    RELEASED,
    async (world, lock) => {
      const a = campaign(world, lock);
      await world.clock.advance(4_000);
      world.server.inject(async (_, proceed) => {
        await proceed();
        world.edit(world.content()!.replace('"preferredHolder":""', '"preferredHolder":"b"'));
        return await proceed();
      }, { kind: "write", when: isLock });
      await world.clock.advance(60_000);
      assert.equal(world.server.pendingFaults, 0);
      const [first, second] = a.terms;
      assert.equal(first?.signal.reason?.reason, "handover");
      // The one that was asked for is not there: the old leader is the next to claim.
      assert.equal(second?.token, (first?.token ?? NaN) + 1);
      assert.equal(a.elector.isLeader(), true);
      assert.deepEqual(a.errors, []);
      a.stop();
      await world.clock.advance(1_000);
    },
  );
}

type Body = (world: LocalBucketWorld, lock: BucketLock) => Promise<void>;

Deno.test("no candidate leads over a store that ignores conditions, and only the probe is written", async () => {
  for (const dialect of DIALECTS) {
    const world = new LocalBucketWorld(dialect, RELEASED, { quirks: { ignoresConditions: true } });
    const all = ["a", "b", "c"].map((identity) => campaign(world, world.freshLock(identity)));
    await world.clock.advance(120_000);
    for (const { outcome, terms, errors } of all) {
      assert.ok(outcome instanceof UnsafeStoreError, String(outcome));
      assert.deepEqual(errors, [outcome]);
      assert.equal(terms.length, 0);
    }
    assert.equal(world.content(), RELEASED);
  }
});

Deno.test("a follower probes hourly, and ends when versioning has made the bucket unsafe", async () => {
  const world = new LocalBucketWorld("s3", RELEASED);
  const a = campaign(world, world.freshLock("a"));
  await world.clock.advance(5_000);
  const b = campaign(world, world.freshLock("b"));
  await world.clock.advance(5_000);
  assert.equal(a.elector.isLeader(), true);
  let probes = 0;
  world.server.intercept = async ({ method, url }, proceed) => {
    if (method === "PUT" && !isLock({ url })) probes++;
    return await proceed();
  };
  await world.clock.advance(HOUR - 20_000);
  assert.equal(probes, 0, "neither a leader nor a follower probes before an hour has passed");
  await world.clock.advance(30_000);
  assert.equal(probes, 3, "three writes a probe");
  world.server.quirks = { isVersionedCeph: true };
  await world.clock.advance(HOUR);
  assert.ok(b.outcome instanceof UnsafeStoreError, String(b.outcome));
  assert.ok(a.outcome instanceof UnsafeStoreError, String(a.outcome));
  assert.equal(b.terms.length, 0);
});

Deno.test("a leader whose bucket becomes versioned loses its term in time, and has no successor", async () => {
  const world = new LocalBucketWorld("s3", RELEASED);
  const a = campaign(world, world.freshLock("a"));
  await world.clock.advance(5_000);
  world.server.quirks = { isVersionedCeph: true };
  await world.clock.advance(BUCKET_TIMINGS.renewDeadline);
  assert.equal(a.elector.isLeader(), false);
  await world.clock.advance(120_000);
  assert.ok(a.outcome instanceof UnsafeStoreError, String(a.outcome));
  assert.equal(a.terms.length, 1);
});
