import assert from "node:assert/strict";
import {
  type CallOptions,
  LockAccessError,
  LockUnavailableError,
  RateLimitError,
  UnsafeStoreError,
} from "../../lock/mod.ts";
import { MemoryLock, MemoryStore } from "../../store/mod.ts";
import { byBing, Candidate, type CandidateOptions, untilAborted, writeAs } from "./candidate.ts";

// A lock may have to find out whether its store can be trusted. It does so before the election begins.

const UNSAFE = new UnsafeStoreError("the store ignores conditions");
const DOWN = new LockUnavailableError("the store is down");
const DENIED = new LockAccessError("the probe may not be written", 403);
const HOUR = 3_600_000;

/** A candidate whose lock prepares in the given way, and notes it. */
function preparing(
  prepare: (options: CallOptions) => Promise<void>,
  options: CandidateOptions = {},
): Candidate {
  const baz = new Candidate(options);
  baz.lock.prepare = (call = {}) => {
    baz.note("prepare");
    return prepare(call);
  };
  return baz;
}

/** Waits until the signal aborts, as a lock does that hears of it. */
function untilGivenUp({ signal }: CallOptions): Promise<void> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}

Deno.test("a lock is prepared before the first look, and takes no time of a claim", async () => {
  await using baz: Candidate = preparing(() => baz.clock.sleep(50_000));
  await baz.run();
  assert.equal(baz.elector.status().role, "follower");
  await baz.clock.advance(49_999);
  assert.deepEqual(baz.timeline, ["0 prepare"]);
  await baz.clock.advance(1);
  assert.deepEqual(baz.timeline.slice(0, 3), ["0 prepare", "50000 get", "50000 create"]);
  assert.equal(baz.term.validUntil, 90_000);
});

Deno.test("a lock without a preparation is read at once", async () => {
  const store = new MemoryStore();
  assert.equal(new MemoryLock("a", store).prepare, undefined);
  const baz = new Candidate({ store });
  const running = baz.elector.run();
  assert.deepEqual(baz.calls, ["0 get"]);
  await baz.elector[Symbol.asyncDispose]();
  await running;
});

Deno.test("a store's preparation is the lock's, with its signal", async () => {
  const given: CallOptions[] = [];
  const store = Object.assign(new MemoryStore(), {
    prepare: (options: CallOptions) => Promise.resolve(void given.push(options)),
  });
  const { signal } = new AbortController();
  await new MemoryLock("a", store).prepare?.({ signal });
  assert.deepEqual(given, [{ signal }]);
});

for (
  const [how, prepare] of [
    ["ends when it is given up", untilGivenUp],
    ["never ends", () => new Promise<void>(() => {})],
  ] as const
) {
  Deno.test(`a stop during a preparation that ${how} ends run() cleanly, without a call`, async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const baz = preparing((options) => {
      signals.push(options.signal);
      return prepare(options);
    });
    await baz.run(1_000);
    assert.equal(signals[0]?.aborted, false);
    await baz.stop();
    assert.equal(baz.outcome, "ended");
    assert.equal(signals[0]?.aborted, true);
    assert.equal(baz.elector.status().role, "idle");
    await baz.clock.advance(100_000);
    baz.shows({ timeline: ["0 prepare"], errors: 0 });
  });
}

Deno.test("disposal during a preparation ends the campaign", async () => {
  const baz = await preparing(untilGivenUp).run();
  await baz.elector[Symbol.asyncDispose]();
  await baz.clock.advance(0);
  baz.shows({ outcome: "ended", calls: [] });
});

Deno.test("a stop during a preparation ends lead() with the signal's reason", async () => {
  const baz = preparing(untilGivenUp);
  const stop = new AbortController();
  await baz.lead(untilAborted, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await baz.clock.advance(0);
  assert.equal((baz.outcome as Error).message, "enough");
  assert.deepEqual(baz.calls, []);
});

Deno.test("an unsafe store ends run() before any call, is reported, and shows in check()", async () => {
  const baz = await preparing(() => Promise.reject(UNSAFE)).run();
  assert.equal(baz.outcome, UNSAFE);
  assert.deepEqual(baz.errors, [UNSAFE]);
  assert.equal(baz.elector.check(), UNSAFE);
  assert.equal(baz.elector.status().lastError, UNSAFE.message);
  assert.equal(baz.elector.status().role, "idle");
  await baz.clock.advance(HOUR);
  assert.deepEqual(baz.calls, []);
});

Deno.test("a preparation that throws, and does not reject, is treated alike", async () => {
  const baz = await preparing(() => assert.fail(UNSAFE)).run();
  assert.equal(baz.outcome, UNSAFE);
});

for (const error of [DOWN, DENIED, new Error("something else")]) {
  Deno.test(`the election begins after a preparation failed by ${error.name}, which is reported once`, async () => {
    const baz = await preparing(() => Promise.reject(error)).run();
    await baz.clock.advance(0);
    assert.deepEqual(baz.errors, [error]);
    baz.shows({ isLeader: true, fault: undefined });
    await baz.end();
    assert.equal(baz.outcome, "ended");
  });
}

Deno.test("no call is made before the time that a preparation has to wait for", async () => {
  await using baz = await preparing(() => Promise.reject(new RateLimitError("wait", 7_000))).run();
  await baz.clock.advance(6_999);
  assert.deepEqual(baz.calls, []);
  await baz.clock.advance(1);
  assert.equal(baz.calls[0], "7000 get");
});

Deno.test("a callback that throws on a failed preparation ends the campaign", async () => {
  const broken = new Error("the callback is broken");
  const onError = () => assert.fail(broken);
  const baz = await preparing(() => Promise.reject(DOWN), { onError }).run();
  assert.equal(baz.outcome, broken);
  assert.deepEqual(baz.calls, []);
});

Deno.test("work that settles during the preparation of the next campaign holds no claim up", async () => {
  const work = Promise.withResolvers<void>();
  const baz: Candidate = preparing(() => baz.clock.sleep(5_000), { work: () => work.promise });
  await baz.run(5_000);
  await baz.end();
  assert.equal((baz.outcome as Error).name, "DrainTimeoutError");
  await baz.run();
  assert.equal(baz.elector.status().role, "stopping");
  await baz.clock.advance(2_500);
  work.resolve();
  await baz.clock.advance(2_500);
  baz.shows({ isLeader: true, fault: undefined });
  await baz.end();
  assert.equal(baz.outcome, "ended");
});

Deno.test("a preparation that passed counts as the first check of access, one that failed does not", async () => {
  for (const fails of [false, true]) {
    const checks: number[] = [];
    const baz = preparing(() => fails ? Promise.reject(DOWN) : Promise.resolve());
    baz.lock.accessCheckPeriod = HOUR;
    baz.lock.checkAccess = () => Promise.resolve(void checks.push(baz.clock.monotonic()));
    await writeAs(baz.store, byBing(86_400));
    await baz.run();
    assert.deepEqual(checks, fails ? [0] : []);
    await baz.clock.advance(HOUR - 10_000);
    assert.equal(checks.length, fails ? 1 : 0);
    await baz.clock.advance(20_000);
    assert.equal(checks.length, fails ? 2 : 1);
    await baz.end();
  }
});

Deno.test("a claim that finds the store unsafe ends the campaign, and is not sent again", async () => {
  for (const holderIdentity of ["", undefined]) {
    const baz = new Candidate();
    if (holderIdentity !== undefined) await writeAs(baz.store, { holderIdentity });
    baz.lock.fate = ({ verb }) => verb === "get" ? undefined : { refuse: UNSAFE };
    await baz.run();
    assert.equal(baz.outcome, UNSAFE);
    assert.deepEqual(baz.errors, [UNSAFE]);
    assert.equal(baz.calls.length, 2);
    assert.equal(baz.terms.length, 0);
    await baz.clock.advance(HOUR);
    assert.equal(baz.calls.length, 2);
    assert.equal(baz.elector.check(), UNSAFE);
  }
});

Deno.test("a renewal that finds the store unsafe ends the term at once, and then the campaign", async () => {
  const baz = await new Candidate().run();
  baz.lock.fate = ({ verb }) => verb === "get" ? undefined : { refuse: UNSAFE };
  await baz.clock.advance(14_999);
  assert.equal(baz.term.isValid(), true);
  await baz.clock.advance(1);
  assert.equal(baz.term.isValid(), false);
  assert.ok(baz.timeline.includes("15000 stopped 1 failed"));
  await baz.clock.advance(60_000);
  assert.equal(baz.outcome, UNSAFE);
  assert.equal(baz.terms.length, 1);
});

Deno.test("lead() is rejected with the UnsafeStoreError of a renewal", async () => {
  const baz = await new Candidate().lead(untilAborted);
  baz.lock.fate = ({ verb }) => verb === "get" ? undefined : { refuse: UNSAFE };
  await baz.clock.advance(120_000);
  assert.equal(baz.outcome, UNSAFE);
});

Deno.test("a check of access that finds the store unsafe ends the campaign", async () => {
  const baz = new Candidate();
  let isSafe = true;
  baz.lock.accessCheckPeriod = HOUR;
  baz.lock.checkAccess = () => isSafe ? Promise.resolve() : Promise.reject(UNSAFE);
  await writeAs(baz.store, byBing(86_400));
  await baz.run(HOUR - 60_000);
  isSafe = false;
  assert.equal(baz.outcome, "running");
  await baz.clock.advance(60_000 + 5_000);
  assert.equal(baz.outcome, UNSAFE);
  assert.deepEqual(baz.errors, [UNSAFE]);
});

Deno.test("an UnsafeStoreError on the first look, or a later one, ends the campaign", async () => {
  for (const failing of [1, 3]) {
    const baz = await new Candidate({
      stored: byBing(86_400),
      fate: ({ nth }) => nth === failing ? { refuse: UNSAFE } : undefined,
    }).run(20_000);
    assert.equal(baz.outcome, UNSAFE);
    assert.equal(baz.calls.length, failing);
  }
});

// What fails, or is not over when its campaign is, says no more than it knows.

Deno.test("a preparation that fails as the store is away is no refusal", async () => {
  await using baz = new Candidate({ fate: () => ({ hang: "before" }) });
  baz.lock.prepare = () => Promise.reject(DOWN);
  await baz.run();
  assert.equal(baz.elector.check(), undefined);
  assert.match(baz.elector.status().lastError ?? "", /is down/);
});

Deno.test("a preparation that is refused is a fault until one passes, and not only until one is given up", async () => {
  await using baz = new Candidate({ stored: byBing(3_600) });
  baz.lock.prepare = () => Promise.reject(DENIED);
  await baz.run();
  assert.equal(baz.elector.check(), DENIED);
  await baz.stop();
  baz.lock.prepare = () => new Promise(() => {});
  await baz.run();
  await baz.stop();
  assert.equal(baz.outcome, "ended");
  assert.equal(baz.elector.check(), DENIED);
  baz.lock.prepare = () => Promise.resolve();
  await baz.run();
  assert.equal(baz.elector.check(), undefined);
});

Deno.test("a preparation that a stop aborts is not reported", async () => {
  const baz = new Candidate();
  baz.lock.prepare = (call = {}) =>
    new Promise((_, reject) => call.signal?.addEventListener("abort", () => reject(DENIED)));
  await baz.run();
  await baz.stop();
  baz.shows({ outcome: "ended", errors: 0, fault: undefined });
});

Deno.test("a check of access that fails after its campaign has ended is not reported", async () => {
  const baz = new Candidate();
  const check = Promise.withResolvers<void>();
  baz.lock.checkAccess = () => check.promise;
  await writeAs(baz.store, byBing(3_600));
  await baz.run();
  await baz.stop();
  check.reject(DENIED);
  await baz.clock.advance(0);
  baz.shows({ errors: 0, fault: undefined });
});
