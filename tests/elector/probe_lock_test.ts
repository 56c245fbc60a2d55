import assert from "node:assert/strict";
import { FakeClock } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";
import { ProbeLock } from "./probe_lock.ts";

Deno.test("a lock that is called over and over at one instant fails the test, and ends the loop", async () => {
  const clock = new FakeClock();
  const lock = new ProbeLock(new MemoryLock("baz"), clock);
  const errors: string[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    errors.push(event.message);
  };
  globalThis.addEventListener("error", onError);
  const loop = async () => {
    while (true) await lock.get();
  };
  loop();
  await clock.advance(0);
  globalThis.removeEventListener("error", onError);
  assert.equal(lock.calls.length, 1_001);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? "", /more than 1000 times at 0 ms/);
});

Deno.test("a lock answers any number of calls if time passes between them", async () => {
  const clock = new FakeClock();
  const lock = new ProbeLock(new MemoryLock("baz"), clock);
  for (let call = 0; call < 3_000; call++) {
    if (call % 999 === 0) clock.skip(1);
    assert.equal(await lock.get(), undefined);
  }
});
