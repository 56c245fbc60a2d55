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

/** How a bucket server differs from a correct one. Each is a fault or property of a real store. */
export interface Quirks {
  /** Conditions are ignored, as by s3rver. */
  readonly ignoresConditions?: boolean | undefined;
  /** Buckets are versioned as in Ceph 16: `If-None-Match: *` is ignored, and `If-Match` never holds. */
  readonly isVersionedCeph?: boolean | undefined;
  /** Only an unquoted ETag is honoured in `If-Match`, as in Ceph 16. */
  readonly refusesQuotedEtags?: boolean | undefined;
  /** The time from the check of a write's condition, which is not repeated, to the write, in milliseconds. */
  readonly writesAfterCheck?: number | undefined;
  /** Conditional writes are refused with 501, as by stores that do not support them. */
  readonly knowsNoConditions?: boolean | undefined;
  /** The shortest time between two writes of an object, in milliseconds; an earlier one gets 429, as from Google. */
  readonly writeInterval?: number | undefined;
  /** A missing object gets 403, as from S3 without the permission to list. */
  readonly hidesMissing?: boolean | undefined;
  /** ETags are weak, as behind a proxy that compresses. */
  readonly weakEtags?: boolean | undefined;
  /** By how much the server's clock is ahead of the injected one, in milliseconds. */
  readonly clockOffset?: number | undefined;
}

/** Options of a bucket server. */
export interface BucketServerOptions {
  /**
   * Provides the time and delays.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * The accepted credentials that differ from the default.
   *
   * @default {LOCAL_CREDENTIALS}
   */
  readonly credentials?: Partial<typeof LOCAL_CREDENTIALS> | undefined;
  /**
   * The buckets that exist.
   *
   * @default {undefined} All
   */
  readonly buckets?: readonly string[] | undefined;
  /**
   * The region that S3's signatures must name; any by default.
   *
   * @default {undefined}
   */
  readonly region?: string | undefined;
  /**
   * How the server differs from a correct one; may be changed later.
   *
   * @default {{}}
   */
  readonly quirks?: Quirks | undefined;
}
