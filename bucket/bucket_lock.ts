import { checkOptions } from "../store/kit.ts";
import { StoreLock, type StoreLockOptions } from "../store/mod.ts";
import { BucketStore } from "./bucket_store.ts";
import type { BucketOptions } from "./options.ts";

/** Options of {@linkcode BucketLock}. */
export interface BucketLockOptions extends BucketOptions, StoreLockOptions {}

/**
 * A lock in an object of a bucket. The object must exist: `elector init` and `initBucket` create it.
 *
 * An elector uses `BUCKET_TIMINGS` by default: a crash is noticed within about 17 seconds.
 *
 * @example One candidate of an election
 * ```ts
 * import assert from "node:assert/strict";
 * import { LeaderElector } from "@multicluster/leader-election";
 * import { BucketLock } from "@multicluster/leader-election/bucket";
 * import { BucketServer, LOCAL_CREDENTIALS } from "@multicluster/leader-election/bucket/server";
 *
 * const url = "gs://locks/deploy.json";
 * const server = new BucketServer(); // a real bucket needs neither these lines nor the last two options
 * server.edit(url, "{}");
 * const lock = new BucketLock({
 *   url,
 *   identity: "eu-west-1",
 *   credentials: LOCAL_CREDENTIALS.gcs,
 *   fetch: server.fetch,
 * });
 * await using elector = new LeaderElector({ lock });
 * assert.equal(await elector.lead((term) => term.token), 1);
 * ```
 */
export class BucketLock extends StoreLock {
  /**
   * Creates a candidate's lock; nothing is sent yet.
   *
   * @throws {TypeError} If an option is missing, or has the wrong type.
   * @throws {RangeError} If an option has a wrong value, or there is no region. No credential is quoted.
   */
  constructor(options: BucketLockOptions) {
    checkOptions(options, "url and identity");
    super(new BucketStore(options), options);
  }
}
