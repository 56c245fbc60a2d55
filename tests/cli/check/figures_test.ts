import assert from "node:assert/strict";
import { runChecks } from "../../../cli/check/check.ts";
import { clockCheck, type DateSample } from "../../../cli/check/clock.ts";
import { allowedTimings } from "../../../cli/check/timings.ts";
import { planOf } from "../../../cli/output/cost.ts";
import { FakeClock, readClock } from "../../../lock/mod.ts";

Deno.test("allowedTimings() keeps every rule and limit, and leaves the worst read a third of the timeout", () => {
  for (const protocol of ["git", "rest", "bucket"] as const) {
    for (let worst = 0; worst <= 30_000; worst += 137) {
      // It throws if they break a rule.
      const timings = allowedTimings(worst, protocol);
      assert.ok(timings.requestTimeout >= 3 * worst, `${worst} ms`);
      if (protocol === "bucket") continue;
      const { refusals, warnings } = planOf(timings, 3, protocol);
      assert.deepEqual(refusals, []);
      assert.deepEqual(warnings.filter((text) => !/pushes a minute/.test(text)), []);
    }
  }
});

Deno.test("allowedTimings() stays near the defaults for reads that take a third of their timeout", () => {
  const { leaseDuration, renewDeadline, retryPeriod } = allowedTimings(3_333, "git");
  assert.deepEqual([leaseDuration, renewDeadline, retryPeriod], [60_000, 40_000, 15_000]);
});

/** What the clock's check finds after some seconds in which the clocks moved, with the store's dates at start and end. */
async function clockFinding(
  { seconds = 60, storeSeconds = seconds, ahead = 0, step = 0 }: {
    seconds?: number;
    storeSeconds?: number;
    ahead?: number;
    step?: number;
  },
) {
  const clock = new FakeClock();
  const start = readClock(clock);
  const dateAt = (passed: number) => Math.floor((start.wall - ahead + passed) / 1_000) * 1_000;
  const samples: DateSample[] = [{ date: dateAt(0), at: start }];
  const check = clockCheck({ samples }, clock, start);
  clock.skip(seconds * 1_000);
  clock.stepWall(step);
  samples.push({ date: dateAt(storeSeconds * 1_000), at: readClock(clock) });
  const [finding] = await runChecks([check], clock);
  assert.ok(finding);
  return finding;
}

Deno.test("clockCheck() shows the offset, however large, and does not fail for it", async () => {
  for (
    const [ahead, said] of [[0, /^[−+]0\.5 s/], [90_000, /^\+1 min 30 s/], [
      -90_000,
      /^−1 min 31 s/,
    ]] as const
  ) {
    const { ok, message } = await clockFinding({ ahead });
    assert.equal(ok, true);
    assert.match(message, said);
    assert.match(message, /information only/);
  }
});

Deno.test("clockCheck() fails if the wall clock is set either way, or the machine was suspended", async () => {
  for (const step of [-5_000, 5_000, 3_600_000]) {
    const { ok, message } = await clockFinding({ step });
    assert.equal(ok, false, `${step}`);
    assert.match(message, /the wall clock moved by [−+].* against the monotonic clock/);
  }
  assert.equal((await clockFinding({ step: 300 })).ok, true);
});

Deno.test("clockCheck() fails if this machine's clocks run faster or slower than the store's", async () => {
  for (const storeSeconds of [50, 70]) {
    const { ok, message } = await clockFinding({ storeSeconds });
    assert.equal(ok, false, `${storeSeconds}`);
    assert.match(message, /counted 1 min while the store's counted/);
  }
  assert.equal((await clockFinding({ storeSeconds: 61 })).ok, true);
});

Deno.test("clockCheck() is skipped without a Date", async () => {
  const clock = new FakeClock();
  const [finding] = await runChecks([clockCheck({ samples: [] }, clock, readClock(clock))], clock);
  assert.equal(finding?.ok, null);
});
