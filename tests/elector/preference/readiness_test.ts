import assert from "node:assert/strict";
import { Crowd, H, held } from "./crowd.ts";

Deno.test("who is not ready claims nothing, and sends no more than its polls", async () => {
  await using crowd = new Crowd();
  let ready = false;
  const baz = await crowd.run("baz", { isReady: () => ready });
  await crowd.advance(100_000);
  assert.equal(baz.calls.filter((call) => !call.endsWith("get")).length, 0);
  assert.ok(baz.calls.length <= 22, String(baz.calls.length));
  assert.equal(baz.elector.status().ready, false);
  ready = true;
  const next = await crowd.next(10_000);
  assert.equal(next?.who, "baz");
  assert.ok(next.after <= 5_000);
  assert.equal(baz.elector.status().ready, true);
});

Deno.test("who is not ready does not loop on reads where lost writes are kept", async () => {
  await using crowd = new Crowd();
  const baz = crowd.make("baz", { isReady: () => false });
  baz.lock.keepsLostWrites = true;
  await crowd.write({ leaderTransitions: 3 });
  await baz.run();
  await crowd.advance(100_000);
  assert.ok(baz.calls.length <= 30, String(baz.calls.length));
  assert.ok(baz.lock.calls.every(({ proof }) => !proof));
});

Deno.test("a candidate that is not ready leaves the lead to a worse rank that is", async () => {
  await using crowd = new Crowd();
  await crowd.write(held());
  await crowd.run("home", { isReady: () => false });
  await crowd.run("away", { rank: 1 });
  assert.deepEqual(await crowd.next(100_000), { who: "away", after: 60_000 + H });
});

Deno.test("a leader that is not ready for the grace period ends its term and holds back", async () => {
  await using crowd = new Crowd();
  let ready = true;
  const baz = await crowd.run("baz", { isReady: () => ready, readyGrace: 20_000 });
  await crowd.advance(5_000);
  ready = false;
  await crowd.advance(10_000);
  ready = true;
  await crowd.advance(5_000);
  ready = false;
  await crowd.advance(20_000);
  assert.equal(baz.elector.isLeader(), true);
  await crowd.advance(1_500);
  assert.equal(baz.elector.isLeader(), false);
  assert.ok(baz.events.some((event) => event.endsWith("stopped 1 unready")), String(baz.events));
  assert.equal(crowd.record?.holderIdentity, "");
  assert.equal(baz.outcome, "running");
  ready = true;
  // (0 + 2) × 1.5 P after it gave up.
  const next = await crowd.next(100_000);
  assert.ok(next && next.after > 2 * H - 1_500 && next.after <= 2 * H, String(next?.after));
});

Deno.test("by default the grace period is a lease", async () => {
  await using crowd = new Crowd();
  let ready = true;
  const baz = await crowd.run("baz", { isReady: () => ready });
  ready = false;
  await crowd.advance(60_000);
  assert.equal(baz.elector.isLeader(), true);
  await crowd.advance(1_100);
  assert.equal(baz.elector.isLeader(), false);
});

Deno.test("a callback that throws, or does not answer with a boolean, is not ready, and is reported once", async () => {
  const failures: (() => unknown)[] = [
    () => {
      throw new Error("the database is down");
    },
    () => Promise.resolve(true),
    () => Promise.reject(new Error("later")),
    () => "yes",
    () => undefined,
  ];
  for (const failure of failures) {
    await using crowd = new Crowd();
    let isBroken = true;
    const isReady = () => isBroken ? failure() as boolean : true;
    const baz = await crowd.run("baz", { isReady });
    await crowd.advance(60_000);
    assert.equal(baz.terms.length, 0);
    assert.equal(baz.errors.length, 1, String(baz.errors));
    assert.equal(baz.outcome, "running");
    isBroken = false;
    assert.equal((await crowd.next(10_000))?.who, "baz");
    isBroken = true;
    await crowd.advance(3_000);
    assert.equal(baz.errors.length, 2);
  }
});

Deno.test("a callback may use the elector", async () => {
  await using crowd = new Crowd();
  const baz = crowd.make("baz", {
    isReady: () => {
      baz.elector.status();
      baz.elector.stepDown();
      return true;
    },
  });
  await baz.run();
  await crowd.advance(100_000);
  assert.ok(baz.terms.length > 0);
  assert.equal(baz.outcome, "running");
});
