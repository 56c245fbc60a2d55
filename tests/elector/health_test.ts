import assert from "node:assert/strict";
import { LockUnavailableError } from "../../lock/mod.ts";
import { byBing, Candidate, writeAs } from "./candidate.ts";

const away = new LockUnavailableError("the store is away");

async function follower(): Promise<Candidate> {
  const baz = new Candidate({ stored: byBing(86_400) });
  return await baz.run();
}

Deno.test("case 18: check() has no objection to a follower", async () => {
  await using baz = await follower();
  assert.equal(baz.elector.check(0), undefined);
  await baz.clock.advance(300_000);
  assert.equal(baz.elector.check(0), undefined);
});

Deno.test("case 18: check() has no objection where no campaign runs", async () => {
  const baz = new Candidate();
  baz.clock.skip(300_000);
  assert.equal(baz.elector.check(0), undefined);
  await baz.run();
  await baz.stop();
  baz.clock.skip(300_000);
  assert.equal(baz.elector.check(0), undefined);
});

Deno.test("case 19: check() has no objection to a leader that renewed just now", async () => {
  await using baz = await new Candidate().run();
  assert.equal(baz.elector.check(0), undefined);
  await baz.clock.advance(300_000);
  assert.equal(baz.elector.check(0), undefined);
});

Deno.test("case 20: check() names the lock where a leader renewed longer ago than L and the tolerance", async () => {
  await using baz = await new Candidate().run(15_000);

  // The event loop is blocked; only the health endpoint's own thread of thought goes on.
  baz.clock.skip(60_000);
  assert.equal(baz.elector.check(0), undefined);
  baz.clock.skip(1);
  const error = baz.elector.check(0);
  assert.ok(error instanceof Error);
  assert.match(error.message, /the probe of baz/);
  assert.equal(baz.elector.check(1_000), undefined);
  baz.clock.skip(1_000);
  assert.ok(baz.elector.check(1_000) instanceof Error);
});

Deno.test("case 21: check() objects to a follower that has not reached the store for L and the tolerance", async () => {
  await using baz = await follower();
  await baz.clock.advance(5_000);
  baz.lock.fate = () => ({ refuse: away });

  await baz.clock.advance(60_000);
  assert.equal(baz.elector.check(0), undefined);
  await baz.clock.advance(1);
  assert.match(baz.elector.check(0)?.message ?? "", /the probe of baz/);
  assert.equal(baz.elector.check(5_000), undefined);
  await baz.clock.advance(5_000);
  assert.ok(baz.elector.check(5_000) instanceof Error);

  baz.lock.fate = () => undefined;
  await baz.clock.advance(5_000);
  assert.equal(baz.elector.check(0), undefined);
});

Deno.test("case 21: check() objects to a candidate that never reached the store", async () => {
  await using baz = await new Candidate({ fate: () => ({ hang: "before" }) }).run(60_000);
  assert.equal(baz.elector.check(0), undefined);
  await baz.clock.advance(1);
  assert.ok(baz.elector.check(0) instanceof Error);
});

/** What `status()` gives besides the record, which has tests of its own. */
function statusOf({ elector }: Candidate) {
  const { observed: _, ...status } = elector.status();
  return status;
}

Deno.test("status() tells of a campaign from its start to its end", async () => {
  const baz = new Candidate();
  const always = {
    identity: "baz",
    lock: "the probe of baz",
    refusedFor: undefined,
    pollPeriod: 5_000,
    rank: 0,
  };
  const read = { ...always, ready: true, preferredHolder: "" };
  assert.deepEqual(statusOf(baz), {
    ...always,
    ready: undefined,
    preferredHolder: undefined,
    role: "idle",
    leader: undefined,
    token: undefined,
    remaining: 0,
    lastContact: undefined,
    lastError: undefined,
  });

  await writeAs(baz.store, byBing(10));
  await baz.run(2_000);
  assert.deepEqual(statusOf(baz), {
    ...read,
    role: "follower",
    leader: "bing",
    token: undefined,
    remaining: 0,
    lastContact: 2_000,
    lastError: undefined,
  });

  await baz.clock.advance(9_000);
  assert.deepEqual(statusOf(baz), {
    ...read,
    role: "leader",
    leader: "baz",
    token: 1,
    remaining: 39_000,
    lastContact: 1_000,
    lastError: undefined,
  });

  baz.lock.fate = () => ({ refuse: away });
  await baz.clock.advance(20_000);
  assert.equal(baz.elector.status().lastError, "the store is away");
  baz.lock.fate = () => undefined;
  await baz.stop();
  assert.deepEqual(statusOf(baz), {
    ...read,
    role: "idle",
    leader: undefined,
    token: undefined,
    remaining: 0,
    lastContact: 0,
    lastError: undefined,
  });
});
