import assert from "node:assert/strict";
import { elapsedSince, FakeClock, readClock, systemClock } from "../../lock/mod.ts";
import { every } from "../../lock/system.ts";

Deno.test("elapsedSince() is the larger of both clocks' answers", () => {
  const then = { monotonic: 1_000, wall: 50_000 };
  assert.equal(elapsedSince(then, { monotonic: 1_700, wall: 50_700 }), 700);
  assert.equal(elapsedSince(then, { monotonic: 1_000, wall: 59_000 }), 9_000);
  assert.equal(elapsedSince(then, { monotonic: 1_700, wall: 10 }), 700);
});

Deno.test("FakeClock starts at the given readings, and stands still", () => {
  const clock = new FakeClock();
  assert.equal(clock.monotonic(), 0);
  assert.equal(clock.wall(), Date.UTC(2026, 0, 2, 3, 4, 5));
  assert.equal(new FakeClock({ monotonic: 7 }).monotonic(), 7);
});

Deno.test("FakeClock.advance() wakes each sleeper at its own instant, in order", async () => {
  const clock = new FakeClock({ monotonic: 100, wall: 1_000 });
  const woken: unknown[] = [];
  for (const ms of [30, 10, 20, 41]) {
    clock.sleep(ms).then(() => woken.push([ms, clock.monotonic(), clock.wall()]));
  }
  await clock.advance(40);
  assert.deepEqual(woken, [[10, 110, 1_010], [20, 120, 1_020], [30, 130, 1_030]]);
  assert.equal(clock.monotonic(), 140);
  await clock.advance(1);
  assert.deepEqual(woken[3], [41, 141, 1_041]);
});

Deno.test("FakeClock.advance() wakes those who fall asleep again on the way", async () => {
  const clock = new FakeClock();
  const woken: number[] = [];
  (async () => {
    for (let round = 0; round < 3; round++) {
      await clock.sleep(10);
      woken.push(clock.monotonic());
    }
  })();
  await clock.advance(30);
  assert.deepEqual(woken, [10, 20, 30]);
});

Deno.test("FakeClock.advance() rejects where a loop waits for no time at all, instead of going on forever", async () => {
  const clock = new FakeClock();
  let isOver = false;
  (async () => {
    while (!isOver) await clock.sleep(0);
  })();
  await assert.rejects(clock.advance(10), /10000 times.* at 0 ms/);
  isOver = true;
  await clock.advance(10);
});

Deno.test("FakeClock.advance() wakes any number of sleepers at different instants", async () => {
  const clock = new FakeClock();
  let rounds = 0;
  (async () => {
    for (; rounds < 10_001; rounds++) await clock.sleep(1);
  })();
  await clock.advance(10_001);
  assert.equal(rounds, 10_001);
});

Deno.test("FakeClock.skip() moves both clocks and wakes no sleeper; overdue ones wake late, at once", async () => {
  const clock = new FakeClock({ wall: 0 });
  const woken: number[] = [];
  clock.sleep(10).then(() => woken.push(clock.monotonic()));
  clock.skip(25);
  assert.deepEqual(readClock(clock), { monotonic: 25, wall: 25 });
  await clock.advance(5);
  assert.deepEqual(woken, [25]);
  assert.deepEqual(readClock(clock), { monotonic: 30, wall: 30 });
});

Deno.test("FakeClock.stepWall() moves the wall clock alone", async () => {
  const clock = new FakeClock({ wall: 1_000 });
  let woken = false;
  clock.sleep(10).then(() => woken = true);
  clock.stepWall(-400);
  await clock.advance(0);
  assert.deepEqual(readClock(clock), { monotonic: 0, wall: 600 });
  assert.equal(woken, false);
  clock.stepWall(10_000);
  await clock.advance(9);
  assert.equal(woken, false);
  await clock.advance(1);
  assert.equal(woken, true);
});

for (
  const [name, clock] of [["systemClock", systemClock], ["FakeClock", new FakeClock()]] as const
) {
  Deno.test(`${name}.sleep() rejects with the signal's reason, also one that has aborted already`, async () => {
    const reason = new Error("no longer needed");
    await assert.rejects(clock.sleep(60_000, { signal: AbortSignal.abort(reason) }), reason);
    const abort = new AbortController();
    const asleep = clock.sleep(60_000, { signal: abort.signal });
    abort.abort(reason);
    await assert.rejects(asleep, reason);
  });
}

Deno.test("FakeClock forgets a sleeper whose signal aborted", async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  let outcome = "asleep";
  clock.sleep(10, { signal: abort.signal }).then(
    () => outcome = "woken",
    () => outcome = "aborted",
  );
  abort.abort();
  await clock.advance(20);
  assert.equal(outcome, "aborted");
});

Deno.test("systemClock.sleep() never resolves early, and a sleep of 0 resolves", async () => {
  const from = systemClock.monotonic();
  await systemClock.sleep(2);
  assert.ok(systemClock.monotonic() - from >= 2);
  await systemClock.sleep(0);
});

Deno.test("systemClock.sleep() does not end a sleep of a month at once", async () => {
  const abort = new AbortController();
  let outcome = "asleep";
  const asleep = systemClock.sleep(2 ** 32, { signal: abort.signal })
    .then(() => outcome = "woken", () => outcome = "aborted");
  await systemClock.sleep(5);
  assert.equal(outcome, "asleep");
  abort.abort();
  await asleep;
  assert.equal(outcome, "aborted");
});

Deno.test("every() calls back each period until it is stopped, by a clock that can only sleep", async () => {
  const clock = new FakeClock();
  const calls: number[] = [];
  const stop = every(clock, 100, () => calls.push(clock.monotonic()));
  await clock.advance(350);
  assert.deepEqual(calls, [100, 200, 300]);
  stop();
  await clock.advance(1_000);
  assert.equal(calls.length, 3);
});

Deno.test("every() may be stopped in its own call", async () => {
  for (const clock of [new FakeClock(), systemClock]) {
    let calls = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = every(clock, 1, () => {
      calls++;
      stop();
      resolve();
    });
    if (clock instanceof FakeClock) await clock.advance(10);
    await promise;
    if (clock === systemClock) await clock.sleep(20);
    assert.equal(calls, 1);
  }
});
