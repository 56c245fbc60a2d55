import assert from "node:assert/strict";
import { DrainTimeoutError, TermEndedError } from "../../elector/mod.ts";
import { afterwards, byBing, Candidate, untilAborted, writeAs } from "./candidate.ts";

function assertTermEnded({ outcome }: Candidate, reason: string): void {
  assert.ok(outcome instanceof TermEndedError, String(outcome));
  assert.deepEqual([outcome.token, outcome.reason], [1, reason]);
}

Deno.test("lead() waits for a term, returns the work's result, and releases first", async () => {
  const baz = await new Candidate({ stored: byBing(3) }).lead((term) =>
    baz.begin(term, async () => {
      await baz.clock.sleep(20_000);
      baz.note("settled");
      return `done under ${term.token}`;
    })
  );
  await baz.clock.advance(60_000);

  assert.equal(baz.outcome, "done under 1");
  assert.deepEqual(baz.calls, ["0 get", "3000 get", "3000 update", "18000 update", "23000 update"]);
  assert.deepEqual(baz.events.slice(2), [
    "3000 started 1",
    "23000 settled",
    "23000 aborted 1",
    "23000 stopped 1 finished",
    '23000 new leader ""',
  ]);
  baz.shows({ holder: "", role: "idle" });
});

for (const [when, ms] of [["before its first await", 0], ["later", 1_000]] as const) {
  Deno.test(`lead() rejects with what the work threw ${when}, once the lock is released`, async () => {
    const baz = new Candidate();
    const thrown = new Error("the work failed");
    const fail = () => assert.fail(thrown);
    await baz.lead(() => ms === 0 ? fail() : baz.clock.sleep(ms).then(fail));
    await baz.clock.advance(ms);

    assert.equal(baz.outcome, thrown);
    const ended = [`${ms} stopped 1 failed`, `${ms} new leader ""`];
    baz.shows({ holder: "", events: ['0 new leader "baz"', ...ended] });
  });
}

Deno.test("lead() rejects with TermEndedError where the term was lost, whatever the work returned", async () => {
  const baz = await new Candidate().lead(async (term) => {
    await untilAborted(term);
    return "too late";
  });
  await writeAs(baz.store, byBing(60));
  await baz.clock.advance(60_000);

  assertTermEnded(baz, "lost");
  assert.equal(baz.record?.holderIdentity, "bing");
});

Deno.test("lead() rejects with TermEndedError where the work ends after the deadline, before any timer", async () => {
  const baz = new Candidate();
  let finish = (_: string) => {};
  await baz.lead(() => new Promise<string>((resolve) => finish = resolve));
  baz.clock.skip(40_000);
  finish("too late");
  await baz.clock.advance(60_000);

  assertTermEnded(baz, "expired");
});

for (const [when, stored] of [["before a term", byBing(60)], ["under the work", {}]] as const) {
  Deno.test(`lead() rejects with the signal's reason when stopped ${when}, after the release`, async () => {
    const baz = new Candidate({ stored });
    const stop = new AbortController();
    const reason = new Error("enough");
    await baz.lead(untilAborted, { signal: stop.signal });
    await baz.clock.advance(10_000);
    stop.abort(reason);
    await baz.clock.advance(0);

    assert.equal(baz.outcome, reason);
    assert.notEqual(baz.record?.holderIdentity, "baz");
  });
}

Deno.test("lead() rejects with the signal's reason when it has aborted already, and makes no call", async () => {
  const baz = new Candidate();
  const reason = new Error("enough");
  await baz.lead(() => "never", { signal: AbortSignal.abort(reason) });
  assert.equal(baz.outcome, reason);
  assert.deepEqual(baz.timeline, []);
});

Deno.test("lead() rejects with DrainTimeoutError if the work ignores its signal", async () => {
  const baz = new Candidate();
  const stop = new AbortController();
  await baz.lead(() => new Promise(() => {}), { signal: stop.signal });
  stop.abort();
  await baz.clock.advance(29_999);
  assert.equal(baz.outcome, "running");
  await baz.clock.advance(1);
  assert.equal((baz.outcome as unknown as Error).constructor, DrainTimeoutError);
  assert.equal(baz.record?.holderIdentity, "baz");
});

Deno.test("lead() leads once: after its result the lock is free for others, and not taken again", async () => {
  const onStartedLeading = () => assert.fail("it is not called by lead()");
  const baz = await new Candidate({ onStartedLeading }).lead(() => "result");
  await baz.clock.advance(100_000);
  baz.shows({ outcome: "result", calls: ["0 get", "0 create", "0 update"] });
});

Deno.test("lead() again is a new term with a higher token", async () => {
  const baz = new Candidate();
  const tokens: number[] = [];
  for (let round = 0; round < 3; round++) {
    await baz.lead(({ token }) => tokens.push(token));
  }
  assert.deepEqual(tokens, [1, 2, 3]);
});

Deno.test("a second run() or lead() is refused while one is running, and disturbs nothing", async () => {
  const baz = await new Candidate().run();
  const second = baz.elector.run().catch((error) => error);
  const third = baz.elector.lead(() => "never").catch((error) => error);
  assert.equal((await second).name, "TypeError");
  assert.equal((await third).name, "TypeError");

  await baz.clock.advance(15_000);
  baz.shows({ calls: ["0 get", "0 create", "15000 update"], isLeader: true });
  await baz.end();
  assert.equal(baz.outcome, "ended");
});

Deno.test("a run() is refused while a lead() is running", async () => {
  const baz = await new Candidate().lead(untilAborted);
  await assert.rejects(() => baz.elector.run(), { name: "TypeError" });
  await Promise.all([baz.elector[Symbol.asyncDispose](), baz.clock.advance(0)]);
});

Deno.test("run() again after it ended leads again, with a higher token", async () => {
  await using baz = await new Candidate().run();
  await baz.stop();
  assert.equal(baz.outcome, "ended");
  await baz.run();

  assert.deepEqual(baz.terms.map(({ token }) => token), [1, 2]);
  assert.equal(baz.elector.isLeader(), true);
  assert.equal(baz.terms[0]?.isValid(), false);
});

Deno.test("await using stops the campaign, and waits for the work and the release", async () => {
  const baz: Candidate = new Candidate({
    work: async (term) => {
      await untilAborted(term);
      baz.note("settled");
    },
  });
  {
    await using elector = baz.elector;
    await baz.run();
    assert.equal(elector.isLeader(), true);
  }
  assert.deepEqual(baz.events.slice(-4), [
    "0 aborted 1",
    "0 stopped 1 stopped",
    "0 settled",
    '0 new leader ""',
  ]);
  baz.shows({ holder: "", outcome: "ended" });
});

Deno.test("await using does nothing where no campaign runs", async () => {
  const baz = new Candidate();
  {
    await using _elector = baz.elector;
  }
  assert.deepEqual(baz.timeline, []);
});

Deno.test("lead() rejects with what its work threw after its caller's signal aborted", async () => {
  const baz = new Candidate();
  const wrong = new Error("the clean-up went wrong");
  const stop = new AbortController();
  await baz.lead(afterwards(() => Promise.reject(wrong)), { signal: stop.signal });
  stop.abort();
  await baz.clock.advance(10_000);
  assert.equal(baz.outcome, wrong);
});

Deno.test("lead() rejects with an AbortError where its elector is disposed of before it could lead", async () => {
  const baz = await new Candidate({ stored: byBing(60) }).lead(() => "never");
  await baz.elector[Symbol.asyncDispose]();
  await baz.clock.advance(0);
  assert.ok(baz.outcome instanceof DOMException);
  assert.equal(baz.outcome.name, "AbortError");
  assert.match(baz.outcome.message, /stopped/i);
});

Deno.test("lead() says first that its term was lost, though its work did not settle either", async () => {
  const baz = await new Candidate().lead(() => new Promise(() => {}));
  await writeAs(baz.store, byBing(60));
  await baz.clock.advance(15_000 + 30_000);
  assertTermEnded(baz, "lost");
  assert.ok((baz.outcome as Error).cause instanceof DrainTimeoutError);
});
