import assert from "node:assert/strict";
import { LeaderElector } from "../../elector/mod.ts";
import { LockConflictError, parseRecord } from "../../lock/mod.ts";
import { initBucket, UnsafeStoreError } from "../../bucket/mod.ts";
import { recordText } from "../bucket/bucket_world.ts";
import { GIST_SKIPS, LOCK_SKIPS, STORE_SKIPS } from "../bucket/skips.ts";
import { gistLockContract } from "../contract/gist_lock_contract.ts";
import { lockContract } from "../contract/lock_contract.ts";
import { storeContract } from "../contract/store_contract.ts";
import { ElectorProcess, until } from "../support/elector_process.ts";
import type { RealServer } from "./real_server.ts";
import { RealWorld } from "./real_world.ts";

const WRITERS = 16;
const ROUNDS = 200;

/** A quarter of the default timings, so that the tests take less time. */
const TIMINGS = [
  "lease-duration=4s",
  "renew-deadline=3s",
  "retry-period=800ms",
  "poll-period=500ms",
];
const RUN = ["run", "--request-timeout=1500ms", ...TIMINGS.map((timing) => `--${timing}`)];
const COMMAND = ["sh", "-c", "echo $LEADER_TOKEN; exec sleep 1000"];

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

  Deno.test(`processes on ${name} lead one after the other, after a kill and after a stop`, async () => {
    const world = await make(recordText("", 6));
    const all = ["a", "b", "c"].map((identity) =>
      new ElectorProcess([...RUN, `--identity=${identity}`, "--", ...COMMAND], world.env())
    );
    try {
      const first = await untilLed(all, "7");
      const killed = performance.now();
      await first.end();
      const second = await untilLed(all, "8");
      const failover = performance.now() - killed;
      assert.ok(failover > 4_000 - 800 - 500, `${failover}`);
      const stopped = performance.now();
      Deno.kill(second.pid, "SIGTERM");
      const third = await untilLed(all, "9");
      const handover = performance.now() - stopped;
      await second.code;
      const times = [failover, handover].map((ms) => `${(ms / 1_000).toFixed(2)} s`);
      console.log(`${name}: crash ${times[0]}, clean stop ${times[1]}, at L 4 s`);
      Deno.kill(third.pid, "SIGTERM");
      await third.code;
      const { content } = await world.freshStore().read();
      assert.equal(parseRecord(content ?? "").holderIdentity, "");
    } finally {
      for (const process of all) await process.end();
    }
  });
}

/** Waits for the process whose command got a token. */
async function untilLed(all: readonly ElectorProcess[], token: string): Promise<ElectorProcess> {
  const words = () => all.flatMap(({ stderr }) => stderr.slice(-3)).join("\n");
  return await until(
    () => all.find(({ stdout }) => stdout.includes(token)),
    () => `token ${token}:\n${words()}`,
    60_000,
  );
}

/** What must happen on a server whose conditional writes are wrong. */
export function unsafeServerTests(server: RealServer, name: string, bucket: () => Promise<string>) {
  Deno.test(`${name} is refused, and only the probe is written`, async () => {
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
