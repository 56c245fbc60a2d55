/** A candidate that took a stale read for the newest hears of the lock again, and nobody is hurried by it. */

import assert from "node:assert/strict";
import { LockUnavailableError } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";

const HOUR = 3_600_000;

/**
 * A candidate whose second look, at 5 s, shows the very last write, and whose third shows the write before, which is news to
 * it: from then on it takes the last write for one that was replaced.
 */
async function deafen(last: "crashed" | "released", leaseDurationSeconds: number) {
  const baz = new Candidate();
  const lease = { holderIdentity: "bing", leaseDurationSeconds, leaderTransitions: 7 };
  await writeAs(baz.store, lease);
  await baz.run();
  await writeAs(baz.store, lease);
  const missed = await new MemoryLock("reader", baz.store).get();
  await writeAs(baz.store, last === "crashed" ? lease : { ...lease, holderIdentity: "" });
  baz.lock.fate = ({ verb, nth }) => {
    if (verb === "get" && nth === 3) return { answer: { is: missed } };
    // Were the released lock taken at 5 s, there would be no third look.
    return last === "released" && verb === "update" && nth === 1
      ? { refuse: new LockUnavailableError("away") }
      : undefined;
  };
  return baz;
}

for (
  const [leaseSeconds, at, how] of [
    [10, 80_000, "its own L, which is longer, and a lease"],
    [60, 130_000, "two leases"],
    [100, 210_000, "two leases, which are longer than its own L"],
  ] as const
) {
  Deno.test(`a follower that is stuck on a stale read leads ${how} of ${leaseSeconds} s after it`, async () => {
    await using baz = await deafen("crashed", leaseSeconds);
    await baz.clock.advance(HOUR);
    assert.deepEqual(baz.events.filter((event) => event.includes("started")), [`${at} started 8`]);
    assert.equal(baz.elector.isLeader(), true);
  });
}

Deno.test("a follower that is stuck on a stale read takes a released lock once a lease has passed", async () => {
  await using baz = await deafen("released", 60);
  await baz.clock.advance(HOUR);
  assert.deepEqual(baz.lock.calls.slice(0, 5).map(({ at, verb }) => `${at} ${verb}`), [
    "0 get",
    "5000 get",
    "5000 update",
    "5000 get",
    "10000 get",
  ]);
  assert.deepEqual(baz.events.filter((event) => event.includes("started")), ["65000 started 9"]);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a follower that is stuck on a stale read takes no lease that its holder renews", async () => {
  await using baz = await deafen("crashed", 60);
  const lease = byBing(60, 7);
  // The last write is news again at 70 s, and has a lease from then; its holder is back at 129 s.
  await baz.clock.advance(129_000);
  await writeAs(baz.store, lease);
  await baz.clock.advance(60_000);
  assert.deepEqual(baz.terms, []);
  assert.equal(baz.lock.calls.some(({ verb }) => verb === "update"), false);
  assert.equal(baz.elector.leader(), "bing");
});
