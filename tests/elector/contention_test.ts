import assert from "node:assert/strict";
import { DEFAULT_TIMINGS } from "../../elector/mod.ts";
import { expirySpread } from "../../elector/machine/lease.ts";
import { LockConflictError, LockUnavailableError } from "../../lock/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";
import { seededRandom } from "../support/seeded_random.ts";

// On a lock that keeps lost writes, a crowd must leave few of them.

const LOST = new LockConflictError("lost");
const AWAY = new LockUnavailableError("away");
const CROWDED = { ...DEFAULT_TIMINGS, keepsLostWrites: true };

Deno.test("expirySpread() lets few of any number of candidates share the first slot, where lost writes are kept", () => {
  const random = seededRandom(1);
  for (const candidates of [2, 5, 20, 150]) {
    let sharing = 0;
    for (let round = 0; round < 1_000; round++) {
      const drawn = Array.from({ length: candidates }, () => expirySpread(random(), CROWDED));
      const first = Math.min(...drawn);
      sharing += drawn.filter((spread) => spread === first).length;
    }
    assert.ok(sharing / 1_000 < 3.5, `${sharing / 1_000} of ${candidates}`);
  }
});

/** A candidate of a lock that keeps lost writes. */
function crowded(random: () => number): Candidate {
  const baz = new Candidate({ random });
  baz.lock.keepsLostWrites = true;
  return baz;
}

Deno.test("a free lock that keeps lost writes is proven, and claimed after the spread and another look", async () => {
  await using baz = crowded(() => 0.5);
  await writeAs(baz.store, { leaderTransitions: 1 });
  await baz.run(5_000);
  const spread = expirySpread(0.5, CROWDED);
  assert.ok(spread > 0);
  assert.deepEqual(baz.calls, ["0 get", `${spread} get`, `${spread} update`]);
  assert.deepEqual(baz.lock.calls.slice(0, 2).map(({ proof }) => proof), [true, true]);
});

Deno.test("a candidate that sees another's claim after its spread writes nothing", async () => {
  await using baz = crowded(() => 0.5);
  await writeAs(baz.store, { leaderTransitions: 1 });
  await baz.run();
  await writeAs(baz.store, byBing(60, 2));
  await baz.clock.advance(50_000);
  baz.shows({ updates: [] });
});

Deno.test("claims that lose or stay unclear wait at random, longer each time, until a holder is seen", async () => {
  await using baz = crowded(() => 0.999);
  await writeAs(baz.store, { leaderTransitions: 1 });
  let nth = 0;
  baz.lock.fate = ({ verb }) => verb === "get" ? undefined : { refuse: nth++ % 2 ? LOST : AWAY };
  await baz.run(300_000);
  const { updates } = baz;
  const waits = updates.slice(1).map((time, index) => time - (updates[index] ?? 0));
  for (const [index, least] of [4_900, 9_900, 19_900, 39_900, 59_900].entries()) {
    assert.ok((waits[index] ?? 0) >= least, `wait ${index + 1}: ${waits}`);
  }
  // A holder ends the takeover: the next one begins without a wait.
  await writeAs(baz.store, byBing(60));
  await baz.clock.advance(65_000);
  baz.lock.fate = () => undefined;
  await writeAs(baz.store, { leaseDurationSeconds: 1, leaderTransitions: 9 });
  await baz.clock.advance(7_000);
  assert.equal(baz.elector.isLeader(), true);
});

Deno.test("a lock that keeps no lost writes is claimed at once, and again a poll later", async () => {
  await using baz = await new Candidate({
    stored: { leaderTransitions: 1 },
    fate: on("update", { refuse: AWAY }),
  }).run(11_000);
  baz.shows({ updates: [0, 5_000, 10_000] });
});
