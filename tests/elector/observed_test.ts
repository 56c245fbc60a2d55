import assert from "node:assert/strict";
import { requestHandover } from "../../elector/mod.ts";
import type { Observed } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { byBing, Candidate, record, writeAs } from "./candidate.ts";

Deno.test("status() gives the record that was last seen, and since when", async () => {
  await using baz = new Candidate();
  assert.equal(baz.elector.status().observed, undefined);
  const lease = byBing(3_600, 4);
  await writeAs(baz.store, lease);
  await baz.run(20_000);
  const { observed } = baz.elector.status();
  assert.partialDeepStrictEqual(observed?.record, record(lease));
  assert.equal(observed?.version, baz.store.current?.version);
  assert.equal(observed?.own, false);
  assert.equal(observed?.age, 20_000);

  // Another version counts from the poll that found it.
  await writeAs(baz.store, { ...lease, leaderTransitions: 5 });
  await baz.clock.advance(5_000);
  const next = baz.elector.status().observed;
  assert.equal(next?.record.leaderTransitions, 5);
  assert.ok((next?.age ?? NaN) < 5_000);
});

Deno.test("status() gives the leader its own record, at the start of its term", async () => {
  const seen: unknown[] = [];
  const baz: Candidate = new Candidate({
    work: () => seen.push(baz.elector.status().observed?.record.holderIdentity),
  });
  await baz.run();
  assert.deepEqual(seen, ["baz"]);
  const { observed } = baz.elector.status();
  assert.deepEqual([observed?.own, observed?.age], [true, 0]);
  await baz.end();
  assert.equal(baz.elector.status().observed?.record.holderIdentity, "");
});

Deno.test("status() gives a version the record that was proven, not the one that was merely shown", async () => {
  await using baz = new Candidate();
  const show = (holderIdentity: string, isProven: boolean) => {
    const is: Observed = {
      record: record({ holderIdentity, leaseDurationSeconds: 3_600 }),
      version: "v1",
      own: false,
      isProven,
    };
    baz.lock.fate = () => ({ answer: { is } });
  };
  show("shown", false);
  await baz.run();
  show("proven", true);
  await baz.clock.advance(5_000);
  show("shown again", false);
  await baz.clock.advance(5_000);
  const { observed } = baz.elector.status();
  assert.deepEqual([observed?.record.holderIdentity, observed?.age], ["proven", 10_000]);
});

Deno.test("status() is not deceived by a stale read", async () => {
  await using baz = new Candidate();
  const lease = byBing(3_600);
  const old = await writeAs(baz.store, lease);
  await baz.run();
  await writeAs(baz.store, { ...lease, leaderTransitions: 1 });
  await baz.clock.advance(5_000);
  baz.lock.fate = () => ({ answer: { is: old } });
  await baz.clock.advance(5_000);
  assert.equal(baz.elector.status().observed?.record.leaderTransitions, 1);
});

Deno.test("status() counts the lease's age from the holder's write, not from a request on top of it", async () => {
  await using baz = new Candidate();
  const keys = { session: "s", sequence: 1, rank: 0, renewTime: baz.clock.wall() };
  await writeAs(baz.store, { holderIdentity: "bing", leaseDurationSeconds: 60, ...keys });
  await baz.run(20_000);
  const operator = new MemoryLock("operator", baz.store);
  await requestHandover(operator, "us", { clock: baz.clock });
  await baz.clock.advance(5_000);
  const { observed, preferredHolder } = baz.elector.status();
  assert.deepEqual([observed?.age, preferredHolder], [25_000, "us"]);
  assert.equal(observed?.version, baz.store.current?.version);
});
