import assert from "node:assert/strict";
import { DrainTimeoutError } from "../../elector/mod.ts";
import { LockUnavailableError } from "../../lock/mod.ts";
import { CountingClock } from "../support/counting_clock.ts";
import { byBing, Candidate, randomThatFails, untilAborted, writeAs } from "./candidate.ts";
import { on } from "./probe_lock.ts";
import type { ProbeLock } from "./probe_lock.ts";

// What a campaign began is over when the campaign is: timers, checks, calls, listeners, work.

/** A lock whose check of access lasts until it is given up. */
function checkForever(lock: ProbeLock): AbortSignal[] {
  const signals: AbortSignal[] = [];
  lock.checkAccess = (options?: { signal?: AbortSignal }) => {
    const signal = options?.signal;
    assert.ok(signal);
    signals.push(signal);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  };
  return signals;
}

Deno.test("a campaign never has more than one timer, a leader one more, and none when it is over", async () => {
  const clock = new CountingClock();
  const baz = await new Candidate({ clock, stored: byBing(60) }).run();
  for (let minute = 0; minute < 5; minute++) {
    await clock.advance(60_000);
    assert.equal(clock.asleep, baz.elector.isLeader() ? 2 : 1);
  }
  assert.equal(baz.elector.isLeader(), true);
  await baz.stop();
  assert.equal(baz.outcome, "ended");
  assert.equal(clock.asleep, 0);
});

Deno.test("a check of access that is under way is given up when its campaign ends", async () => {
  const baz = new Candidate();
  const signals = checkForever(baz.lock);
  await writeAs(baz.store, byBing(60));
  await baz.run();
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false]);
  await baz.stop();
  assert.equal(baz.outcome, "ended");
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true]);
});

Deno.test("a check of access that is under way is given up when its campaign fails", async () => {
  const source = randomThatFails();
  const baz = new Candidate({ random: source.random });
  const signals = checkForever(baz.lock);
  await writeAs(baz.store, byBing(60));
  await baz.run();
  source.isBroken = true;
  await baz.clock.advance(5_000);
  assert.match(String(baz.outcome), /no random numbers/);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true]);
});

Deno.test("a call that fails after its campaign has failed is not reported", async () => {
  const source = randomThatFails();
  const baz = await new Candidate({ random: source.random }).run();
  const away = new LockUnavailableError("away");
  baz.lock.fate = () => ({ before: 5_000, ignoresSignal: true, refuse: away });
  await baz.clock.advance(16_000);
  assert.equal(baz.calls.at(-1), "15000 update");
  source.isBroken = true;
  // The next look at the clocks finds that they have parted.
  baz.clock.stepWall(1_000);
  await baz.clock.advance(100_000);
  assert.match(String(baz.outcome), /no random numbers/);
  assert.deepEqual(baz.errors, []);
});

Deno.test("no timer is left of a campaign that failed during a release", async () => {
  const source = randomThatFails();
  const clock = new CountingClock();
  const baz = await new Candidate({ random: source.random, clock }).run();
  baz.lock.fate = () => ({ hang: "before", ignoresSignal: true });
  await baz.stop();
  source.isBroken = true;
  clock.stepWall(1_000);
  await clock.advance(1_000);
  assert.match(String(baz.outcome), /no random numbers/);
  assert.equal(clock.asleep, 0);
});

Deno.test("a campaign that fails after its term has ended does not end it again", async () => {
  const source = randomThatFails();
  const work = Promise.withResolvers<void>();
  const baz = await new Candidate({ random: source.random, work: () => work.promise }).run();
  await writeAs(baz.store, byBing(60));
  await baz.clock.advance(15_000);
  source.isBroken = true;
  await baz.clock.advance(60_000);
  assert.match(String(baz.outcome), /no random numbers/);
  assert.deepEqual(baz.events.filter((event) => / (?:stopped|aborted) /.test(event)), [
    "15000 aborted 1",
    "15000 stopped 1 lost",
  ]);
});

for (const verb of ["get", "create", "update"] as const) {
  Deno.test(`a call of ${verb}() that took too long is aborted, with a reason`, async () => {
    await using baz = new Candidate();
    if (verb === "update") await writeAs(baz.store, {});
    baz.lock.fate = (call) => call.verb === verb ? { hang: "before" } : undefined;
    await baz.run();
    const { signal } = baz.lock.calls.find((call) => call.verb === verb) ?? {};
    await baz.clock.advance(9_999);
    assert.equal(signal?.aborted, false);
    await baz.clock.advance(1);
    assert.equal(signal?.aborted, true);
    assert.equal(signal?.reason.name, "AbortError");
    assert.match(signal?.reason.message, /given up/);
  });
}

Deno.test("work that outlives two campaigns keeps the third from leading", async () => {
  const work = Promise.withResolvers<void>();
  await using baz = await new Candidate({ work: () => work.promise }).run();
  for (const campaign of [1, 2]) {
    await baz.stop(30_000);
    assert.ok(baz.outcome instanceof DrainTimeoutError, `campaign ${campaign}`);
    await baz.run(200_000);
    baz.shows({ role: "stopping", terms: 1 });
  }
  work.resolve();
  await baz.clock.advance(100_000);
  assert.equal(baz.terms.length, 2);
});

Deno.test("a promise of onStoppedLeading is part of the work, in the next campaign, too", async () => {
  const cleanUp = Promise.withResolvers<void>();
  await using baz: Candidate = new Candidate({
    work: untilAborted,
    onStoppedLeading: (): unknown => baz.terms.length === 1 ? cleanUp.promise : undefined,
  });
  await baz.run();
  await baz.stop(30_000);
  assert.ok(baz.outcome instanceof DrainTimeoutError);
  await baz.run(200_000);
  baz.shows({ role: "stopping", terms: 1 });
  cleanUp.resolve();
  await baz.clock.advance(100_000);
  assert.equal(baz.terms.length, 2);
});

Deno.test("a record that has disappeared is what status() says is wrong, though reads succeed", async () => {
  await using baz = await new Candidate({ stored: byBing(60) }).run();
  baz.lock.fate = on("get", { answer: { is: undefined } });
  await baz.clock.advance(20_000);
  assert.match(baz.elector.status().lastError ?? "", /has disappeared/);
  baz.lock.fate = () => undefined;
  await writeAs(baz.store, byBing(60));
  await baz.clock.advance(10_000);
  assert.equal(baz.elector.status().lastError, undefined);
});

/** A signal that counts its listeners. */
function countedSignal() {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  return { signal, listeners: () => listeners };
}

Deno.test("run() leaves no listener on its caller's signal, however it ends", async () => {
  const { signal, listeners } = countedSignal();
  const wrong = new Error("the work went wrong");
  const baz = new Candidate({ work: () => assert.fail(wrong) });
  await baz.lead(() => "result", { signal });
  assert.equal(baz.outcome, "result");
  assert.equal(listeners(), 0);
  await baz.follow(baz.elector.run({ signal }));
  await baz.clock.advance(10_000);
  assert.equal(baz.outcome, wrong);
  assert.equal(listeners(), 0);
});
