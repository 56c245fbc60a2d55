import assert from "node:assert/strict";
import { BucketLock } from "../../bucket/mod.ts";
import { checkRank, LeaderElector, requestHandover, watch } from "../../elector/mod.ts";
import { GistLock } from "../../gist/mod.ts";
import { FakeClock } from "../../lock/mod.ts";
import { MemoryLock } from "../../store/mod.ts";

const WRONG = [null, NaN, -1, "5", {}, true, Symbol("x"), 5n];

/** What takes options that are functions, and which; each also takes a clock. */
const TAKERS: Readonly<Record<string, [names: string[], take: (options: object) => unknown]>> = {
  "new LeaderElector()": [
    ["random", "isReady", "onStartedLeading", "onStoppedLeading", "onNewLeader", "onError"],
    (options) => new LeaderElector({ lock: new MemoryLock("a"), ...options }),
  ],
  "new GistLock()": [
    ["fetch", "session", "onEvent"],
    (options) => new GistLock({ id: "a", token: "t", identity: "a", ...options }),
  ],
  "new BucketLock()": [
    ["fetch", "random", "session", "onEvent", "onWarning"],
    (options) =>
      new BucketLock({
        url: "gs://bucket/key",
        credentials: { accessToken: "t" },
        identity: "a",
        ...options,
      }),
  ],
  "watch()": [["onError"], (options) => watch(new MemoryLock("a"), options).next()],
  "requestHandover()": [[], (options) => requestHandover(new MemoryLock("a"), "b", options)],
};

for (const [taker, [names, take]] of Object.entries(TAKERS)) {
  Deno.test(`${taker} refuses what is not a function, or not a clock, at once`, async () => {
    for (const wrong of WRONG) {
      for (const name of [...names, "clock"]) {
        await assert.rejects(async () => await take({ [name]: wrong }), (error) => {
          assert.ok(error instanceof TypeError);
          const rule = name === "clock"
            ? "have the functions monotonic, wall, sleep"
            : "be a function";
          const kind = wrong === null ? "null" : typeof wrong;
          assert.ok(error.message.startsWith(`${name} must ${rule}, got ${kind}`), error.message);
          return true;
        });
      }
    }
  });
}

/** Preferences that break a rule, and what is said of them. */
const WRONG_PREFERENCES: [options: object, said: string][] = [
  ...[-1, 10, 1.5, NaN, Infinity].map((rank): [object, string] => [
    { rank },
    `RangeError: rank must be a whole number from 0 to 9, got ${rank}`,
  ]),
  ...[0, -1, 59_999, NaN].map((failback): [object, string] => [
    { failback },
    `RangeError: failback must be at least leaseDuration (60000) in milliseconds, got ${failback}`,
  ]),
  ...[-1, NaN].map((readyGrace): [object, string] => [
    { readyGrace },
    `RangeError: readyGrace must be at least 0 milliseconds, got ${readyGrace}`,
  ]),
  ...["rank", "failback", "readyGrace"].map((name): [object, string] => [
    { [name]: "1" },
    `TypeError: ${name} must be a number, got string`,
  ]),
];

Deno.test("new LeaderElector() refuses a rank, a failback or a grace that breaks its rule, in a sentence", () => {
  const make = (options: object) => new LeaderElector({ lock: new MemoryLock("a"), ...options });
  for (const [options, said] of WRONG_PREFERENCES) {
    assert.throws(() => make(options), (error) => String(error) === said, said);
  }
  for (const failback of [60_000, Infinity]) make({ failback, readyGrace: 0 });
  assert.ok(Object.is(checkRank(-0), 0));
});

Deno.test("lead() refuses work that is not a function before it campaigns", async () => {
  const lock = new MemoryLock("a");
  for (const work of [...WRONG, undefined]) {
    const elector = new LeaderElector({ lock, clock: new FakeClock() });
    await assert.rejects(elector.lead(work as () => void), /^TypeError: work must be a function/);
  }
  assert.equal(await lock.get(), undefined);
});

for (const taker of ["watch()", "requestHandover()"]) {
  Deno.test(`${taker} refuses a poll period that would read without a pause, or never`, async () => {
    const [, take] = TAKERS[taker]!;
    for (const pollPeriod of [NaN, 0, -1, "5", true, {}]) {
      const result = (async () => await take({ pollPeriod, clock: new FakeClock() }))();
      await assert.rejects(result, /^(Type|Range)Error: pollPeriod must be /);
    }
  });
}

Deno.test("requestHandover() refuses a name of its sender that no record can hold", async () => {
  for (const requestedBy of ["", "x".repeat(129), "a\n", 5, null, {}]) {
    const options = { requestedBy: requestedBy as string };
    await assert.rejects(
      requestHandover(new MemoryLock("a"), "b", options),
      /^RangeError: requestedBy must be 1 to 128 characters without control characters$/,
    );
  }
});

Deno.test("callbacks may be undefined, as other options may", () => {
  const none = { onStartedLeading: undefined, onStoppedLeading: undefined } as const;
  const lock = new MemoryLock("a");
  assert.ok(new LeaderElector({ lock, ...none, onNewLeader: undefined, onError: undefined }));
});
