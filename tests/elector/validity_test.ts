import assert from "node:assert/strict";
import { TermEndedError } from "../../elector/mod.ts";
import { LockUnavailableError } from "../../lock/mod.ts";
import { Candidate } from "./candidate.ts";
import { on } from "./probe_lock.ts";

/** A leader since 0 whose deadline is at 40 s: none of its calls is answered from now on. */
async function cutOffLeader(): Promise<Candidate> {
  const baz = await new Candidate().run();
  baz.lock.fate = () => ({ hang: "before" });
  return baz;
}

Deno.test("Term.isValid() is false at sentAt + D though no timer fired", async () => {
  await using baz = await cutOffLeader();

  baz.clock.skip(39_999);
  const shown = ({ role, token, remaining } = baz.elector.status()) => [role, token, remaining];
  baz.shows({ isValid: true, remaining: 1, isLeader: true });
  assert.doesNotThrow(() => baz.term.assertValid());
  assert.deepEqual(shown(), ["leader", 1, 1]);
  baz.clock.skip(1);
  baz.shows({ isValid: false, remaining: 0, isLeader: false });
  assert.throws(() => baz.term.assertValid(), {
    name: "TermEndedError",
    code: "ERR_TERM_ENDED",
    reason: "expired",
    token: 1,
  });
  assert.deepEqual(shown().slice(1), [undefined, 0]);
});

Deno.test("a term's signal aborts at sentAt + D, to the millisecond, though every answer hangs", async () => {
  // The first answer takes a while, so that no regular look at the clocks falls on the deadline.
  await using baz = await new Candidate({ fate: on("create", { after: 300 }) }).run(300);
  baz.lock.fate = () => ({ hang: "before" });
  await baz.clock.advance(39_699);
  baz.shows({ isAborted: false, isValid: true });
  await baz.clock.advance(1);
  baz.shows({ isAborted: true, isValid: false });
  assert.deepEqual(baz.events.slice(-2), ["40000 aborted 1", "40000 stopped 1 expired"]);
});

Deno.test("a term's deadline keeps to the millisecond after renewals, whenever the cut comes", async () => {
  await using baz = await new Candidate({
    fate: ({ at }) => at > 45_000 ? { hang: "before" } : { after: 700 },
  }).run();

  // Sent at 700, 15700, 30700 and, as the last one that was answered, at 30700.
  await baz.clock.advance(70_699);
  assert.equal(baz.term.signal.aborted, false);
  await baz.clock.advance(1);
  baz.shows({ isAborted: true, lastEvent: "70700 stopped 1 expired" });
});

Deno.test("a wall clock that jumped forward brings the deadline forward", async () => {
  await using baz = await cutOffLeader();

  baz.clock.stepWall(5_000);
  baz.clock.skip(34_999);
  assert.equal(baz.term.isValid(), true);
  baz.clock.skip(1);
  assert.equal(baz.term.isValid(), false);
});

Deno.test("the deadline is met to the millisecond after the wall clock jumped forward in the term", async () => {
  const baz = await cutOffLeader();

  await baz.clock.advance(34_500);
  baz.clock.stepWall(3_300);
  await baz.clock.advance(40_000);
  assert.equal(baz.events.at(-1), "36700 stopped 1 expired");
  await baz.end();
});

Deno.test("a wall clock that jumps forward costs no term where a renewal follows in time", async () => {
  await using baz = await new Candidate().run();

  baz.clock.stepWall(20_000);
  await baz.clock.advance(15_000);
  assert.equal(baz.calls.at(-1), "15000 update");
  await baz.clock.advance(24_999);
  baz.shows({ isValid: true, terms: 1 });
});

Deno.test("a wall clock that is set back changes nothing", async () => {
  await using baz = await cutOffLeader();

  baz.clock.stepWall(-3_600_000);
  await baz.clock.advance(39_999);
  baz.shows({ isValid: true, remaining: 1, isAborted: false });
  await baz.clock.advance(1);
  baz.shows({ isValid: false, lastEvent: "40000 stopped 1 expired" });
});

Deno.test("a machine that was suspended past the deadline wakes without a term", async () => {
  await using baz = await new Candidate().run(10_000);

  // Suspended: the monotonic clock stands still, and with it every timer.
  baz.clock.stepWall(29_999);
  baz.shows({ isValid: true, remaining: 1 });
  baz.clock.stepWall(1);
  baz.shows({ isValid: false, isLeader: false });
  await baz.clock.advance(5_000);
  baz.shows({ isAborted: true, isValid: false, terms: 1 });
});

Deno.test("a machine that wakes from a suspension past the deadline aborts the work within a second", async () => {
  await using baz = await new Candidate().run(1_000);
  baz.clock.stepWall(60_000);
  await baz.clock.advance(1_000);
  assert.equal(baz.term.signal.aborted, true);
  assert.equal(baz.term.signal.reason.reason, "expired");
});

Deno.test("a renewal that outlasts its term's deadline begins no term, though its own is yet to come", async () => {
  await using baz = await new Candidate({ fate: on("update", { after: 2_000 }) }).run(16_000);

  // The first write's 40 s are over, those of the renewal sent at 15 s are not.
  baz.clock.stepWall(30_000);
  assert.equal(baz.term.isValid(), false);
  await baz.clock.advance(10_000);
  baz.shows({ outcome: "running", terms: 1, isLeader: false });
  assert.deepEqual(baz.events.slice(-2), ["16000 aborted 1", "16000 stopped 1 expired"]);
});

Deno.test("once false, Term.isValid() stays false within one and the same callback", async () => {
  const seen: boolean[] = [];
  await using baz: Candidate = new Candidate({
    work: (term) => {
      baz.clock.stepWall(40_000);
      seen.push(term.isValid());
      baz.clock.stepWall(-40_000);
      seen.push(term.isValid());
    },
  });
  await baz.run();
  assert.deepEqual(seen, [false, false]);
});

for (
  const [name, ask] of [
    ["Term.isValid() was false", ({ term }: Candidate) => term.isValid()],
    ["Term.remaining() was 0", ({ term }: Candidate) => term.remaining() > 0],
  ] as const
) {
  Deno.test(`once ${name}, the term stays invalid though the wall clock is set back`, async () => {
    await using baz = await new Candidate().run();
    baz.clock.stepWall(40_000);
    assert.equal(ask(baz), false);
    baz.clock.stepWall(-40_000);
    baz.shows({ isValid: false, remaining: 0, isLeader: false });
    assert.throws(() => baz.term.assertValid(), TermEndedError);
  });
}

for (
  const [name, isAsked] of [
    ["once false, Term.isValid() stays false though the renewal in flight succeeds", true],
    ["an answer handled after the deadline revives no term whose validity was not read", false],
  ] as const
) {
  Deno.test(name, async () => {
    await using baz = await new Candidate({ fate: on("update", { after: 1_000 }) }).run(15_000);
    // The event loop is blocked from 15 s until the deadline has passed; then the answer is handled.
    baz.clock.skip(26_000);
    if (isAsked) baz.shows({ isValid: false });
    await baz.clock.advance(5_000);
    baz.shows({ isValid: false, isAborted: true, terms: 1 });
  });
}

Deno.test("an acquisition that is handled after its deadline begins no valid term", async () => {
  await using baz = await new Candidate({ fate: on("create", { after: 1_000 }) }).run();

  baz.clock.skip(40_000);
  await baz.clock.advance(0);
  assert.deepEqual(baz.terms.map((term) => term.isValid()), []);
  assert.equal(baz.elector.isLeader(), false);
});

Deno.test("a term outlives an error before a later renewal", async () => {
  await using baz = await new Candidate().run();
  const cut = { from: 15_000, to: 39_000 };
  baz.lock.fate = ({ at }) =>
    at >= cut.from && at < cut.to ? { refuse: new LockUnavailableError("away") } : undefined;

  await baz.clock.advance(100_000);
  baz.shows({ terms: 1, isValid: true, isAborted: false });
});

Deno.test("Term.isValid() is false from a stop on, and the signal says why", async () => {
  await using baz = await new Candidate().run();
  assert.equal(baz.term.signal.aborted, false);

  await baz.stop();
  baz.shows({ isValid: false, remaining: 0 });
  const { reason } = baz.term.signal;
  assert.ok(reason instanceof TermEndedError);
  assert.deepEqual([reason.name, reason.reason, reason.token], ["TermEndedError", "stopped", 1]);
});
