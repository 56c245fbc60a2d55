import assert from "node:assert/strict";
import type { Lock, Observed } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { byBing, Candidate, record, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

// A record that is merely shown beside a version may belong to another. It may be told, but no write builds on it.

/** Makes a candidate's reads show `shown` under the true version, unless they ask for proof. */
function hearsay(baz: Candidate, shown: (true_: Observed) => Partial<Observed>): void {
  const get = baz.lock.get.bind(baz.lock);
  (baz.lock as Lock).get = async (options) => {
    const observed = await get(options);
    if (!observed || options?.proof) return observed && { ...observed, isProven: true };
    return { ...observed, ...shown(observed), isProven: false };
  };
}

/** The proofs among a candidate's reads. */
const proofs = (baz: Candidate) =>
  baz.lock.calls.filter(({ proof }) => proof).map(({ at, verb }) => `${at} ${verb}`);

const HELD = byBing(60, 3);

Deno.test("a record that is only shown as released is proven before it is claimed, and is not claimed if it is held", async () => {
  await using baz = new Candidate({ stored: HELD });
  hearsay(baz, () => ({ record: record({ holderIdentity: "", leaderTransitions: 2 }) }));
  await baz.run();
  assert.deepEqual(proofs(baz), ["0 get"]);
  baz.shows({ calls: ["0 get", "0 get"], leader: "bing" });
  // The version has been known since 0: a lease after that it is claimed, after a proof.
  await baz.clock.advance(59_999);
  assert.deepEqual(baz.calls.filter((call) => call.endsWith("update")), []);
  await baz.clock.advance(1);
  assert.deepEqual(proofs(baz), ["0 get", "60000 get"]);
  assert.equal(baz.term.token, 4);
});

Deno.test("a record that is only shown as held keeps its first sight, its proof the longer duration", async () => {
  await using baz = new Candidate({ stored: { ...HELD, leaseDurationSeconds: 80 } });
  hearsay(baz, () => ({ record: record({ ...HELD, leaseDurationSeconds: 20 }) }));
  await baz.run(79_999);
  assert.equal(baz.elector.isLeader(), false);
  await baz.clock.advance(1);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a version that only a proof shows to be in effect is first seen at the proof", async () => {
  await using baz = new Candidate();
  const bing = new MemoryLock("bing", baz.store);
  await writeAs(baz.store, HELD, bing);
  const old = await bing.get();
  await writeAs(baz.store, HELD, bing);
  hearsay(baz, () => ({ ...old, version: "another" }));
  await baz.run(60_000);
  assert.deepEqual(proofs(baz), ["60000 get"]);
  assert.equal(baz.elector.isLeader(), false);
  await baz.clock.advance(59_999);
  assert.equal(baz.elector.isLeader(), false);
  baz.lock.get = MemoryLock.prototype.get.bind(bing);
  await baz.clock.advance(5_001);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a proof brings back a version that hearsay had replaced", async () => {
  await using baz = new Candidate();
  const bing = new MemoryLock("bing", baz.store);
  await writeAs(baz.store, HELD, bing);
  await baz.run();
  hearsay(baz, () => ({ record: record({ leaderTransitions: 2 }), version: "never there" }));
  await baz.clock.advance(5_000);
  // The hearsay is of a free lock: it is proven at once, and proves to be the record of before, seen now.
  assert.deepEqual(proofs(baz), ["5000 get"]);
  assert.equal(baz.elector.leader(), "bing");
  assert.deepEqual(baz.calls.filter((call) => call.endsWith("update")), []);
});

Deno.test("a holder reads with proof, and a follower that watches does not", async () => {
  const baz = await new Candidate().run();
  baz.lock.fate = on("update", { lose: new Error("lost") }, 1);
  await baz.clock.advance(15_000);
  assert.deepEqual(proofs(baz), ["15000 get"]);
  await baz.end();
  await using bing = await new Candidate({
    identity: "bing",
    stored: { holderIdentity: "baz", leaseDurationSeconds: 60 },
  }).run(50_000);
  assert.deepEqual(proofs(bing), []);
});
