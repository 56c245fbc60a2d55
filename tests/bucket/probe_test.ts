import assert from "node:assert/strict";
import { faults, type Quirks, type ReceivedRequest } from "../../bucket/server/mod.ts";
import {
  LockUnavailableError,
  RateLimitError,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "../../lock/mod.ts";
import { settle } from "../contract/world.ts";
import { seededRandom } from "../support/seeded_random.ts";
import {
  DIALECTS,
  isLock,
  isProbe,
  LocalBucketWorld,
  recordText,
  testOver,
} from "./bucket_world.ts";

const FIRST = recordText("first", 1);
const MINE = recordText("a", 2);

/** Expects that a store is refused, as time passes. */
async function isUnsafe(world: LocalBucketWorld, call: Promise<unknown>): Promise<void> {
  await assert.rejects(settle(world.clock, call), UnsafeStoreError);
}

const test = testOver("the probe", (dialect) => new LocalBucketWorld(dialect, FIRST));

/** The text of the probe's object. */
function probed(world: LocalBucketWorld): string | undefined {
  return world.server.object(`${world.url}.probe`)?.content;
}

test("writes an object of its own, four times at first and three times later", async (world) => {
  const { server } = world;
  for (const writes of [4, 3, 3]) {
    server.resetCounts();
    await world.freshStore().checkAccess();
    assert.deepEqual([server.counts.writes, server.counts.reads], [writes, 1]);
  }
  assert.equal(JSON.parse(probed(world) ?? "").probe, "session-3");
  assert.equal(world.content(), FIRST);
});

test("never brings the lock's object back", async () => {
  for (const dialect of DIALECTS) {
    const world = new LocalBucketWorld(dialect);
    const store = await world.probedStore();
    await store.race();
    assert.equal(world.content(), undefined);
  }
}, ["s3"]);

test("comes before the first write, and not before a read", async (world) => {
  const requests: string[] = [];
  world.server.intercept = (request, proceed) => {
    requests.push(`${isLock(request) ? "lock" : "probe"} ${request.method}`);
    return proceed();
  };
  const store = world.freshStore();
  const seen = await store.read();
  assert.deepEqual(requests.splice(0), ["lock GET"]);
  const written = await store.compareAndSwap(MINE, seen);
  assert.equal(requests.at(-1), "lock PUT");
  assert.deepEqual(new Set(requests.splice(0).slice(0, -1)), new Set(["probe PUT", "probe GET"]));
  await store.compareAndSwap(recordText("a", 2, { sequence: 2 }), written);
  assert.deepEqual(requests, ["lock PUT"]);
});

/** Stores that no lock may be kept in. */
const UNSAFE: readonly [what: string, quirks: Quirks][] = [
  ["ignores conditions, as s3rver", { ignoresConditions: true }],
  ["keeps versions, as Ceph 16", { isVersionedCeph: true }],
  ["knows no conditions, as Backblaze B2", { knowsNoConditions: true }],
];

for (const [what, quirks] of UNSAFE) {
  for (const existed of [false, true]) {
    test(
      `refuses a store that ${what}, ${existed ? "where it was probed before" : "at once"}`,
      async (world) => {
        if (existed) await world.probedStore();
        world.server.quirks = quirks;
        const store = world.freshStore();
        const seen = await store.read();
        for (let round = 1; round <= 2; round++) {
          await isUnsafe(world, store.checkAccess());
          await isUnsafe(world, store.compareAndSwap(MINE, seen));
          await isUnsafe(world, store.create(MINE));
        }
        assert.equal(world.content(), FIRST);
      },
      ["s3"],
    );
  }
}

test("refuses a store that ignores conditions", async (world) => {
  world.server.quirks = { ignoresConditions: true };
  await assert.rejects(world.freshStore().checkAccess(), {
    name: "UnsafeStoreError",
    message: /^Cannot lock with .*\.probe: it accepted a write whose condition/,
    code: "ERR_LOCK_UNSAFE_STORE",
  });
});

for (const condition of ["if-match", "if-none-match"]) {
  test(
    `refuses a store that ignores ${condition} alone, be its answers lost or not`,
    async (world) => {
      for (const lost of [undefined, faults.storeError(500), faults.conflict()]) {
        world.server.intercept = async (request, proceed, clock) => {
          // As a proxy does that is trusted to sign.
          const isRight = request.headers.get(condition) === null;
          if (isRight) return await proceed();
          world.server.quirks = { ignoresConditions: true };
          const response = await proceed();
          world.server.quirks = {};
          return lost ? await lost(request, proceed, clock) : response;
        };
        await isUnsafe(world, world.freshStore().checkAccess());
      }
    },
    ["s3", "azure"],
  );
}

test("refuses a store that ignores unquoted ETags only", async (world) => {
  world.server.intercept = async (request, proceed) => {
    const match = request.headers.get("if-match");
    const isUnquoted = match !== null && !match.startsWith('"');
    world.server.quirks = { refusesQuotedEtags: true, ignoresConditions: isUnquoted };
    return await proceed();
  };
  await isUnsafe(world, world.freshStore().checkAccess());
}, ["s3"]);

test("learns that only unquoted ETags are honoured, and writes with them", async (world) => {
  world.server.quirks = { refusesQuotedEtags: true };
  const store = world.freshStore();
  await settle(world.clock, store.checkAccess());
  const seen = await store.read();
  world.server.resetCounts();
  await store.compareAndSwap(MINE, seen);
  assert.deepEqual(world.server.counts.statuses, { 200: 1 });
  await store.checkAccess();
  // It tries that form first from then on.
  assert.deepEqual(world.server.counts, { reads: 1, writes: 4, statuses: { 200: 3, 412: 2 } });
}, ["s3"]);

test("is repeated after a right condition was refused", async (world) => {
  const store = await world.probedStore();
  const seen = await store.read();
  world.server.quirks = { refusesQuotedEtags: true };
  const write = () => store.compareAndSwap(MINE, seen);
  await assert.rejects(write(), UnknownOutcomeError);
  assert.equal((await settle(world.clock, write())).content, MINE);
}, ["s3"]);

test("learns the form of ETags though answers are lost", async (world) => {
  world.server.quirks = { refusesQuotedEtags: true };
  for (let lost = 0; lost < 8; lost++) {
    const store = world.freshStore();
    let count = 0;
    const when = (request: ReceivedRequest) => isProbe(request) && count++ === lost;
    world.server.inject(faults.answerLost(), { kind: "write", when });
    await settle(world.clock, store.checkAccess());
    const text = recordText("a", lost + 2);
    assert.equal((await store.compareAndSwap(text, await store.read())).content, text);
  }
}, ["s3"]);

for (
  const [what, fault] of Object.entries({
    "is lost on the way": faults.requestLost(),
    "is answered by nobody": faults.answerLost(),
    "is applied twice": faults.appliedTwice(),
    "is answered 500": faults.storeError(500),
    "is applied and answered 500": faults.storeError(500, "InternalError", { applied: true }),
    "is answered 409": faults.conflict(),
    "is answered 503": faults.slowDown(),
    "is answered 429": faults.storeError(429, "SlowDown"),
  })
) {
  test(`passes although any one of its requests ${what}`, async (world) => {
    for (let nth = 0; nth < 5; nth++) {
      let count = 0;
      world.server.inject(fault, { when: () => count++ === nth });
      await settle(world.clock, world.freshStore().checkAccess());
    }
  });
}

for (const writeInterval of [0, 1_000]) {
  test(`passes for 16 candidates at once${writeInterval ? ", one write a second" : ""}`, async (world) => {
    world.server.quirks = { writeInterval };
    world.server.intercept = faults.delayed(20, 20);
    const random = seededRandom(1);
    const stores = Array.from({ length: 16 }, () => world.freshStore({ random }));
    const startedAt = world.clock.monotonic();
    await settle(world.clock, Promise.all(stores.map((store) => store.checkAccess())));
    const seconds = (world.clock.monotonic() - startedAt) / 1_000;
    assert.ok(seconds < (writeInterval ? 40 : 4), `${seconds} s`);
  });
}

test("is made ahead of the first write if asked to, once", async (world) => {
  const store = world.freshStore();
  const seen = await store.read();
  await store.prepare();
  world.server.resetCounts();
  await store.prepare();
  await store.compareAndSwap(MINE, seen);
  assert.deepEqual([world.server.counts.writes, world.server.counts.reads], [1, 0]);
});

test("is shared by calls at the same time, also if the first of them is given up", async (world) => {
  const store = world.freshStore();
  const seen = await store.read();
  const giveUp = new AbortController();
  world.server.intercept = faults.delayed(100);
  const first = store.checkAccess({ signal: giveUp.signal });
  const second = store.checkAccess();
  const write = store.compareAndSwap(MINE, seen);
  first.catch(() => {});
  await world.clock.advance(150);
  giveUp.abort("given up");
  await assert.rejects(first, (reason) => reason === "given up");
  await settle(world.clock, Promise.all([second, write]));
  assert.equal(world.content(), MINE);
  world.server.resetCounts();
  await settle(world.clock, Promise.all([store.checkAccess(), store.checkAccess()]));
  assert.equal(world.server.counts.writes, 3);
});

test("gives up after a minute, and says why", async (world) => {
  world.server.inject(faults.storeError(500), { kind: "write", when: isProbe, times: Infinity });
  const store = world.freshStore();
  const probe = store.checkAccess();
  probe.catch(() => {});
  await world.clock.advance(60_000);
  await assert.rejects(probe, {
    name: "LockUnavailableError",
    message: /^Cannot find out whether .*\.probe honours conditions: /,
  });
  const write = store.compareAndSwap(MINE, await store.read());
  await assert.rejects(settle(world.clock, write, 1_000), LockUnavailableError);
  assert.equal(world.content(), FIRST);
});

test("keeps what an earlier one found if it cannot be finished", async (world) => {
  const store = await world.probedStore();
  const seen = await store.read();
  world.server.inject(faults.storeError(500), { when: isProbe, times: Infinity });
  const probe = store.checkAccess();
  probe.catch(() => {});
  await world.clock.advance(60_000);
  await assert.rejects(probe, LockUnavailableError);
  await store.compareAndSwap(MINE, seen);
});

test("stops all writes once it finds the store unsafe, until one passes again", async (world) => {
  const store = await world.probedStore();
  const seen = await store.read();
  world.server.quirks = { isVersionedCeph: true };
  await assert.rejects(store.checkAccess(), UnsafeStoreError);
  await assert.rejects(store.compareAndSwap(MINE, seen), UnsafeStoreError);
  assert.equal(world.content(), FIRST);
  world.server.quirks = {};
  await store.checkAccess();
  await store.compareAndSwap(MINE, seen);
}, ["s3"]);

test("says which permission it lacks", async (world) => {
  world.server.inject(faults.storeError(403, "AccessDenied"), { when: isProbe });
  await assert.rejects(world.freshStore().checkAccess(), {
    name: "LockAccessError",
    message: /Cannot write .*\.probe.*KEY\.probe/,
  });
}, ["s3"]);

test("lets 16 writers race, of which one wins a round", async (world) => {
  const store = await world.probedStore();
  world.server.resetCounts();
  await store.race({ rounds: 5 });
  const { statuses, writes } = world.server.counts;
  assert.equal(writes, 80);
  assert.equal(statuses[412], 75);
});

test("refuses a store that checks conditions and writes later, though it passes alone", async (world) => {
  world.server.quirks = { writesAfterCheck: 5 };
  const store = world.freshStore();
  await settle(world.clock, store.checkAccess());
  await assert.rejects(settle(world.clock, store.race()), {
    name: "UnsafeStoreError",
    message: /it accepted 16 of 16 writes that replace one version/,
  });
  // Alone it would pass again.
  await isUnsafe(world, store.compareAndSwap(MINE, await store.read()));
  await isUnsafe(world, store.prepare());
  assert.equal(world.content(), FIRST);
});

test("lets writers race although losers are answered 500", async (world) => {
  const store = await world.probedStore();
  world.server.intercept = faults.refusedAs500();
  await store.race();
}, ["s3"]);

test("finds a second winner whose answer was lost", async (world) => {
  const store = await world.probedStore();
  const lost = faults.storeError(500, "InternalError", { applied: true });
  let count = 0;
  world.server.intercept = async (request, proceed, clock) => {
    if (request.method !== "PUT" || ++count !== 2) return await proceed();
    world.server.quirks = { ignoresConditions: true };
    const response = await lost(request, proceed, clock);
    world.server.quirks = {};
    return response;
  };
  await isUnsafe(world, store.race({ writers: 2, rounds: 1 }));
}, ["s3"]);

test("waits out one write a second between the rounds of a race", async (world) => {
  const store = await world.probedStore();
  world.server.quirks = { writeInterval: 1_000 };
  await settle(world.clock, store.race({ writers: 3, rounds: 3 }), 100);
  await assert.doesNotReject(settle(world.clock, store.read()));
}, ["gcs"]);

test("passes a pause that the store asks for to no caller", async (world) => {
  const store = world.freshStore();
  world.server.inject(faults.storeError(429, "SlowDown"), { when: isProbe, times: 3 });
  await assert.doesNotReject(settle(world.clock, store.checkAccess()), RateLimitError);
});
