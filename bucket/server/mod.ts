/**
 * Buckets on this machine, in memory, for tests and for trying things out: {@linkcode BucketServer} answers as S3, Google
 * Cloud Storage and Azure Blob Storage do, {@linkcode serveBuckets} puts it on a port, and {@linkcode faults} make it fail the
 * way networks and object stores fail.
 *
 * What it does not do: it knows no listing, no versions, no access policies and no other method than GET and PUT, and it
 * keeps everything in memory.
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
