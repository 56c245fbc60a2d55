import assert from "node:assert/strict";
import type { Term } from "../../elector/mod.ts";
import { LockUnavailableError } from "../../lock/mod.ts";
import { afterwards, byBing, Candidate, randomThatFails, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";

const thrown = new Error("a callback failed");
const raise = () => assert.fail(thrown);
const reject = () => Promise.reject(thrown);

/** Steps of a campaign in which `run()` is rejected with what a callback threw: its term over, its lock released. */
function assertEndedCleanly(baz: Candidate): void {
  assert.equal(baz.outcome, thrown);
  baz.shows({ holder: "", isLeader: false, role: "idle" });
}

Deno.test("callbacks come in order: new leader, started, aborted, stopped, new leader", async () => {
  const baz = await new Candidate().run();
  await baz.stop();
  assert.deepEqual(baz.events, [
    '0 new leader "baz"',
    "0 started 1",
    "0 aborted 1",
    "0 stopped 1 stopped",
    '0 new leader ""',
  ]);
  assert.deepEqual(baz.lock.recorded, ["became leader", "stopped leading"]);
});

Deno.test("the term is valid when onStartedLeading is called, and over when onStoppedLeading is", async () => {
  const seen: unknown[] = [];
  const baz = await new Candidate({
    onStartedLeading: (term: Term) => {
      seen.push(["started", term.isValid(), term.signal.aborted, term.validUntil]);
    },
    onStoppedLeading: (term: Term, reason) => {
      seen.push(["stopped", term.isValid(), term.signal.aborted, reason]);
    },
  }).run();
  await baz.stop();
  assert.deepEqual(seen, [["started", true, false, 40_000], ["stopped", false, true, "stopped"]]);
});

Deno.test("onStoppedLeading is called once per term, with the very term that began", async () => {
  const stopped: Term[] = [];
  const baz = await new Candidate({ onStoppedLeading: (term) => void stopped.push(term) }).run();
  await writeAs(baz.store, { leaderTransitions: 1 });
  await baz.clock.advance(30_000);
  await baz.end();
  assert.equal(baz.terms.length, 2);
  assert.equal(stopped.length, 2);
  assert.ok(stopped.every((term, nth) => term === baz.terms[nth]));
});

Deno.test("onStartedLeading that returns early does not end the term", async () => {
  await using baz = await new Candidate({ work: () => undefined }).run(100_000);
  baz.shows({ isLeader: true, terms: 1 });
});

Deno.test("onStartedLeading that throws ends the term, releases the lock and rejects run()", async () => {
  const baz = await new Candidate({ work: raise }).run();
  assertEndedCleanly(baz);
  assert.equal(baz.term.isValid(), false);
  assert.deepEqual(baz.events, [
    '0 new leader "baz"',
    "0 started 1",
    "0 aborted 1",
    "0 stopped 1 failed",
    '0 new leader ""',
  ]);
});

Deno.test("onStartedLeading that rejects later ends the term, releases the lock and rejects run()", async () => {
  const baz: Candidate = new Candidate({
    work: async () => {
      await baz.clock.sleep(20_000);
      throw thrown;
    },
  });
  await baz.run(20_000);
  assertEndedCleanly(baz);
  assert.deepEqual(baz.calls, ["0 get", "0 create", "15000 update", "20000 update"]);
  assert.deepEqual(baz.events.slice(2, 4), ["20000 aborted 1", "20000 stopped 1 failed"]);
});

Deno.test("onStartedLeading that rejects after its term was stopped rejects run(), released", async () => {
  const baz = await new Candidate({ work: afterwards(reject) }).run();
  await baz.stop();
  assertEndedCleanly(baz);
});

Deno.test("onStoppedLeading's promise counts as part of the work: release waits for it", async () => {
  const baz: Candidate = new Candidate({
    onStoppedLeading: async () => {
      await baz.clock.sleep(5_000);
      baz.note("cleaned up");
    },
  });
  await baz.run();
  await baz.stop(10_000);
  assert.deepEqual(baz.timeline.slice(-3), [
    "5000 cleaned up",
    "5000 update",
    '5000 new leader ""',
  ]);
});

Deno.test("onNewLeader that throws as the term begins ends the term, releases and rejects run()", async () => {
  const onNewLeader = (leader: string) => leader === "baz" && raise();
  const baz = await new Candidate({ onNewLeader }).run(30_000);
  assertEndedCleanly(baz);
  assert.equal(baz.terms.some((term) => term.isValid()), false);
});

Deno.test("onNewLeader that throws at a lost term does not keep the signal from the work", async () => {
  const onNewLeader = (leader: string) => leader === "bing" && raise();
  const baz = await new Candidate({ onNewLeader }).run();
  await writeAs(baz.store, byBing(60, 1));
  await baz.clock.advance(75_000);
  assert.equal(baz.outcome, thrown);
  baz.shows({ isAborted: true, holder: "bing" });
});

Deno.test("onError is called once for a repeated failure, and again for another", async () => {
  await using baz = await new Candidate({ stored: byBing(86_400) }).run();
  baz.lock.fate = ({ at }) =>
    at <= 20_000
      ? { refuse: new LockUnavailableError("away") }
      : at <= 40_000
      ? { refuse: new LockUnavailableError("still away") }
      : undefined;
  await baz.clock.advance(60_000);
  assert.deepEqual(baz.events.slice(1), [
    "5000 error LockUnavailableError",
    "25000 error LockUnavailableError",
  ]);
});

Deno.test("a callback that stops the campaign itself is obeyed", async () => {
  const stop = new AbortController();
  const baz = new Candidate({ work: () => stop.abort() });
  await baz.follow(baz.elector.run({ signal: stop.signal }));
  baz.shows({ outcome: "ended", holder: "", isAborted: true });
});

Deno.test("a stop from onNewLeader, as the term begins, leaves no lease behind", async () => {
  const stop = new AbortController();
  const baz = new Candidate({ onNewLeader: () => stop.abort() });
  await baz.follow(baz.elector.run({ signal: stop.signal }));
  await baz.clock.advance(60_000);
  baz.shows({ outcome: "ended", holder: "" });
  assert.equal(baz.terms.some((term) => term.isValid()), false);
});

Deno.test("onNewLeader is called for a lost term only once the term is no longer valid", async () => {
  const seen: unknown[] = [];
  await using baz: Candidate = new Candidate({
    onNewLeader: (leader) => {
      if (leader === "bing") seen.push([baz.term.isValid(), baz.elector.isLeader()]);
    },
  });
  await baz.run();
  await writeAs(baz.store, byBing(60, 1));
  await baz.clock.advance(15_000);
  assert.deepEqual(seen, [[false, false]]);
});

Deno.test("onNewLeader that rejects later in a leader ends the term, releases and rejects run()", async () => {
  const baz: Candidate = new Candidate({
    onNewLeader: (async () => {
      await baz.clock.sleep(3_000);
      throw thrown;
    }) as () => void,
  });
  await baz.run(10_000);
  assertEndedCleanly(baz);
  assert.deepEqual(baz.calls, ["0 get", "0 create", "3000 update"]);
});

for (const [does, fail] of [["throws", raise], ["rejects", reject]] as const) {
  Deno.test(`onStoppedLeading that ${does} rejects run(), and the lock is released`, async () => {
    const baz = await new Candidate({ onStoppedLeading: fail }).run();
    await baz.stop();
    assertEndedCleanly(baz);
  });

  Deno.test(`onNewLeader that ${does} in a follower rejects run(), and nothing is written`, async () => {
    const onNewLeader: () => void = fail;
    const baz = await new Candidate({ onNewLeader, stored: byBing(10) }).run(30_000);
    assert.equal(baz.outcome, thrown);
    assert.equal(baz.store.writes, 1);
  });

  Deno.test(`onError that ${does} rejects run(), and in a leader the term ends and the lock is released`, async () => {
    const refusal = on("update", { refuse: new LockUnavailableError("away") }, 1);
    const onError: () => void = fail;
    const baz = await new Candidate({ onError, fate: refusal }).run(35_000);
    assertEndedCleanly(baz);
    assert.equal(baz.term.signal.aborted, true);
  });
}

Deno.test("a lock's recordEvent() that throws or rejects ends the term, releases and rejects run()", async () => {
  for (const fail of [raise, reject]) {
    const baz = new Candidate();
    baz.lock.recordEvent = fail;
    await baz.run();
    assertEndedCleanly(baz);
    assert.equal(baz.terms.some((term) => term.isValid()), false);
  }
});

Deno.test("random that throws ends the term and rejects run()", async () => {
  const source = randomThatFails();
  const baz = await new Candidate({ random: source.random }).run();
  source.isBroken = true;
  await baz.clock.advance(15_000);
  assert.equal(baz.outcome, source.error);
  baz.shows({ isValid: false, isAborted: true, role: "idle" });
  const { length } = baz.calls;
  await baz.clock.advance(300_000);
  assert.equal(baz.calls.length, length);
});

Deno.test("random that throws leaves neither a timer nor a call behind", async () => {
  const source = randomThatFails();
  const baz = new Candidate({ random: source.random });
  const signals: (AbortSignal | undefined)[] = [];
  const { sleep } = baz.clock;
  baz.clock.sleep = (ms, options) => {
    signals.push(options?.signal);
    return sleep.call(baz.clock, ms, options);
  };
  baz.lock.onCall = ({ signal }) => signals.push(signal);
  baz.lock.fate = () => ({ hang: "before" });
  await baz.run();
  source.isBroken = true;
  await baz.stop();
  assert.equal(baz.outcome, source.error);
  assert.deepEqual(signals.map((signal) => signal?.aborted), [true, true]);
});

Deno.test("random that throws while an acquisition is under way begins no term after run() was rejected", async () => {
  const source = randomThatFails();
  const baz = new Candidate({ random: source.random });
  const { create } = baz.lock;
  baz.lock.create = (record) => create.call(baz.lock, record); // ignores the signal
  baz.lock.fate = on("create", { after: 5_000 });
  await baz.run(1_000);
  source.isBroken = true;
  await baz.stop();
  assert.equal(baz.outcome, source.error);
  await baz.clock.advance(10_000);
  assert.deepEqual(baz.terms, []);
});
