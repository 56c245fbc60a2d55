import assert from "node:assert/strict";
import { LeaderElector } from "../../elector/mod.ts";
import { LockConflictError, parseRecord, systemClock } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { initBucket, UnsafeStoreError } from "../../bucket/mod.ts";
import { recordText } from "../bucket/bucket_world.ts";
import { GIST_SKIPS, LOCK_SKIPS, STORE_SKIPS } from "../bucket/skips.ts";
import { gistLockContract } from "../contract/gist_lock_contract.ts";
import { lockContract } from "../contract/lock_contract.ts";
import { storeContract } from "../contract/store_contract.ts";
import type { RealServer } from "./real_server.ts";
import { RealWorld } from "./real_world.ts";

const WRITERS = 16;
const ROUNDS = 200;

/** A quarter of the default timings, so that the tests take less time. */
const TIMINGS = {
  leaseDuration: 4_000,
  renewDeadline: 3_000,
  retryPeriod: 800,
  pollPeriod: 500,
  requestTimeout: 1_500,
};

/** Says that a server cannot be had; the tests that it is for are not run. */
export function skipped(name: string): void {
  const how = "run deno task test:servers, or see tests/servers/install.ts";
  console.warn(`skipped: the tests on ${name}, as it cannot be found: ${how}`);
  Deno.test({ name: `${name} cannot be found`, ignore: true, fn: () => {} });
}

/** What a server owes whose conditional writes are right. */
export function safeServerTests(server: RealServer, bucket: string): void {
  const make = (content?: string) => RealWorld.create(server, bucket, content);
  const { name } = server;
  storeContract(`BucketStore on ${name}`, make, { skip: STORE_SKIPS });
  lockContract(`BucketLock on ${name}`, make, { initial: "{}", skip: LOCK_SKIPS });
  gistLockContract(`BucketLock on ${name}`, make, { skip: GIST_SKIPS });

  Deno.test(`${name} lets one of ${WRITERS} writers win, in each of ${ROUNDS} rounds`, async () => {
    const world = await make(recordText("first", 0));
    const stores = Array.from({ length: WRITERS }, () => world.store());
    for (let round = 1; round <= ROUNDS; round++) {
      const seen = await Promise.all(stores.map((store) => store.read()));
      const texts = stores.map((_, place) => recordText(`c${place}`, round, { sequence: round }));
      const results = await Promise.allSettled(
        stores.map((store, place) => store.compareAndSwap(texts[place]!, seen[place]!)),
      );
      const won = results.flatMap(({ status }, place) => status === "fulfilled" ? [place] : []);
      assert.equal(won.length, 1, `round ${round}: ${won.length} won`);
      for (const result of results) {
        if (result.status === "fulfilled") continue;
        assert.ok(result.reason instanceof LockConflictError, String(result.reason));
      }
      assert.equal((await stores[0]!.read()).content, texts[won[0]!]);
    }
  });

  Deno.test(`initBucket() creates a lock on ${name}, once`, async () => {
    const world = await make();
    const first = await initBucket({ ...world.options(), tokenFloor: 41 });
    assert.equal(first.isCreated, true);
    const second = await initBucket({ ...world.options(), tokenFloor: 99 });
    assert.deepEqual(second, { isCreated: false, content: first.content });
  });

  Deno.test(`leaders on ${name} follow each other, after a crash and after a clean stop`, async () => {
    const world = await make(recordText("", 6));
    const all = ["a", "b", "c"].map((identity) => candidate(world, identity));
    const first = await untilLed(all);
    assert.equal(first.tokens.at(-1), 7);
    const crashed = performance.now();
    first.crash();
    const second = await untilLed(all.filter((one) => one !== first));
    const failover = performance.now() - crashed;
    assert.equal(second.tokens.at(-1), 8);
    assert.ok(failover > TIMINGS.leaseDuration - TIMINGS.retryPeriod - TIMINGS.pollPeriod);
    const stopped = performance.now();
    await second.stop();
    const third = await untilLed(all.filter((one) => one !== first && one !== second));
    const handover = performance.now() - stopped;
    assert.equal(third.tokens.at(-1), 9);
    console.log(
      `${name}: crash ${(failover / 1_000).toFixed(2)} s, clean stop ${
        (handover / 1_000).toFixed(2)
      } s, at L ${TIMINGS.leaseDuration / 1_000} s`,
    );
    for (const one of all) await one.stop();
    const { content } = await world.freshStore().read();
    assert.equal(parseRecord(content ?? "").holderIdentity, "");
  });
}

/** What must happen on a server whose conditional writes are wrong. */
export function unsafeServerTests(server: RealServer, name: string, bucket: () => Promise<string>) {
  Deno.test(`${name} is refused, and nothing is written beside the probe`, async () => {
    const content = recordText("", 6);
    const world = await RealWorld.create(server, await bucket(), content);
    await assert.rejects(world.freshStore().checkAccess(), UnsafeStoreError);
    const elector = new LeaderElector({
      lock: world.freshLock("a"),
      onStartedLeading: () => assert.fail("nobody may lead"),
    });
    await assert.rejects(elector.run(), UnsafeStoreError);
    assert.equal((await world.freshStore().read()).content, content);
    const empty = await RealWorld.create(server, world.bucket);
    await assert.rejects(initBucket(empty.options()), UnsafeStoreError);
    assert.equal((await empty.freshStore().read()).content, undefined);
  });
}

interface RunningCandidate {
  readonly elector: LeaderElector;
  readonly tokens: number[];
  /** Cuts it off for good: others see no more of a crash. */
  readonly crash: () => void;
  readonly stop: () => Promise<void>;
}

function candidate(world: RealWorld, identity: string): RunningCandidate {
  const stopping = new AbortController();
  const tokens: number[] = [];
  let isCut = false;
  const lock = world.freshLock(
    identity,
    (request) => isCut ? Promise.reject(new TypeError("connection reset")) : systemFetch(request),
  );
  const elector = new LeaderElector({
    lock,
    ...TIMINGS,
    onStartedLeading: (term) => void tokens.push(term.token),
  });
  const running = elector.run({ signal: stopping.signal });
  return {
    elector,
    tokens,
    crash: () => isCut = true,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function untilLed(candidates: readonly RunningCandidate[]): Promise<RunningCandidate> {
  for (let tries = 0; tries < 6_000; tries++) {
    const leaders = candidates.filter(({ elector }) => elector.isLeader());
    assert.ok(leaders.length <= 1, "two candidates lead");
    if (leaders[0]) return leaders[0];
    await systemClock.sleep(10);
  }
  throw new Error("Nobody leads within a minute");
}
