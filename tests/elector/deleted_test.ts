import assert from "node:assert/strict";
import { LockDeletedError } from "../../lock/mod.ts";
import { Candidate, untilAborted, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

// A store that never shows what is old says for certain that the record is gone.

const GONE = new LockDeletedError("the object was deleted", { isCertain: true });

Deno.test("a deletion is certain only if the store says so", () => {
  assert.equal(GONE.isCertain, true);
  assert.equal(new LockDeletedError("m").isCertain, false);
});

Deno.test("a renewal that finds the record gone for certain ends the term at once, not the campaign", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = () => ({ refuse: GONE });
  await baz.clock.advance(15_000);
  assert.equal(baz.term.isValid(), false);
  assert.ok(baz.timeline.includes("15000 stopped 1 lost"));
  assert.deepEqual(baz.errors, [GONE]);
  await baz.clock.advance(300_000);
  assert.equal(baz.outcome, "running");
  assert.equal(baz.calls.filter((call) => !call.endsWith("get")).length, 2);
  assert.equal(baz.terms.length, 1);
  // It is created again: the next term comes after a lease, with a higher token.
  baz.store.current = undefined;
  await writeAs(baz.store, { holderIdentity: "init", leaseDurationSeconds: 20 });
  baz.lock.fate = () => undefined;
  await baz.clock.advance(26_000);
  baz.shows({ terms: 2, token: 2 });
});

Deno.test("a read of the leader that finds the record gone for certain ends the term at once", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = ({ verb }) => ({
    [verb === "get" ? "refuse" : "lose"]: verb === "get" ? GONE : new Error("no response"),
  });
  await baz.clock.advance(20_000);
  assert.equal(baz.term.isValid(), false);
  assert.equal(baz.events.at(-1)?.endsWith("stopped 1 lost"), true, baz.events.join());
});

Deno.test("a claim of unknown outcome counts no more once the record is gone for certain", async () => {
  await using baz = await new Candidate({
    stored: { holderIdentity: "" },
    fate: ({ verb, nth }) => {
      if (verb === "update") return { lose: new Error("no response") };
      return nth === 2 ? { refuse: GONE } : undefined;
    },
  }).run();
  await baz.clock.advance(39_000);
  assert.equal(baz.terms.length, 0);
});

Deno.test("a claim that finds the record gone for certain is not counted as a write that may be in effect", async () => {
  await using baz = await new Candidate({
    stored: { holderIdentity: "" },
    fate: on("update", { lose: GONE }, 1),
  }).run(39_000);
  assert.equal(baz.terms.length, 0);
});

Deno.test("work under a record that is gone for certain is waited for, and nothing is released", async () => {
  const work = Promise.withResolvers<void>();
  const baz = await new Candidate({ work: () => work.promise }).run();
  baz.lock.fate = on("update", { refuse: GONE });
  await baz.clock.advance(15_000);
  assert.equal(baz.elector.status().role, "stopping");
  work.resolve();
  await baz.end();
  assert.equal(baz.outcome, "ended");
  assert.equal(baz.lock.calls.filter(({ verb }) => verb === "update").length, 1);
});

Deno.test("lead() says that its term was lost with the record", async () => {
  await using baz = await new Candidate().lead(untilAborted);
  baz.lock.fate = () => ({ refuse: GONE });
  await baz.clock.advance(15_000);
  assert.equal((baz.outcome as Error).name, "TermEndedError");
});

Deno.test("a deletion that may be a stale read does not end the term before its deadline", async () => {
  await using baz = await new Candidate().run();
  baz.lock.fate = () => ({ refuse: new LockDeletedError("the file is not there") });
  await baz.clock.advance(39_999);
  assert.equal(baz.term.isValid(), true);
});
