import assert from "node:assert/strict";
import { initBucket, type InitBucketOptions } from "../../bucket/init_bucket.ts";
import { faults } from "../../bucket/server/mod.ts";
import {
  EMPTY_RECORD,
  parseRecord,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "../../lock/mod.ts";
import { settle } from "../contract/world.ts";
import { isLock, LocalBucketWorld, recordText, testOver } from "./bucket_world.ts";

const test = testOver("initBucket()", (dialect) => new LocalBucketWorld(dialect));

let sessions = 0;

function init(world: LocalBucketWorld, options: Partial<InitBucketOptions> = {}) {
  const session = () => `init-session-${++sessions}`;
  return initBucket({ ...world.options(), session, ...options });
}

test("creates a record that elector-init holds for one lease", async (world) => {
  const { isCreated, content } = await init(world, { leaseDuration: 20_000, tokenFloor: 41 });
  assert.equal(isCreated, true);
  assert.equal(world.content(), content);
  const now = world.clock.wall();
  assert.deepEqual(parseRecord(content), {
    ...EMPTY_RECORD,
    holderIdentity: "elector-init",
    leaseDurationSeconds: 20,
    acquireTime: now,
    renewTime: now,
    leaderTransitions: 41,
    session: `init-session-${sessions}`,
    sequence: 1,
    protocol: "bucket",
  });
});

test("has a lease of 15 s and no token floor if nothing is said", async (world) => {
  const record = parseRecord((await init(world)).content);
  assert.deepEqual([record.leaseDurationSeconds, record.leaderTransitions], [15, 0]);
});

test("reports an object that exists, and touches nothing", async (world) => {
  for (const content of [recordText("a", 7), "gone fishing", ""]) {
    world.edit(content);
    world.server.resetCounts();
    assert.deepEqual(await init(world), { isCreated: false, content });
    assert.equal(world.server.counts.writes, 0);
  }
});

test("does not touch an object that another process creates meanwhile", async (world) => {
  world.server.inject((_request, proceed) => {
    world.edit(recordText("a", 7));
    return proceed();
  }, { kind: "write", when: isLock });
  assert.deepEqual(await init(world), { isCreated: false, content: recordText("a", 7) });
  assert.equal(world.content(), recordText("a", 7));
});

test("lets one of two callers at once create the object", async (world) => {
  world.server.intercept = faults.delayed(10, 10);
  const results = await settle(
    world.clock,
    Promise.all(
      ["one", "two"].map((name) => init(world, { session: () => `${name}-${++sessions}` })),
    ),
  );
  assert.equal(results.filter(({ isCreated }) => isCreated).length, 1);
  assert.deepEqual(new Set(results.map(({ content }) => content)), new Set([world.content()]));
});

test("finds out that it created the object though the answer says otherwise", async (world) => {
  for (const fault of [faults.appliedTwice(), faults.storeError(500, "Error", { applied: true })]) {
    world.edit(null);
    world.server.inject(fault, { kind: "write", when: isLock });
    const { isCreated, content } = await init(world);
    assert.equal(isCreated, true);
    assert.equal(world.content(), content);
  }
});

test("says so if it is not known whether the object was created", async (world) => {
  for (const fault of [faults.answerLost(), faults.storeError(500)]) {
    world.edit(null);
    world.server.inject(fault, { kind: "write", when: isLock });
    await assert.rejects(init(world), UnknownOutcomeError);
  }
});

test("creates nothing in a store that is not safe", async (world) => {
  for (const quirks of [{ ignoresConditions: true }, { writesAfterCheck: 5 }]) {
    world.server.quirks = quirks;
    await assert.rejects(settle(world.clock, init(world)), UnsafeStoreError);
    assert.equal(world.content(), undefined);
  }
});

test("refuses a wrong option with a sentence", async (world) => {
  const wrong = [
    [
      { leaseDuration: 1_500 },
      "RangeError",
      /^leaseDuration must be a whole number of seconds from 1 to 86400, got 1500 ms$/,
    ],
    [{ leaseDuration: 0 }, "RangeError", /^leaseDuration must be/],
    [{ leaseDuration: "15s" }, "TypeError", /^leaseDuration must be a number, got string$/],
    [
      { tokenFloor: -1 },
      "RangeError",
      /^tokenFloor must be an integer from 0 to 2147483646, got -1$/,
    ],
    [{ tokenFloor: 2 ** 31 - 1 }, "RangeError", /^tokenFloor must be/],
    [{ tokenFloor: 1.5 }, "RangeError", /^tokenFloor must be/],
    [{ tokenFloor: "1" }, "TypeError", /^tokenFloor must be a number, got string$/],
    [{ url: "s3://locks/lock.probe" }, "RangeError", /^The key must not end in "\.probe"/],
  ] as const;
  for (const [options, name, message] of wrong) {
    await assert.rejects(init(world, options as Partial<InitBucketOptions>), { name, message });
  }
  assert.deepEqual(world.server.counts.statuses, {});
});
