import assert from "node:assert/strict";
import {
  checkTimings,
  DEFAULT_TIMINGS,
  failoverBounds,
  LeaderElector,
  type LeaderElectorOptions,
  type Timings,
} from "../../elector/mod.ts";
import { FakeClock, type Lock } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";

/** Valid, and far from every edge, so that one changed timing breaks one rule. */
const VALID = {
  leaseDuration: 20_000,
  renewDeadline: 15_000,
  retryPeriod: 5_000,
  pollPeriod: 2_000,
  requestTimeout: 3_000,
  drainTimeout: 10_000,
};

function refused(
  name: string,
  change: Partial<Timings>,
  rule: RegExp,
  kind: typeof Error = RangeError,
): void {
  Deno.test(`checkTimings() refuses ${name}`, () => {
    assert.throws(
      () => checkTimings({ ...VALID, ...change }),
      (error: Error) => {
        assert.equal(error.constructor, kind);
        assert.match(error.message, rule);
        return true;
      },
    );
  });
}

function accepted(name: string, change: Partial<Timings>): void {
  Deno.test(`checkTimings() accepts ${name}`, () => {
    assert.deepEqual(checkTimings({ ...VALID, ...change }), { ...VALID, ...change });
  });
}

refused("L = D", { leaseDuration: 15_000 }, /leaseDuration|renewDeadline/);
refused("L < D", { leaseDuration: 14_000 }, /leaseDuration|renewDeadline/);
refused("L - D just under 5 % of L", { renewDeadline: 19_001 }, /renewDeadline.*19001/);
accepted("L - D of exactly 5 % of L", { renewDeadline: 19_000 });
refused("D = 1.2 R", { renewDeadline: 6_000 }, /renewDeadline.*6000/);
refused("D = 1.2 R in fractions", {
  leaseDuration: 1_000,
  renewDeadline: 0.6,
  retryPeriod: 0.5,
  requestTimeout: 0.1,
}, /renewDeadline.*0\.6/);
accepted("D just over 1.2 R", { renewDeadline: 6_001, requestTimeout: 3_000 });
refused("a request time-out over D / 2", { requestTimeout: 7_501 }, /requestTimeout.*7501/);
accepted("a request time-out of D / 2", { requestTimeout: 7_500 });
refused("a lease of 0", { leaseDuration: 0 }, /leaseDuration.*0/);
refused("a lease under a second", {
  leaseDuration: 500,
  renewDeadline: 300,
  retryPeriod: 100,
  requestTimeout: 100,
}, /leaseDuration.*500/);
refused("a lease with a fraction of a second", { leaseDuration: 20_500 }, /leaseDuration.*20500/);
refused(
  "a lease beyond a day",
  { leaseDuration: 86_401_000 },
  /^leaseDuration must be .* at most 86400000, got 86401000$/,
);
accepted("a lease of a day", { leaseDuration: 86_400_000 });
accepted("a lease of a second", {
  leaseDuration: 1_000,
  renewDeadline: 900,
  retryPeriod: 300,
  requestTimeout: 100,
});
for (const name of ["renewDeadline", "retryPeriod", "pollPeriod", "requestTimeout"] as const) {
  refused(`${name} of 0`, { [name]: 0 }, new RegExp(`${name}.*0`));
}
for (const name of Object.keys(VALID) as (keyof typeof VALID)[]) {
  refused(`a negative ${name}`, { [name]: -1 }, new RegExp(`${name}.*-1`));
  refused(`a ${name} that is NaN`, { [name]: NaN }, new RegExp(`${name}.*NaN`));
  refused(`an infinite ${name}`, { [name]: Infinity }, new RegExp(`${name}.*Infinity`));
  refused(
    `a ${name} that is text`,
    { [name]: "5" as unknown as number },
    new RegExp(`${name}.*number.*string`),
    TypeError,
  );
}

Deno.test("checkTimings() fills in the defaults", () => {
  assert.deepEqual(checkTimings({}), DEFAULT_TIMINGS);
  assert.deepEqual(DEFAULT_TIMINGS, {
    leaseDuration: 60_000,
    renewDeadline: 40_000,
    retryPeriod: 15_000,
    pollPeriod: 5_000,
    requestTimeout: 10_000,
    drainTimeout: 30_000,
  });
});

Deno.test("failoverBounds() counts requests, and a spread and a proof where lost writes are kept", () => {
  // By git: L + 1.2 P + 6 τ after a crash, and P + 3 τ after a release.
  const git = failoverBounds(DEFAULT_TIMINGS, { read: 2, write: 1 });
  assert.deepEqual(git, { crash: 126_000, release: 35_000 });
  // By rest: L + 1.2 P + 8 τ, and 1.2 P + 5 τ.
  const rest = failoverBounds(DEFAULT_TIMINGS, { read: 2, write: 2 }, true);
  assert.deepEqual(rest, { crash: 146_000, release: 56_000 });
  // A call is one request where nothing else is said.
  assert.deepEqual(failoverBounds(DEFAULT_TIMINGS), { crash: 106_000, release: 25_000 });
});

function construct(options: object): LeaderElector {
  return new LeaderElector(options as LeaderElectorOptions);
}

Deno.test("LeaderElector refuses to be made without a lock", () => {
  assert.throws(() => construct({}), { name: "TypeError", message: /lock/ });
});

for (const identity of [undefined, "", 5, "a\nb", "\u0000", "x".repeat(129)]) {
  Deno.test(`LeaderElector refuses the identity ${JSON.stringify(identity)?.slice(0, 12)}`, () => {
    assert.throws(() => construct({ lock: lockWith({ identity } as Lock) }), (error: Error) => {
      assert.ok(error instanceof TypeError || error instanceof RangeError);
      assert.match(error.message, /identity/);
      assert.ok(!/\p{Cc}/u.test(error.message));
      return true;
    });
  });
}

Deno.test("LeaderElector accepts identities of 1 and of 128 characters", () => {
  for (const identity of ["x", "x".repeat(128)]) construct({ lock: new MemoryLock(identity) });
});

Deno.test("LeaderElector refuses timings that break a rule", () => {
  const lock = new MemoryLock("baz");
  assert.throws(() => construct({ lock, renewDeadline: 60_000 }), { name: "RangeError" });
});

Deno.test("LeaderElector.timings has the options and the defaults", () => {
  const lock = new MemoryLock("baz");
  assert.deepEqual(construct({ lock, pollPeriod: 7_000 }).timings, {
    ...DEFAULT_TIMINGS,
    pollPeriod: 7_000,
  });
});

Deno.test("LeaderElector.run() is refused without onStartedLeading, and calls nothing", async () => {
  const lock = new MemoryLock("baz");
  await assert.rejects(() => construct({ lock }).run({}), {
    name: "TypeError",
    message: /onStartedLeading/,
  });
  assert.equal(await lock.get(), undefined);
});

Deno.test("LeaderElector.lead() needs no callback", async () => {
  const elector = construct({ lock: new MemoryLock("baz"), clock: new FakeClock() });
  assert.equal(await elector.lead(() => "done"), "done");
});

/** The timings of a quick lock: all but the drain's. */
const { drainTimeout: _, ...QUICK } = VALID;

/** A lock that says more of itself. */
function lockWith(says: Partial<Lock>): Lock {
  return Object.assign(new MemoryLock("baz"), says);
}

Deno.test("the lock's timings are the defaults, and options override each of them", async () => {
  const lock = lockWith({ defaultTimings: QUICK });
  const { drainTimeout } = DEFAULT_TIMINGS;
  assert.deepEqual(new LeaderElector({ lock }).timings, { ...QUICK, drainTimeout });
  assert.deepEqual(
    new LeaderElector({ lock, pollPeriod: 500, drainTimeout: 1 }).timings,
    { ...QUICK, pollPeriod: 500, drainTimeout: 1 },
  );
  await using elector = new LeaderElector({ lock });
  await elector.lead((term) => {
    assert.ok(term.remaining() <= QUICK.renewDeadline);
  });
});

Deno.test("the lock's timings are checked like options", () => {
  const lock = lockWith({ defaultTimings: { ...QUICK, renewDeadline: 20_000 } });
  assert.throws(() => new LeaderElector({ lock }), /renewDeadline/);
  const quick = lockWith({ defaultTimings: QUICK });
  assert.throws(() => new LeaderElector({ lock: quick, retryPeriod: 14_000 }), /renewDeadline/);
});

Deno.test("LeaderElector takes the clock and the request timeout of its lock", async () => {
  const clock = new FakeClock();
  const lock = lockWith({ clock, requestTimeout: 4_000 });
  const elector = new LeaderElector({ lock, onStartedLeading() {} });
  assert.equal(elector.timings.requestTimeout, 4_000);
  const stop = new AbortController();
  const running = elector.run({ signal: stop.signal });
  await clock.advance(0);
  assert.equal(elector.isLeader(), true);
  const { remaining } = elector.status();
  clock.skip(7_000);
  assert.equal(elector.status().remaining, remaining - 7_000);
  stop.abort();
  await clock.advance(1_000);
  await running;
});

Deno.test("LeaderElector refuses a clock or a request timeout that is not its lock's", () => {
  const clock = new FakeClock();
  const lock = lockWith({ clock, requestTimeout: 4_000 });
  construct({ lock, clock, requestTimeout: 4_000 });
  assert.throws(() => construct({ lock, requestTimeout: 5_000 }), {
    name: "RangeError",
    message: "requestTimeout must be the lock's 4000 ms, got 5000 ms: give it to the lock alone",
  });
  assert.throws(() => construct({ lock, clock: new FakeClock() }), {
    name: "RangeError",
    message: "clock must be the lock's own, got another: give it to the lock alone",
  });
  // The lock's timeout has to fit the elector's deadline, too.
  assert.throws(
    () => construct({ lock, leaseDuration: 5_000, renewDeadline: 3_500, retryPeriod: 1_000 }),
    /requestTimeout/,
  );
});
