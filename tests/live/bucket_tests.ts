import { BucketLock, type BucketOptions, BucketStore, initBucket } from "../../bucket/mod.ts";
import type { Timings } from "../../elector/mod.ts";
import { LOCK_SKIPS } from "../bucket/skips.ts";
import { Probes } from "../bucket/probed.ts";
import { lockContract } from "../contract/lock_contract.ts";
import type { LockWorld } from "../contract/world.ts";
import { electInTurn } from "./live_election.ts";

/** The contract, the probe and a short election in a bucket, whose lock nobody may hold. */
export function bucketTests(
  name: string,
  site: () => BucketOptions,
  timings: Partial<Timings> = {},
): void {
  Deno.test(`${name} refuses a write whose condition does not hold, and lets one of 16 win`, async () => {
    const store = new BucketStore(site());
    await store.checkAccess();
    await store.race();
  });

  let worlds = 0;
  const make = (content?: string) =>
    content === undefined ? absent(site()) : present(beside(site(), String(++worlds)));
  lockContract(name, make, { initial: "{}", skip: LOCK_SKIPS, rounds: 2 });

  Deno.test(`${name} lets two candidates lead in turn`, async () => {
    const options = site();
    await initBucket(options);
    const lock = (identity: string) => new BucketLock({ ...options, identity });
    await electInTurn([lock("live-test-a"), lock("live-test-b")], timings);
  });
}

/** Another object beside the lock. It stays, as nothing here may delete; the next run takes it again. */
function beside(options: BucketOptions, name: string): BucketOptions {
  return { ...options, url: `${options.url}.test-${name}` };
}

/** An object that nobody has created, to be read only. */
function absent(options: BucketOptions): LockWorld {
  const never = beside(options, crypto.randomUUID());
  return {
    lock: (identity) => new BucketLock({ ...never, identity }),
    async [Symbol.asyncDispose]() {},
  };
}

/** An object that holds no record yet, or not any more. */
async function present(options: BucketOptions): Promise<LockWorld> {
  await initBucket({ ...options, race: { writers: 2, rounds: 1 } });
  const store = new BucketStore(options);
  await store.compareAndSwap(`{"test": "${crypto.randomUUID()}"}`, await store.read());
  const probes = new Probes();
  return {
    lock: (identity) => probes.lock(new BucketLock({ ...options, identity })),
    async [Symbol.asyncDispose]() {},
  };
}
