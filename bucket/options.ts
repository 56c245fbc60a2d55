import { checkBaseUrl, checkRequestTimeout } from "../store/kit.ts";
import { checkFunctions, type Clock, escapeText, type Fetch } from "../lock/mod.ts";
import { systemClock, systemFetch, systemRandom } from "../lock/system.ts";
import { type BucketAddress, formatBucketUrl, parseBucketUrl } from "./address.ts";
import {
  type BucketCredentials,
  checkCredentials,
  type CredentialProvider,
} from "./credentials/credentials.ts";
import { defaultCredentials } from "./credentials/default.ts";
import {
  type Environment,
  readVariable,
  systemEnvironment,
  type WithEnvironment,
} from "./environment.ts";
import { percentEncode } from "./sign/sigv4.ts";

/** The default time limit of one request to a bucket, in milliseconds. */
export const DEFAULT_BUCKET_REQUEST_TIMEOUT = 3_000;

/** Options of everything that uses a lock's object in a bucket. */
export interface BucketOptions {
  /** The address of the lock's object: `s3://BUCKET/KEY`, `gs://BUCKET/OBJECT` or `az://ACCOUNT/CONTAINER/BLOB`. */
  readonly url: string;
  /**
   * The credentials of requests, or a function that returns them, such as a provider of AWS's SDK. The function is
   * called again before they expire, and when they are refused.
   *
   * @default {defaultCredentials} From variables, files, or the cloud's metadata service
   */
  readonly credentials?: BucketCredentials | CredentialProvider | undefined;
  /**
   * The address of the service; https, or http on this machine itself.
   *
   * @default {undefined} The provider's own; for S3 also `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`
   */
  readonly endpoint?: string | undefined;
  /**
   * The region of an S3 bucket.
   *
   * @default {undefined} `AWS_REGION`, `AWS_DEFAULT_REGION`, or with an endpoint `us-east-1`
   */
  readonly region?: string | undefined;
  /**
   * Whether the URL names an S3 bucket in the path instead of the host.
   *
   * @default {undefined} Only with an endpoint, or if the bucket's name has a dot
   */
  readonly pathStyle?: boolean | undefined;
  /**
   * The time limit of one request, in milliseconds.
   *
   * @default {3_000}
   */
  readonly requestTimeout?: number | undefined;
  /**
   * Measures timeouts and waits, and gives the time of signatures.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * Sends the requests.
   *
   * @default {fetch}
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Returns random numbers from 0 to 1, for waits.
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
  /**
   * Provides environment variables and files.
   *
   * @default {systemEnvironment}
   */
  readonly environment?: Environment | undefined;
  /** Called with warnings for an operator, such as that of a wrong clock. They contain no secret. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Options with all defaults filled in. */
export interface ResolvedOptions {
  readonly address: BucketAddress;
  /** Names an object of the bucket for people and logs. Contains no secret. */
  readonly describe: (key: string) => string;
  /** The region of S3; `""` elsewhere. */
  readonly region: string;
  /** The address of the bucket, without a slash at its end. */
  readonly bucketUrl: string;
  /** Returns credentials that are not checked yet. */
  readonly credentials: CredentialProvider;
  readonly requestTimeout: number;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly random: () => number;
  readonly onWarning: (message: string) => void;
}

/**
 * Checks options, and completes them from the environment.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has a wrong value, or there is no region. No credential is quoted.
 */
export function resolveOptions(options: BucketOptions): ResolvedOptions {
  const {
    environment = systemEnvironment,
    clock = systemClock,
    fetch = systemFetch,
    random = systemRandom,
    onWarning = () => {},
  } = options;
  const address = parseBucketUrl(options.url);
  checkFunctions(options, ["fetch", "random", "session", "onEvent", "onWarning"]);
  const requestTimeout = checkRequestTimeout(
    options.requestTimeout ?? DEFAULT_BUCKET_REQUEST_TIMEOUT,
  );
  const context = { environment, clock, fetch };
  const endpoint = endpointOf(options, address, context);
  const region = regionOf(options, address, endpoint, context);
  const place = endpoint === undefined ? "" : ` at ${escapeText(new URL(endpoint).host, 80)}`;
  return {
    address,
    describe: (key) => formatBucketUrl({ ...address, key }) + place,
    region,
    bucketUrl: bucketUrlOf(options, address, endpoint, region),
    credentials: providerOf(options.credentials, address) ??
      defaultCredentials(address.dialect, region, context),
    requestTimeout,
    clock,
    fetch,
    random,
    // A warning that cannot be written must fail neither a request nor the process.
    onWarning: (message) =>
      void new Promise((resolve) => resolve(onWarning(message))).catch(() => {}),
  };
}

/**
 * Returns the origin of the address that requests to a bucket go to, such as `https://storage.googleapis.com`. Sends nothing.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has an invalid value. No credential is quoted.
 */
export function bucketOrigin(options: BucketOptions): string {
  return new URL(resolveOptions(options).bucketUrl).origin;
}

function providerOf(
  given: BucketOptions["credentials"],
  { dialect }: BucketAddress,
): CredentialProvider | undefined {
  if (given === undefined || typeof given === "function") return given;
  const credentials = checkCredentials(dialect, given);
  return () => Promise.resolve(credentials);
}

/** The path of a key, percent-encoded. */
export function encodeKey(key: string): string {
  return key.split("/").map(percentEncode).join("/");
}

function endpointOf(
  { endpoint }: BucketOptions,
  { dialect }: BucketAddress,
  context: WithEnvironment,
): string | undefined {
  if (endpoint !== undefined) return checkBaseUrl(endpoint, "endpoint");
  if (dialect !== "s3") return undefined;
  for (const name of ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]) {
    const found = readVariable(context, name);
    if (found !== undefined) return checkBaseUrl(found, name);
  }
  return undefined;
}

function regionOf(
  { region }: BucketOptions,
  { dialect }: BucketAddress,
  endpoint: string | undefined,
  context: WithEnvironment,
): string {
  if (dialect !== "s3") return "";
  const found = region ?? readVariable(context, "AWS_REGION") ??
    readVariable(context, "AWS_DEFAULT_REGION") ??
    (endpoint === undefined ? undefined : "us-east-1");
  if (found === undefined) throw new RangeError("No region: set region, or AWS_REGION");
  if (typeof found !== "string") {
    throw new TypeError(`region must be a string, got ${typeof found}`);
  }
  // It becomes a part of a host's name.
  if (!/^[a-z0-9-]{1,40}$/.test(found)) {
    throw new RangeError(
      `region must be lower case letters, digits and hyphens, got "${escapeText(found, 40)}"`,
    );
  }
  return found;
}

function bucketUrlOf(
  { pathStyle }: BucketOptions,
  { dialect, account, bucket }: BucketAddress,
  endpoint: string | undefined,
  region: string,
): string {
  if (pathStyle !== undefined && typeof pathStyle !== "boolean") {
    throw new TypeError(`pathStyle must be true or false, got ${typeof pathStyle}`);
  }
  const service = endpoint ?? serviceUrl(dialect, account, region);
  const isInPath = dialect !== "s3" ||
    (pathStyle ?? (endpoint !== undefined || bucket.includes(".")));
  const url = isInPath ? `${service}/${bucket}` : service.replace("://", `://${bucket}.`);
  if (URL.canParse(url)) return url;
  throw new RangeError(
    "pathStyle must be true for an endpoint that is an IP address, as it has no names below it",
  );
}

function serviceUrl(dialect: BucketAddress["dialect"], account: string, region: string): string {
  return {
    s3: `https://s3.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`,
    gcs: "https://storage.googleapis.com",
    azure: `https://${account}.blob.core.windows.net`,
  }[dialect];
}
