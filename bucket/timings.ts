import type { LockTimings } from "../lock/mod.ts";

/**
 * The default timings for a bucket, in milliseconds: client-go's lease and deadline, with a renewal every three
 * seconds. Three candidates pay about 5.55 dollars a month, at the prices of S3: 40 cents for a million reads, five
 * dollars for a million writes.
 */
export const BUCKET_TIMINGS: LockTimings = Object.freeze({
  leaseDuration: 15_000,
  renewDeadline: 10_000,
  retryPeriod: 3_000,
  pollPeriod: 2_000,
  requestTimeout: 3_000,
});
