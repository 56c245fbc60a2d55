import assert from "node:assert/strict";
import { LeaderElector, type Term, type Timings } from "../../elector/mod.ts";
import type { Lock } from "../../lock/mod.ts";
import { INIT_IDENTITY } from "../../bucket/mod.ts";

/** Two candidates lead in turn: the second takes over once the first has released the lock. Four writes, and renewals. */
export async function electInTurn(locks: readonly [Lock, Lock], timings: Partial<Timings>) {
  const [first, second] = locks;
  const before = await first.get();
  const holder = before?.record.holderIdentity ?? "";
  const isFree = ["", INIT_IDENTITY].includes(holder);
  assert.ok(isFree, "the lock must be free: it is in use, take another gist or object");

  await using a = new LeaderElector({ ...timings, lock: first });
  await using b = new LeaderElector({ ...timings, lock: second });
  let ledByB: Promise<number> | undefined;
  const tokenOfA = await a.lead((term: Term) => {
    term.assertValid();
    ledByB = b.lead((next) => {
      assert.equal(term.isValid(), false, "no two terms at once");
      next.assertValid();
      return next.token;
    });
    return term.token;
  });
  assert.equal(tokenOfA, before === undefined ? 1 : before.record.leaderTransitions + 1);
  assert.equal(await ledByB, tokenOfA + 1);
  assert.equal((await first.get())?.record.holderIdentity, "");
}
