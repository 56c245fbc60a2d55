import assert from "node:assert/strict";
import { LockAccessError, LockUnavailableError } from "../../lock/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

// A candidate that may read and not write looks healthy until it has to take over: it must be seen before.

const DENIED = new LockAccessError("the token may not write", 403);
const DAY = 86_400_000;

const told = (baz: Candidate) => baz.errors.filter((error) => error === DENIED).length;

/** A candidate that meets a released lock which it may not write. */
async function denied(options = {}): Promise<Candidate> {
  const fate = on("update", { refuse: DENIED });
  return await new Candidate({ stored: { leaderTransitions: 1 }, fate, ...options }).run();
}

/** When a candidate's access is checked. */
function checkedBy(baz: Candidate, check: () => Promise<void>): number[] {
  const at: number[] = [];
  baz.lock.checkAccess = () => {
    at.push(baz.clock.monotonic());
    return check();
  };
  return at;
}

Deno.test("refused claims are tried again more and more rarely, at most L apart", async () => {
  await using baz = await denied();
  await baz.clock.advance(3_600_000);
  const { updates } = baz;
  assert.deepEqual(updates.slice(0, 6), [0, 5_000, 15_000, 35_000, 75_000, 135_000]);
  assert.ok(updates.length <= 65, `${updates.length} refused writes in an hour`);
  assert.equal(baz.outcome, "running");
});

Deno.test("a refused write is reported once, and is a fault until a write succeeds", async () => {
  await using baz = await denied();
  assert.equal(told(baz), 1);
  await baz.clock.advance(300_000);
  assert.equal(told(baz), 1);
  assert.equal(baz.elector.check(), DENIED);
  assert.equal(baz.elector.status().lastError, DENIED.message);
  assert.equal(baz.elector.status().refusedFor, 300_000);

  await baz.stop();
  assert.equal(baz.elector.check(), DENIED);
  await baz.run();
  assert.equal(baz.elector.check(), DENIED);
  baz.lock.fate = () => undefined;
  await baz.clock.advance(60_000);
  baz.shows({ isLeader: true, fault: undefined });
  assert.equal(baz.elector.status().refusedFor, undefined);
  assert.equal(baz.elector.status().lastError, undefined);
});

Deno.test("a holder whose renewal is refused tries again within its deadline, and keeps its term", async () => {
  await using baz = await new Candidate().run();
  let refused = 0;
  baz.lock.fate = ({ verb }) => verb === "update" && refused++ < 4 ? { refuse: DENIED } : undefined;
  await baz.clock.advance(60_000);
  assert.equal(refused > 4, true);
  baz.shows({ terms: 1, isValid: true, fault: undefined });
});

Deno.test("a follower checks at its start and daily, without writing, that it may write", async () => {
  await using baz = new Candidate({ pollPeriod: 10_000, stored: byBing(86_400) });
  let access: Error | undefined = DENIED;
  const checks = checkedBy(baz, () => access ? Promise.reject(access) : Promise.resolve());
  await baz.run(10_000);
  assert.deepEqual(checks, [0]);
  assert.equal(told(baz), 1);
  assert.equal(baz.elector.check(), DENIED);
  // Campaigns of a loop share the check.
  await baz.stop();
  await writeAs(baz.store, byBing(86_400));
  await baz.run(60_000);
  assert.deepEqual(checks, [0]);
  access = undefined;
  await baz.clock.advance(DAY - 70_000);
  assert.deepEqual(checks, [0, DAY]);
  assert.equal(baz.elector.check(), undefined);
});

Deno.test("a check that finds nothing out is repeated after a lease, and says nothing", async () => {
  await using baz = new Candidate({ stored: byBing(3_600) });
  const checks = checkedBy(baz, () => Promise.reject(new LockUnavailableError("away")));
  await baz.run(125_000);
  assert.deepEqual(checks, [0, 60_000, 120_000]);
  assert.deepEqual(baz.errors, []);
});

Deno.test("a passed check does not hide that a write was refused", async () => {
  await using baz = await denied({ pollPeriod: 3_600_000 });
  baz.lock.checkAccess = () => Promise.resolve();
  await baz.clock.advance(2 * DAY);
  assert.equal(baz.elector.check(), DENIED);
});

Deno.test("a candidate that becomes the leader at once has no need to check", async () => {
  await using baz = new Candidate({
    leaseDuration: 3_600_000,
    renewDeadline: 3_000_000,
    retryPeriod: 1_800_000,
  });
  const checks = checkedBy(baz, () => Promise.resolve());
  await baz.run(DAY + 60_000);
  assert.equal(baz.elector.isLeader(), true);
  assert.deepEqual(checks, []);
});
