import type { Dialect } from "../address.ts";
import { type BucketCredentials, plainSas } from "../credentials/credentials.ts";
import type { Verdict } from "./meaning.ts";
import { signSharedKey } from "../sign/shared_key.ts";
import { signS3, type UnsignedRequest } from "../sign/sigv4.ts";

/** What must hold for a write to be made: there is no object, or it still has this version. */
export type Condition = { readonly isAbsent: true } | { readonly version: string };

/** How an ETag is written in a condition. Ceph 16 honours only the unquoted form. */
export type EtagForm = "quoted" | "unquoted";

/** What a request is authorized with. */
interface Signer {
  readonly credentials: BucketCredentials;
  readonly account: string;
  readonly region: string;
  /** When the request is signed, in milliseconds since the Unix epoch. */
  readonly time: number;
}

interface AuthorizedRequest {
  /** The whole address, of which a shared access signature is a part. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What one kind of bucket does unlike the others. */
export interface Provider {
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly writeHeaders: Readonly<Record<string, string>>;
  /** The header of a response that names the version. */
  readonly versionHeader: string;
  /** The forms of an ETag that a condition may need, the likeliest first. */
  readonly etagForms: readonly EtagForm[];
  conditionHeaders(condition: Condition, form: EtagForm): Record<string, string>;
  authorize(request: UnsignedRequest, signer: Signer): AuthorizedRequest;
  /** What the server's names of errors mean, if the status alone says too little. */
  readonly codes: ReadonlyMap<string, Verdict>;
  readonly permissions: string;
}

function etagCondition(condition: Condition, form: EtagForm): Record<string, string> {
  if ("isAbsent" in condition) return { "if-none-match": "*" };
  return { "if-match": form === "quoted" ? `"${condition.version}"` : condition.version };
}

function denied(advice: string): Verdict {
  return { meaning: "denied", advice };
}

/** Several names of one error. */
function named(verdict: Verdict, ...codes: string[]): [code: string, verdict: Verdict][] {
  return codes.map((code) => [code, verdict]);
}

const EXPIRED: Verdict = { meaning: "expired" };
const NO_BUCKET = denied("there is no such bucket: check the URL, the endpoint and the region");
const ARCHIVED = denied("the object is archived: use a storage class with instant access");
const RETAINED = denied("the object may not be replaced: exempt it from retention and holds");
const LEASED = denied("the blob is under an Azure lease: break that lease");

/** Names of S3, which Google's XML API shares. */
const XML_CODES: readonly (readonly [code: string, verdict: Verdict])[] = [
  ["NoSuchKey", { meaning: "absent" }],
  ["NoSuchBucket", NO_BUCKET],
  ["SlowDown", { meaning: "busy" }],
  ["NotImplemented", { meaning: "unsupported" }],
];

const S3: Provider = {
  writeHeaders: { "content-type": "application/json" },
  versionHeader: "etag",
  etagForms: ["quoted", "unquoted"],
  conditionHeaders: etagCondition,
  authorize: ({ url, ...request }, { credentials, region, time }) => {
    if (!("secretAccessKey" in credentials)) throw new TypeError("S3 needs an access key");
    return { url: url.href, headers: signS3({ url, ...request }, credentials, { region, time }) };
  },
  codes: new Map([
    ...XML_CODES,
    ["InvalidObjectState", ARCHIVED],
    ["RequestTimeTooSkewed", { meaning: "skewed" }],
    ...named(EXPIRED, "ExpiredToken", "ExpiredTokenException", "InvalidToken"),
    ...named(EXPIRED, "TokenRefreshRequired", "InvalidAccessKeyId", "SignatureDoesNotMatch"),
    ["AuthorizationHeaderMalformed", denied("the region may be wrong: set region or AWS_REGION")],
  ]),
  permissions:
    "allow s3:GetObject and s3:PutObject on KEY and KEY.probe, and s3:ListBucket on the " +
    "bucket, without which a missing object looks like a forbidden one",
};

const GCS: Provider = {
  // Google keeps publicly readable objects in caches for an hour, unless the object itself says otherwise.
  writeHeaders: { "content-type": "application/json", "cache-control": "no-store" },
  versionHeader: "x-goog-generation",
  etagForms: ["quoted"],
  conditionHeaders: (condition) => ({
    "x-goog-if-generation-match": "isAbsent" in condition ? "0" : condition.version,
  }),
  authorize: ({ url, headers }, { credentials }) => {
    if (!("accessToken" in credentials)) throw new TypeError("GCS needs an access token");
    return { url: url.href, headers: withToken(headers, credentials.accessToken) };
  },
  codes: new Map([...XML_CODES, ...named(RETAINED, "RetentionPolicyNotMet", "ObjectUnderHold")]),
  permissions:
    "grant roles/storage.objectUser (storage.objects.get, .create, .delete, which replacing needs, and .list, without " +
    "which a missing object looks like a forbidden one) on OBJECT and OBJECT.probe",
};

const AZURE: Provider = {
  headers: { "x-ms-version": "2021-12-02" },
  writeHeaders: { "content-type": "application/json", "x-ms-blob-type": "BlockBlob" },
  versionHeader: "etag",
  etagForms: ["quoted"],
  conditionHeaders: etagCondition,
  authorize: (request, { credentials, account, time }) => {
    const { url, headers } = request;
    if ("accessToken" in credentials) {
      return { url: url.href, headers: withToken(headers, credentials.accessToken) };
    }
    if ("sasToken" in credentials) {
      return { url: `${url.href}?${plainSas(credentials.sasToken)}`, headers };
    }
    if (!("accountKey" in credentials)) throw new TypeError("Azure needs a token, a SAS or a key");
    const { accountKey } = credentials;
    return { url: url.href, headers: signSharedKey(request, { account, accountKey }, time) };
  },
  codes: new Map([
    ["BlobNotFound", { meaning: "absent" }],
    ...named(NO_BUCKET, "ContainerNotFound", "ContainerBeingDeleted"),
    ["BlobAlreadyExists", { meaning: "refused" }],
    ["NotImplemented", { meaning: "unsupported" }],
    ...named(LEASED, "LeaseIdMissing", "LeaseIdMismatchWithBlobOperation", "LeaseLost"),
    ["BlobArchived", ARCHIVED],
    ["BlobImmutableDueToPolicy", RETAINED],
    ["InvalidBlobType", denied("the blob is not a block blob: use another name")],
    ["AuthenticationFailed", EXPIRED],
  ]),
  permissions:
    "assign the role Storage Blob Data Contributor, or use a SAS with the permissions rcw",
};

/** The three kinds of buckets. */
export const PROVIDERS: Readonly<Record<Dialect, Provider>> = Object.freeze({
  s3: S3,
  gcs: GCS,
  azure: AZURE,
});

function withToken(
  headers: Readonly<Record<string, string>>,
  token: string,
): Record<string, string> {
  return { ...headers, authorization: `Bearer ${token}` };
}
