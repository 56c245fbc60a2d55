/**
 * A local bucket server for tests and experiments: {@linkcode BucketServer} behaves as S3, Google Cloud Storage and
 * Azure Blob Storage, {@linkcode serveBuckets} serves it on a port, and {@linkcode faults} make it fail as networks and
 * object stores do.
 *
 * It supports only GET and PUT: no listing, no versions and no access policies. It keeps everything in memory.
 *
 * @module
 */

export type { Clock, SleepOptions } from "../../lock/mod.ts";
export type {
  AccountKey,
  BearerToken,
  Expiring,
  S3Credentials,
  SasToken,
} from "../credentials/credentials.ts";
export type { AccessKey } from "../sign/sigv4.ts";
export { BucketServer, type ObjectState } from "./bucket_server.ts";
export type { BucketCounts } from "./counts.ts";
export type {
  AppliedOptions,
  Fault,
  InjectOptions,
  ListenOptions,
  Proceed,
  ReceivedRequest,
  Served,
} from "../../store/server/mod.ts";
export * as faults from "./faults.ts";
export { type BucketServerOptions, LOCAL_CREDENTIALS, type Quirks } from "./options.ts";
export type { RequestKind } from "./request.ts";
export { serveBuckets, type ServeBucketsOptions, type ServedBuckets } from "./serve.ts";
