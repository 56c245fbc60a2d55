import type { LockTimings } from "../lock/mod.ts";

/**
 * The timings of an election over a bucket, in milliseconds, unless its options say otherwise: client-go's lease and deadline, at
 * a renewal in three seconds. They cost three candidates about five dollars a month, at one for a million reads of S3 forty cents,
 * and five dollars for a million writes.
 */
export const BUCKET_TIMINGS: LockTimings = Object.freeze({
  leaseDuration: 15_000,
  renewDeadline: 10_000,
  retryPeriod: 3_000,
  pollPeriod: 2_000,
  requestTimeout: 3_000,
});
