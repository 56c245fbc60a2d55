import { type BucketOptions, resolveOptions } from "./options.ts";

/**
 * Returns the origin of the address that requests to a bucket go to, such as `https://storage.googleapis.com`. Sends nothing.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has an invalid value. No credential is quoted.
 */
export function bucketOrigin(options: BucketOptions): string {
  return new URL(resolveOptions(options).bucketUrl).origin;
}
