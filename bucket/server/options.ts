import type { Clock } from "../../lock/mod.ts";
import type {
  AccountKey,
  BearerToken,
  S3Credentials,
  SasToken,
} from "../credentials/credentials.ts";

/** The credentials that a bucket server accepts if no others are given, by dialect. */
export const LOCAL_CREDENTIALS: Readonly<{
  s3: S3Credentials;
  gcs: BearerToken;
  azure: AccountKey;
  sas: SasToken;
}> = Object.freeze({
  s3: { accessKeyId: "local-key", secretAccessKey: "local-secret" },
  gcs: { accessToken: "local-token" },
  azure: { accountKey: "bG9jYWwtYWNjb3VudC1rZXk=" },
  sas: { sasToken: "sv=2021-12-02&sp=rcw&sig=local%2Fsignature%3D" },
});

/** What a bucket server does unlike a right one: each a fault of a real store, or a property of one. */
export interface Quirks {
  /** Every condition is ignored, as s3rver does. */
  readonly ignoresConditions?: boolean | undefined;
  /** A bucket is versioned as in Ceph 16: `If-None-Match: *` is ignored, and `If-Match` never holds. */
  readonly isVersionedCeph?: boolean | undefined;
  /** Only an unquoted ETag is honoured in `If-Match`, as in Ceph 16. */
  readonly refusesQuotedEtags?: boolean | undefined;
  /** How long a write takes from the check of its condition, which is not repeated, in milliseconds. */
  readonly writesAfterCheck?: number | undefined;
  /** A conditional write is refused with 501, as by stores that know none. */
  readonly knowsNoConditions?: boolean | undefined;
  /** How many milliseconds must lie between two writes of an object, or the second is refused with 429, as by Google. */
  readonly writeInterval?: number | undefined;
  /** A missing object gets 403, as by S3 without the permission to list. */
  readonly hidesMissing?: boolean | undefined;
  /** ETags are weak, as behind a proxy that compresses. */
  readonly weakEtags?: boolean | undefined;
  /** By how much the server's clock is ahead of the injected one, in milliseconds. */
  readonly clockOffset?: number | undefined;
}

/** Options of a bucket server. */
export interface BucketServerOptions {
  /**
   * What time it is, and how delays pass.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * The credentials to accept, where they differ.
   *
   * @default {LOCAL_CREDENTIALS}
   */
  readonly credentials?: Partial<typeof LOCAL_CREDENTIALS> | undefined;
  /**
   * The buckets that exist.
   *
   * @default {undefined} Every one
   */
  readonly buckets?: readonly string[] | undefined;
  /**
   * The region that S3's signatures must name; any if it is left out.
   *
   * @default {undefined}
   */
  readonly region?: string | undefined;
  /**
   * What the server does unlike a right one; may be changed later.
   *
   * @default {{}}
   */
  readonly quirks?: Quirks | undefined;
}
