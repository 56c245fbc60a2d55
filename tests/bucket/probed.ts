import type { BucketStore } from "../../bucket/bucket_store.ts";
import type { BucketLock } from "../../bucket/mod.ts";
import type { CallOptions, Lock } from "../../lock/mod.ts";
import type { Snapshot, Store } from "../../store/mod.ts";

/** Lets the probes of one bucket run one after the other, each before the first call: at the same time they would wait. */
export class Probes {
  #last: Promise<void> = Promise.resolve();

  /** Returns a store whose first call probes the bucket. */
  store(store: BucketStore): Store {
    const probe = this.#once(() => store.checkAccess());
    return Object.assign(Object.create(store), {
      read: (options?: CallOptions) => probe().then(() => store.read(options)),
      compareAndSwap: (content: string, seen: Snapshot, options?: CallOptions) =>
        probe().then(() => store.compareAndSwap(content, seen, options)),
    });
  }

  /** Returns a lock whose first call probes the bucket. */
  lock(lock: BucketLock): Lock {
    const probe = this.#once(async () => await lock.prepare?.());
    return {
      identity: lock.identity,
      get: (options) => probe().then(() => lock.get(options)),
      create: (record, options) => probe().then(() => lock.create(record, options)),
      update: (record, seen, options) => probe().then(() => lock.update(record, seen, options)),
      recordEvent: (message) => lock.recordEvent(message),
      describe: () => lock.describe(),
    };
  }

  #once(probe: () => Promise<void>): () => Promise<void> {
    let probed: Promise<void> | undefined;
    return () => probed ??= this.#last = this.#last.then(probe);
  }
}
