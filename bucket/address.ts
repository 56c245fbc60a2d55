import { escapeText } from "../lock/mod.ts";

/** Which kind of bucket it is: S3 and its kin, Google Cloud Storage, or Azure Blob Storage. */
export type Dialect = "s3" | "gcs" | "azure";

/** The address of a lock's object. */
export interface BucketAddress {
  /** Which kind of bucket it is. */
  readonly dialect: Dialect;
  /** The storage account of Azure; `""` elsewhere. */
  readonly account: string;
  /** The bucket; Azure calls it a container. */
  readonly bucket: string;
  /** The object's key; Azure calls it the name of a blob. */
  readonly key: string;
}

/** What follows the key of a lock in the key of the object that its bucket is probed with. */
export const PROBE_SUFFIX = ".probe";

/** The longest key that all kinds of buckets take, in UTF-8 bytes. */
const MAX_KEY_BYTES = 1_024;

const SCHEMES: Readonly<Record<Dialect, string>> = { s3: "s3", gcs: "gs", azure: "az" };
const DIALECTS = Object.keys(SCHEMES) as readonly Dialect[];

const FORMS = "s3://BUCKET/KEY, gs://BUCKET/OBJECT or az://ACCOUNT/CONTAINER/BLOB";

/** A name that a provider gives rules for. */
interface NameRule {
  readonly what: string;
  readonly pattern: RegExp;
  readonly rule: string;
}

const BUCKETS: Readonly<Record<Dialect, NameRule>> = {
  s3: {
    what: "an S3 bucket",
    pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    rule:
      "3 to 63 lower case letters, digits, hyphens and single dots, no dot or hyphen at either end",
  },
  gcs: {
    what: "a GCS bucket",
    pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
    rule:
      "3 to 222 lower case letters, digits, hyphens, underscores and single dots, a letter or digit at both ends",
  },
  azure: {
    what: "an Azure container",
    pattern: /^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    rule: "3 to 63 lower case letters, digits and single hyphens, no hyphen at either end",
  },
};
const AZURE_ACCOUNT: NameRule = {
  what: "an Azure account",
  pattern: /^[a-z0-9]{3,24}$/,
  rule: "3 to 24 lower case letters and digits",
};

/**
 * Reads the address of a lock in a bucket. Nothing in it is percent-encoded.
 *
 * @param url `s3://BUCKET/KEY`, `gs://BUCKET/OBJECT` or `az://ACCOUNT/CONTAINER/BLOB`.
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it has another form, or a name that its kind of bucket does not take.
 */
export function parseBucketUrl(url: unknown): BucketAddress {
  if (url === undefined) throw new TypeError(`No url: pass ${FORMS}`);
  if (typeof url !== "string") {
    throw new TypeError(
      `url must be a string, such as ${FORMS}, got ${url === null ? "null" : typeof url}`,
    );
  }
  // A query may hold a signature, and is never quoted.
  if (/[?#]/.test(url)) {
    throw new RangeError(
      'url must not contain "?" or "#": an endpoint, a region and a SAS are options of their own',
    );
  }
  const [, scheme, path = ""] = /^(s3|gs|az):\/\/(.*)$/s.exec(url) ?? [];
  const form = scheme === "az" ? /^([^/]*)\/([^/]*)\/(.*)$/s : /^()([^/]*)\/(.*)$/s;
  const [, account, bucket, key] = form.exec(path) ?? [];
  const dialect = DIALECTS.find((dialect) => SCHEMES[dialect] === scheme);
  if (!dialect || account === undefined || bucket === undefined || key === undefined) {
    throw new RangeError(`url must be ${FORMS}, got "${show(url)}"`);
  }
  checkKey(key);
  if (dialect === "azure") checkName(AZURE_ACCOUNT, account);
  checkName(BUCKETS[dialect], bucket);
  if (dialect === "s3") refuseSpecialBucket(bucket);
  return { dialect, account, bucket, key };
}

/** Formats an address as {@linkcode parseBucketUrl} reads it, safe to print. */
export function formatBucketUrl({ dialect, account, bucket, key }: BucketAddress): string {
  const path = [...(account === "" ? [] : [account]), bucket, escapeText(key)].join("/");
  return `${SCHEMES[dialect]}://${path}`;
}

function checkName({ what, pattern, rule }: NameRule, name: string): void {
  if (pattern.test(name)) return;
  throw new RangeError(`The name of ${what} must be ${rule}, got "${show(name)}"`);
}

function checkKey(key: string): void {
  const rule = ruleBrokenBy(key);
  if (rule !== undefined) throw new RangeError(`The key must ${rule}, got "${show(key)}"`);
}

/** The rule that a key breaks; `undefined` if it is right. */
function ruleBrokenBy(key: string): string | undefined {
  const bytes = new TextEncoder().encode(key + PROBE_SUFFIX).length;
  if (key === "") return "not be empty";
  if (bytes > MAX_KEY_BYTES) {
    return `be at most ${
      MAX_KEY_BYTES - PROBE_SUFFIX.length
    } bytes long, as "${PROBE_SUFFIX}" is appended to it`;
  }
  if (/[\p{Cc}\p{Cs}\\]/u.test(key)) return "not contain control characters or backslashes";
  // A URL would drop a dot segment, and lead to another object.
  if (key.split("/").some((segment) => ["", ".", ".."].includes(segment))) {
    return 'not have a segment that is empty, "." or ".."';
  }
  if (key.endsWith(PROBE_SUFFIX)) {
    return `not end in "${PROBE_SUFFIX}", which names the object that a bucket is probed with`;
  }
  return undefined;
}

function refuseSpecialBucket(bucket: string): void {
  if (bucket.endsWith("--x-s3")) {
    throw new RangeError(
      `The bucket must be a general purpose bucket, got the directory bucket "${bucket}": it lives in one zone, and needs sessions`,
    );
  }
  if (bucket.endsWith(".mrap")) {
    throw new RangeError(
      `The bucket must be a single bucket, got the multi-region access point "${bucket}": its buckets replicate each other with a delay`,
    );
  }
}

/** What can be quoted of an address: not what stands before an "@", which may be a password. */
function show(text: string): string {
  return escapeText(text.replace(/^(\w+:\/\/)?.*@/s, "$1…@"), 80);
}
