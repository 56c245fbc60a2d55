import type { AccessKey } from "../sign/sigv4.ts";
import type { Dialect } from "../address.ts";

/** Credentials that may expire. */
export interface Expiring {
  /** When they expire. They are refreshed before that; without it, only when they are refused. */
  readonly expiration?: Date | undefined;
}

/** An access key, as the providers of AWS's own SDK return it. */
export interface S3Credentials extends AccessKey, Expiring {}

/** An access token of Google or of Microsoft Entra. */
export interface BearerToken extends Expiring {
  /** The token. */
  readonly accessToken: string;
}

/** A shared access signature of Azure, which is sent as a part of the URL. */
export interface SasToken extends Expiring {
  /** The signature's whole query, such as `sv=…&sig=…`; the permissions `rcw` are needed. */
  readonly sasToken: string;
}

/** A key of a storage account of Azure. */
export interface AccountKey extends Expiring {
  /** The key, in base64. */
  readonly accountKey: string;
}

/** The credentials of requests: an access key for S3, a token for Google, one of three kinds for Azure. */
export type BucketCredentials = S3Credentials | BearerToken | SasToken | AccountKey;

/** Returns credentials, as the providers of the clouds' own SDKs do. Called again before they expire. */
export type CredentialProvider<C extends BucketCredentials = BucketCredentials> = () => Promise<C>;

/** The keys of each kind of credentials, and the form of their values. */
const KINDS: Readonly<Record<Dialect, readonly Readonly<Record<string, RegExp>>[]>> = {
  s3: [{ accessKeyId: /^[\x21-\x7e]{1,256}$/, secretAccessKey: /^[\x21-\x7e]{1,1024}$/ }],
  gcs: [{ accessToken: /^[\x21-\x7e]{1,16384}$/ }],
  azure: [
    { accessToken: /^[\x21-\x7e]{1,16384}$/ },
    { sasToken: /^\??[\w.~%=&+/:;,-]+$/ },
    { accountKey: /^[A-Za-z0-9+/]+={0,2}$/ },
  ],
};

const FORMS: Readonly<Record<Dialect, string>> = {
  s3: "{ accessKeyId, secretAccessKey, sessionToken? }",
  gcs: "{ accessToken }",
  azure: "{ accessToken }, { sasToken } or { accountKey }",
};

/**
 * Checks credentials before they become a header: fetch's own error would quote one with a stray line break. No value
 * is quoted.
 *
 * @throws {TypeError} If they have another shape.
 * @throws {RangeError} If a value has characters that it cannot have.
 */
export function checkCredentials(dialect: Dialect, value: unknown): BucketCredentials {
  const given: Record<string, unknown> = Object(value);
  const kind = KINDS[dialect].find((keys) =>
    Object.keys(keys).every((key) => typeof given[key] === "string")
  );
  if (!kind) throw new TypeError(`The credentials must be ${FORMS[dialect]}`);
  const keys = dialect === "s3" && typeof given["sessionToken"] === "string"
    ? { ...kind, sessionToken: /^[\x21-\x7e]{1,16384}$/ }
    : kind;
  // A copy: a provider may return the same object each time, and change it in place.
  const copy: Record<string, unknown> = {};
  for (const [key, pattern] of Object.entries(keys)) {
    copy[key] = given[key];
    if (!pattern.test(String(copy[key]))) {
      throw new RangeError(
        `The credentials' ${key} must be visible ASCII of its kind, got something else: check for a line break at its end`,
      );
    }
  }
  const { expiration } = given;
  if (expiration === undefined || expiration === null) return copy as unknown as BucketCredentials;
  if (!(expiration instanceof Date && Number.isFinite(+expiration))) {
    throw new TypeError("The credentials' expiration must be a valid Date");
  }
  return { ...copy, expiration: new Date(expiration) } as unknown as BucketCredentials;
}

/** The secrets in credentials, in the forms in which they are sent. */
export function secretsOf(credentials: BucketCredentials): string[] {
  const { expiration: _, ...rest } = credentials;
  const values = Object.values(rest).filter((value) => typeof value === "string");
  if (!("sasToken" in credentials)) return values;
  const signature = new URLSearchParams(credentials.sasToken).get("sig") ?? "";
  return [...values, plainSas(credentials.sasToken), signature].filter((value) => value !== "");
}

/** A shared access signature as it is appended to a URL: without a question mark. */
export function plainSas(sasToken: string): string {
  return sasToken.replace(/^\?/, "");
}

/** Whether two credentials are equal, apart from their expiration. */
export function isSame(a: BucketCredentials, b: BucketCredentials): boolean {
  return secretsOf(a).join("\n") === secretsOf(b).join("\n");
}
