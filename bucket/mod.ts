/**
 * A lock in an object of a cloud bucket: of S3 and the stores that speak its protocol, of Google Cloud Storage, and of Azure
 * Blob Storage. Each write is one conditional PUT, each read one conditional GET.
 *
 * What is not guaranteed:
 *
 * - **With a store that does not honour conditions, there will be two leaders.** Before its first write, a lock probes
 *   the bucket on a separate object, `KEY.probe`, and refuses a store that accepts a write whose condition does not
 *   hold. A probe cannot find every store that checks a condition and writes in a second step: for that, {@linkcode
 *   initBucket} lets sixteen writers race.
 * - A bucket does not remember a deletion. An election never creates the object; after a deletion, create it again with
 *   {@linkcode initBucket} and a token floor, or fencing tokens restart.
 * - Keep a lock in **one** bucket: in one region, or in a multi-region that its provider keeps consistent. Never use
 *   two buckets that replicate each other, or a multi-region access point.
 * - A write that got no response is neither a success nor a failure (`UnknownOutcomeError`): read, and do not send it again.
 * - Everyone whose credentials may write the object can take the lock.
 *
 * @module
 */

export type {
  CallOptions,
  Clock,
  Fetch,
  LeaderElectionRecord,
  Lock,
  LockError,
  LockErrorCode,
  LockTimings,
  Observed,
  Quota,
  RequestCounts,
  SleepOptions,
} from "../lock/mod.ts";
export { UnsafeStoreError } from "../lock/mod.ts";
export type { Snapshot, Store, StoreLock, StoreLockOptions } from "../store/mod.ts";
export { BucketLock, type BucketLockOptions } from "./bucket_lock.ts";
export { BucketStore, type BucketStoreOptions } from "./bucket_store.ts";
export type {
  AccountKey,
  BearerToken,
  BucketCredentials,
  CredentialProvider,
  Expiring,
  S3Credentials,
  SasToken,
} from "./credentials/credentials.ts";
export { METADATA_HOSTS } from "../lock/system.ts";
export type { Environment } from "./environment.ts";
export {
  INIT_IDENTITY,
  initBucket,
  type InitBucketOptions,
  type InitResult,
} from "./init_bucket.ts";
export { type BucketOptions, bucketOrigin, DEFAULT_BUCKET_REQUEST_TIMEOUT } from "./options.ts";
export type { RaceOptions } from "./probe/probe.ts";
export { BUCKET_TIMINGS } from "./timings.ts";
export type { AccessKey } from "./sign/sigv4.ts";
