import assert from "node:assert/strict";
import { TermEndedError } from "../../elector/mod.ts";
import { byBing, Candidate, Pair, untilAborted, writeAs } from "./candidate.ts";

Deno.test("stepDown() ends the term, lets the work settle, and releases", async () => {
  await using baz: Candidate = new Candidate({
    work: async (term) => {
      await untilAborted(term);
      await baz.clock.sleep(2_000);
      baz.note("settled");
    },
  });
  await baz.run(1_000);
  assert.equal(baz.elector.stepDown(), true);
  assert.equal(baz.term.isValid(), false);
  await baz.clock.advance(3_000);

  assert.deepEqual(baz.timeline.slice(4), [
    "1000 aborted 1",
    "1000 stopped 1 resigned",
    "3000 settled",
    "3000 update",
    '3000 new leader ""',
  ]);
  baz.shows({ holder: "", outcome: "running" });
});

Deno.test("stepDown() of a candidate that does not lead is false and does nothing", async () => {
  await using baz = new Candidate();
  assert.equal(baz.elector.stepDown(), false);
  await writeAs(baz.store, byBing(60));
  await baz.run();
  assert.equal(baz.elector.stepDown(), false);
  await baz.clock.advance(10_000);
  assert.deepEqual(baz.calls, ["0 get", "5000 get", "10000 get"]);
});

Deno.test("a candidate that stepped down claims nothing for a lease duration", async () => {
  await using baz = await new Candidate().run();
  baz.elector.stepDown();
  await baz.clock.advance(59_999);
  baz.shows({ writes: 2, isLeader: false });
  await baz.clock.advance(5_000);
  baz.shows({ isLeader: true, token: 2 });
});

Deno.test("after stepDown() another candidate leads, at its next look", async () => {
  await using pair = await new Pair().run();
  const { one, two } = pair;
  await one.clock.advance(1_000);
  one.elector.stepDown();
  await one.clock.advance(4_000);
  two.shows({ isLeader: true, token: 2 });
});

Deno.test("stepDown() under lead() ends it with TermEndedError, released", async () => {
  const baz = await new Candidate().lead(untilAborted);
  assert.equal(baz.elector.stepDown(), true);
  await baz.clock.advance(30_000);
  assert.ok(baz.outcome instanceof TermEndedError);
  assert.equal(baz.outcome.reason, "resigned");
  assert.equal(baz.record?.holderIdentity, "");
});
