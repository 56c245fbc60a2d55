import assert from "node:assert/strict";
import type { GitStore } from "../../gist/git/store.ts";
import type { Snapshot } from "../../store/mod.ts";
import { LockConflictError, UnknownOutcomeError } from "../../lock/mod.ts";
import { FILE, GIST, gitTest, recordOf, storeAt } from "../support/real_git.ts";

/** All of them write over one snapshot; returns the one that took effect. */
async function race(stores: readonly GitStore[], seen: Snapshot, round: number): Promise<Snapshot> {
  const results = await Promise.allSettled(
    stores.map((store, index) => store.compareAndSwap(recordOf(`c${index}`, round), seen)),
  );
  const won = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    // Where git finds the ref locked it refuses too, and the winner may not be visible yet.
    const { reason } = result;
    assert.ok(
      reason instanceof LockConflictError || reason instanceof UnknownOutcomeError,
      String(reason),
    );
  }
  assert.equal(won.length, 1, `round ${round}`);
  return won[0] as Snapshot;
}

for (const [candidates, rounds] of [[2, 150], [4, 40], [8, 10]] as const) {
  gitTest(
    `GitStore.compareAndSwap() lets 1 of ${candidates} racers win, in each of ${rounds} rounds`,
    async (backend) => {
      const folder = await backend.addRepository(GIST, [{ files: { [FILE]: "{}" } }]);
      const stores = Array.from({ length: candidates }, () => storeAt(backend));
      const heads: string[] = [];
      let seen = await storeAt(backend).read();
      heads.push(seen.head);
      for (let round = 1; round <= rounds; round++) {
        seen = await race(stores, seen, round);
        heads.push(seen.head);
      }
      assert.deepEqual((await backend.pastHeads(folder)).toReversed(), heads);
      assert.equal(await backend.git(["log", "--format=%H", "main"], { folder }), seen.head);
      const texts = await Promise.all(stores.map(async (store) => (await store.read()).content));
      assert.deepEqual(new Set(texts), new Set([seen.content]));
      assert.equal(await backend.git(["show", `main:${FILE}`], { folder }), seen.content);
    },
  );
}
