import assert from "node:assert/strict";
import { DrainTimeoutError } from "../../elector/mod.ts";
import { byBing, Candidate, untilAborted, writeAs } from "./candidate.ts";

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

function assertDrained({ outcome }: Candidate): void {
  assert.ok(outcome instanceof DrainTimeoutError, String(outcome));
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
  assert.equal(baz.elector.check(), undefined);
  assert.equal(baz.elector.status().role, "follower");
  await baz.end();
});

Deno.test("the fault stays where the campaign has ended over the work", async () => {
  const { baz, settle } = await deposed();
  await baz.stop(30_000);
  assertDrained(baz);
  assert.ok(baz.elector.check() instanceof Error);
  assert.equal(baz.elector.status().role, "stopping");
  settle();
  await baz.clock.advance(0);
  assert.equal(baz.elector.check(), undefined);
  assert.equal(baz.elector.status().role, "idle");
});

Deno.test("lead() rejects where old work outlives another drainTimeout, instead of waiting without end", async () => {
  const { baz, settle } = await deposed();
  await baz.stop(30_000);
  await baz.lead(untilAborted);
  await baz.clock.advance(29_999);
  assert.equal(baz.outcome, "running");
  await baz.clock.advance(1);
  assertDrained(baz);
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
