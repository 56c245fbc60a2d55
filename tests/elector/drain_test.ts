import assert from "node:assert/strict";
import { DrainTimeoutError } from "../../elector/mod.ts";
import { LockUnavailableError } from "../../lock/mod.ts";
import { byBing, Candidate, untilAborted, writeAs } from "./candidate.ts";

/** Work that goes on for `ms` milliseconds after its signal aborted. */
function lasting(candidate: () => Candidate, ms: number) {
  return async ({ signal }: { signal: AbortSignal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await candidate().clock.sleep(ms);
    candidate().note("settled");
  };
}

function assertDrainTimeout(outcome: unknown): void {
  assert.ok(outcome instanceof DrainTimeoutError, String(outcome));
  assert.equal(outcome.name, "DrainTimeoutError");
  assert.match(outcome.code, /^ERR_/);
  assert.match(outcome.message, /30/);
}

Deno.test("case 16: the work's signal aborts before any release leaves, and release waits for the work", async () => {
  const baz: Candidate = new Candidate({ work: lasting(() => baz, 4_000) });
  await baz.run(1_000);
  await baz.stop(10_000);

  assert.deepEqual(baz.timeline.slice(4), [
    "1000 aborted 1",
    "1000 stopped 1 stopped",
    "5000 settled",
    "5000 update",
    '5000 new leader ""',
  ]);
  assert.equal(baz.outcome, "ended");
});

Deno.test("case 16: the lease is renewed while the work drains, though the term is over", async () => {
  const baz: Candidate = new Candidate({ work: lasting(() => baz, 29_000) });
  await baz.run(10_000);
  await baz.stop();
  assert.equal(baz.elector.status().role, "stopping");
  await baz.clock.advance(29_000);

  assert.deepEqual(baz.timeline.slice(4), [
    "10000 aborted 1",
    "10000 stopped 1 stopped",
    "15000 update",
    "30000 update",
    "39000 settled",
    "39000 update",
    '39000 new leader ""',
  ]);
  baz.shows({ isValid: false, isLeader: false, holder: "", outcome: "ended" });
});

Deno.test("case 16: work that outlives drainTimeout is reported, and its lease is left to lapse", async () => {
  const baz = await new Candidate({ work: () => new Promise(() => {}) }).run(10_000);
  await baz.stop(29_999);
  assert.equal(baz.outcome, "running");
  await baz.clock.advance(1);

  assertDrainTimeout(baz.outcome);
  assert.deepEqual(baz.calls.slice(2), ["15000 update", "30000 update"]);
  await baz.clock.advance(600_000);
  assert.deepEqual(baz.calls.slice(2), ["15000 update", "30000 update"]);
  assert.equal(baz.record?.holderIdentity, "baz");
});

Deno.test("no other term starts in this process while the work of the last one runs", async () => {
  const work = Promise.withResolvers<void>();
  await using baz = await new Candidate({ work: () => work.promise }).run();
  await writeAs(baz.store, byBing(5, 2));
  await baz.clock.advance(15_000);
  assert.deepEqual(baz.events.slice(-2), ["15000 stopped 1 lost", '15000 new leader "bing"']);

  await baz.clock.advance(25_000);
  baz.shows({ terms: 1, writes: 2 });
  work.resolve();
  await baz.clock.advance(10_000);
  baz.shows({ terms: 2, token: 3 });
});

Deno.test("work that outlives a lost term's drain is reported, and keeps this process from leading", async () => {
  const work = Promise.withResolvers<void>();
  await using baz = await new Candidate({ work: () => work.promise }).run();
  await writeAs(baz.store, byBing(10, 1));
  await baz.clock.advance(15_000 + 29_999);
  assert.equal(baz.errors.length, 0);
  await baz.clock.advance(1);
  assert.equal(baz.errors.length, 1);
  assertDrainTimeout(baz.errors[0]);

  await baz.clock.advance(100_000);
  baz.shows({ errors: 1, terms: 1, writes: 2 });
  work.resolve();
  await baz.clock.advance(10_000);
  assert.equal(baz.term.token, 2);
});

Deno.test("a stop while old work has outlived its drain ends run() with an error", async () => {
  const baz = await new Candidate({ work: () => new Promise(() => {}) }).run();
  await writeAs(baz.store, byBing(60, 1));
  await baz.clock.advance(60_000);
  await baz.end();
  assertDrainTimeout(baz.outcome);
  assert.equal(baz.store.writes, 2);
});

Deno.test("while work drains and the store cannot be reached, nothing is released late over a successor", async () => {
  const baz: Candidate = new Candidate({
    drainTimeout: 200_000,
    work: lasting(() => baz, 100_000),
  });
  await baz.run(1_000);
  await baz.stop();
  baz.lock.fate = ({ at }) =>
    at < 90_000 ? { refuse: new LockUnavailableError("away") } : undefined;
  await baz.clock.advance(70_000);
  await writeAs(baz.store, byBing(60, 1));
  await baz.clock.advance(130_000);

  baz.shows({ holder: "bing", writes: 2, outcome: "ended" });
});

Deno.test("run() again leads no term in this process while the work of its last one still runs", async () => {
  await using baz = await new Candidate({ work: () => new Promise(() => {}) }).run();
  await baz.stop(30_000);
  assertDrainTimeout(baz.outcome);
  const { writes } = baz.store;

  await baz.run(300_000);
  baz.shows({ terms: 1, writes });
});

// Work that goes on after its term has ended keeps this candidate from leading: that must be seen from outside.

/** A leader whose work ignores the loss of its term at 15 s, when it sees another holder. */
async function deposed() {
  const work = Promise.withResolvers<void>();
  const baz = await new Candidate({ work: () => work.promise }).run();
  await writeAs(baz.store, byBing(60, 1));
  await baz.clock.advance(15_000);
  assert.ok(baz.events.includes("15000 stopped 1 lost"));
  return { baz, settle: work.resolve };
}

Deno.test("a candidate whose old work goes on is stopping, and sound until the work has outlived its drain", async () => {
  const { baz, settle } = await deposed();
  assert.equal(baz.elector.status().role, "stopping");
  await baz.clock.advance(29_999);
  assert.equal(baz.elector.check(), undefined);
  await baz.clock.advance(1);
  const fault = baz.elector.check();
  assert.match(String(fault?.message), /work .*still runs/i);
  baz.shows({ role: "stopping", outcome: "running" });
  settle();
  await baz.clock.advance(0);
  baz.shows({ fault: undefined, role: "follower" });
  await baz.end();
});

Deno.test("the fault stays where the campaign has ended over the work", async () => {
  const { baz, settle } = await deposed();
  await baz.stop(30_000);
  assertDrainTimeout(baz.outcome);
  assert.ok(baz.elector.check() instanceof Error);
  assert.equal(baz.elector.status().role, "stopping");
  settle();
  await baz.clock.advance(0);
  baz.shows({ fault: undefined, role: "idle" });
});

Deno.test("lead() rejects where old work outlives another drainTimeout, instead of waiting without end", async () => {
  const { baz, settle } = await deposed();
  await baz.stop(30_000);
  await baz.lead(untilAborted);
  await baz.clock.advance(29_999);
  assert.equal(baz.outcome, "running");
  await baz.clock.advance(1);
  assertDrainTimeout(baz.outcome);
  settle();
});

Deno.test("lead() waits for old work that settles within its drainTimeout, and then leads", async () => {
  const { baz, settle } = await deposed();
  await baz.stop(30_000);
  await baz.lead((term) => term.token);
  await baz.clock.advance(20_000);
  settle();
  await baz.clock.advance(60_000);
  assert.equal(baz.outcome, 2);
});

Deno.test("run() reports old work that outlives another drainTimeout, and goes on", async () => {
  const { baz, settle } = await deposed();
  await baz.stop(30_000);
  const errors = baz.errors.length;
  await baz.run(30_000);
  assert.ok(baz.errors.slice(errors).some((error) => error instanceof DrainTimeoutError));
  assert.equal(baz.outcome, "running");
  settle();
  await baz.clock.advance(60_000);
  assert.equal(baz.elector.isLeader(), true);
  await baz.end();
});
