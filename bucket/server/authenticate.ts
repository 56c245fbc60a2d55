import { createHash } from "node:crypto";
import type { ReceivedRequest } from "../../store/server/mod.ts";
import type { BucketAddress } from "../address.ts";
import { plainSas } from "../credentials/credentials.ts";
import { signSharedKey } from "../sign/shared_key.ts";
import { amzDate, authorize } from "../sign/sigv4.ts";
import { azureError, xmlError } from "./error_responses.ts";
import type { LOCAL_CREDENTIALS } from "./options.ts";

/** What requests are checked against. */
interface Accepted {
  readonly credentials: typeof LOCAL_CREDENTIALS;
  /** The region of S3; any if it is `undefined`. */
  readonly region: string | undefined;
  /** The server's time, in milliseconds since the Unix epoch. */
  readonly now: number;
}

/** How far a signature's time may be off, in milliseconds. */
const LONGEST_SKEW = 900_000;

/** Checks who sends a request; returns the refusal, or `undefined` if it is accepted. */
export function refuseStranger(
  request: ReceivedRequest,
  { dialect, account }: BucketAddress,
  accepted: Accepted,
): Response | undefined {
  switch (dialect) {
    case "s3":
      return refuseS3(request, accepted);
    case "gcs":
      return refuseGcs(request, accepted);
    case "azure":
      return refuseAzure(request, account, accepted);
  }
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$/;

function refuseS3(
  { method, url, headers, body }: ReceivedRequest,
  { credentials: { s3 }, region: ownRegion, now }: Accepted,
): Response | undefined {
  const given = headers.get("authorization") ?? "";
  const [, id, , region, names] = AUTHORIZATION.exec(given) ?? [];
  if (id === undefined || region === undefined || names === undefined) {
    return xmlError(403, "AccessDenied", "Access Denied");
  }
  if (id !== s3.accessKeyId) {
    return xmlError(403, "InvalidAccessKeyId", `The access key ${id} does not exist`);
  }
  if ((headers.get("x-amz-security-token") ?? undefined) !== s3.sessionToken) {
    return xmlError(400, "ExpiredToken", "The provided token has expired.");
  }
  if (ownRegion !== undefined && region !== ownRegion) {
    return xmlError(400, "AuthorizationHeaderMalformed", `the region '${region}' is wrong`);
  }
  const time = parseAmzDate(headers.get("x-amz-date") ?? "");
  if (!(Math.abs(time - now) <= LONGEST_SKEW)) {
    return xmlError(403, "RequestTimeTooSkewed", "The difference is too large.");
  }
  const signed = names.split(";");
  const isWhole = [...headers.keys()].every((name) => !mustBeSigned(name) || signed.includes(name));
  const entries = signed.filter((name) => name !== "host")
    .map((name) => [name, headers.get(name) ?? ""]);
  const expected = authorize(
    { method, url, headers: Object.fromEntries(entries), body },
    s3,
    { region, service: "s3", time },
  );
  const hash = createHash("sha256").update(body).digest("hex");
  if (!isWhole || given !== expected || headers.get("x-amz-content-sha256") !== hash) {
    return xmlError(403, "SignatureDoesNotMatch", "The signature does not match.");
  }
  return undefined;
}

/** What a proxy could change on the way with an effect. */
function mustBeSigned(name: string): boolean {
  return name.startsWith("x-amz-") || name.startsWith("if-") || name === "content-type";
}

function parseAmzDate(text: string): number {
  const time = Date.parse(
    text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  return Number.isFinite(time) && amzDate(time) === text ? time : NaN;
}

function refuseGcs(
  { headers }: ReceivedRequest,
  { credentials: { gcs } }: Accepted,
): Response | undefined {
  if (headers.get("authorization") === `Bearer ${gcs.accessToken}`) return undefined;
  return xmlError(401, "AuthenticationRequired", "Authentication required.");
}

function refuseAzure(
  { method, url, headers, body }: ReceivedRequest,
  account: string,
  { credentials: { azure, gcs, sas }, now }: Accepted,
): Response | undefined {
  const said = "Server failed to authenticate the request.";
  const failed = azureError(403, "AuthenticationFailed", said);
  const given = headers.get("authorization") ?? "";
  if (given === "") {
    return url.search.slice(1) === plainSas(sas.sasToken) ? undefined : failed;
  }
  if (given.startsWith("Bearer ")) {
    return given === `Bearer ${gcs.accessToken}`
      ? undefined
      : azureError(401, "InvalidAuthenticationInfo", said);
  }
  const time = Date.parse(headers.get("x-ms-date") ?? "");
  if (!(Math.abs(time - now) <= LONGEST_SKEW)) return failed;
  const expected = signSharedKey(
    { method, url, headers: Object.fromEntries(headers), body },
    { account, accountKey: azure.accountKey },
    time,
  );
  return given === expected["authorization"] ? undefined : failed;
}
