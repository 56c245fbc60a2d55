/** A record in effect is taken for a write whose answer was lost only if it is that very write, or a later one. */

import assert from "node:assert/strict";
import { LeaderElector } from "../../elector/mod.ts";
import { LockUnavailableError, UnknownOutcomeError } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { Candidate, untilAborted, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

/** At the edge of the rules: a term that is counted from too late a write outlasts the lease that others saw. */
const TIGHT = {
  leaseDuration: 60_000,
  renewDeadline: 57_000,
  retryPeriod: 40_000,
  pollPeriod: 5_000,
  requestTimeout: 10_000,
};

const AWAY = new LockUnavailableError("away");

/** How long both lead at once, while some time goes by, in milliseconds. */
async function overlap(a: Candidate, b: Candidate, ms: number): Promise<number> {
  let both = 0;
  for (let passed = 0; passed < ms; passed += 100) {
    await a.clock.advance(100);
    if (a.elector.isLeader() && b.elector.isLeader()) both += 100;
  }
  return both;
}

/** A follower that sees the lock only from now on. */
function rival({ clock, store }: Candidate): Promise<Candidate> {
  return new Candidate({ identity: "bing", clock, store, ...TIGHT }).run();
}

Deno.test("a claim that was lost is not mistaken for that of another elector with the same lock", async () => {
  const baz = new Candidate({
    stored: { leaderTransitions: 4 },
    fate: on("update", { refuse: AWAY }, 2),
  });
  const { lock, clock } = baz;
  const twin = new LeaderElector({ lock, clock, random: () => 0, onStartedLeading: untilAborted });
  const stop = new AbortController();
  const campaign = twin.run({ signal: stop.signal });
  await baz.run();
  await clock.advance(10_000);

  // Both have looked, and both have claimed token 5; the lock cannot tell whose write it finds.
  assert.deepEqual(baz.lock.calls.slice(2, 4).map(({ record }) => record?.leaderTransitions), [
    5,
    5,
  ]);
  assert.equal(twin.isLeader(), true);
  assert.deepEqual(baz.terms, []);
  stop.abort();
  await baz.end();
  await campaign;
});

Deno.test("a claim that was lost is not mistaken for one of an earlier campaign that landed late", async () => {
  await using baz = new Candidate(TIGHT);
  await writeAs(baz.store, { leaderTransitions: 4 });
  baz.lock.fate = ({ verb, nth }) => {
    // The first campaign's claim lands at 23 s, right after the second campaign's look, whose answer comes at 31 s.
    if (verb === "update" && nth === 1) return { before: 23_000 };
    if (verb === "get" && nth === 3) return { after: 9_000 };
    if (verb === "update" && nth === 2) return { lose: new UnknownOutcomeError("lost") };
    return (verb === "get" ? nth > 4 : nth > 2) ? { refuse: AWAY } : undefined;
  };
  await baz.run(100);
  await baz.stop(21_900);
  assert.equal(baz.outcome, "ended");
  await baz.run(1_100);
  await using bing = await rival(baz);

  assert.equal(await overlap(baz, bing, 100_000), 0);
  assert.deepEqual(baz.lock.calls.filter(({ verb }) => verb === "update").map(({ at }) => at), [
    0,
    31_000,
  ]);
  assert.deepEqual(baz.terms, []);
  assert.ok(bing.events.includes("83100 started 6"), bing.events.join());
});

Deno.test("a renewal that was lost is not mistaken for an older record of the term that was put back", async () => {
  await using baz = await new Candidate(TIGHT).run(1_000);
  const { current } = baz.store;
  assert.ok(current);
  await baz.clock.advance(40_000);
  assert.equal(baz.record?.sequence, 3);
  // Saved from a form that was opened at 1 s: the lock's own record, of its own term, as a new version.
  baz.store.current = { ...current, version: "put back" };
  await using bing = await rival(baz);
  baz.lock.fate = ({ verb, at }) => verb === "update" || at > 80_000 ? { refuse: AWAY } : undefined;

  assert.equal(await overlap(baz, bing, 119_000), 0);
  assert.deepEqual(baz.events.slice(3, 5), ["80000 aborted 1", "80000 stopped 1 lost"]);
  assert.ok(bing.events.includes("101000 started 2"), bing.events.join());
});

Deno.test("a renewal that was lost is not mistaken for the term's own record of many renewals ago", async () => {
  await using baz = await new Candidate(TIGHT).run();
  const old = await new MemoryLock("reader", baz.store).get();
  assert.ok(old);
  // So many renewals that its version is not remembered as replaced any more.
  await baz.clock.advance(34 * 40_000 + 1_000);
  await using bing = await rival(baz);
  baz.lock.fate = ({ verb }) =>
    verb === "get" ? { answer: { is: { ...old, own: true } } } : { refuse: AWAY };

  assert.equal(await overlap(baz, bing, 100_000), 0);
  assert.deepEqual(baz.events.slice(3, 5), ["1400000 aborted 1", "1400000 stopped 1 lost"]);
  assert.ok(bing.events.includes("1421000 started 2"), bing.events.join());
});
