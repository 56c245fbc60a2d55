import { createHash, createHmac } from "node:crypto";

/** An access key of S3 or of a server that speaks its protocol. */
export interface AccessKey {
  /** The access key's id. */
  readonly accessKeyId: string;
  /** The secret that belongs to it. */
  readonly secretAccessKey: string;
  /** The session token of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** A request to sign. */
export interface UnsignedRequest {
  /** The method, in capitals. */
  readonly method: string;
  /** The whole address, its path percent-encoded as it is sent. */
  readonly url: URL;
  /** The headers that are sent; each of them is signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body; empty if there is none. */
  readonly body: Uint8Array;
}

/** What a signature is valid for. */
interface SigningScope {
  /** The region, such as `eu-central-1`. */
  readonly region: string;
  /** The service, such as `s3`. */
  readonly service: string;
  /** When the request is signed, in milliseconds since the Unix epoch. */
  readonly time: number;
}

/**
 * Signs a request to S3 by AWS Signature Version 4, and returns its headers. The payload is always hashed, and every header
 * is signed: a request whose condition was removed on the way is refused.
 */
export function signS3(
  request: UnsignedRequest,
  key: AccessKey,
  { region, time }: Pick<SigningScope, "region" | "time">,
): Record<string, string> {
  const headers = {
    ...request.headers,
    "x-amz-content-sha256": sha256(request.body),
    "x-amz-date": amzDate(time),
    ...(key.sessionToken !== undefined && { "x-amz-security-token": key.sessionToken }),
  };
  const authorization = authorize({ ...request, headers }, key, { region, service: "s3", time });
  return { ...headers, authorization };
}

/** Returns the `authorization` header of a request, with all its headers and `host` signed. */
export function authorize(request: UnsignedRequest, key: AccessKey, scope: SigningScope): string {
  const { names, text } = canonicalRequest(request);
  const day = amzDate(scope.time).slice(0, 8);
  const credentialScope = `${day}/${scope.region}/${scope.service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", amzDate(scope.time), credentialScope, sha256(text)];
  const signature = createHmac("sha256", signingKey(key.secretAccessKey, day, scope))
    .update(toSign.join("\n")).digest("hex");
  return `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${credentialScope}, ` +
    `SignedHeaders=${names}, Signature=${signature}`;
}

/** Derives the key that one day's requests to one service are signed with. */
export function signingKey(
  secret: string,
  day: string,
  { region, service }: Pick<SigningScope, "region" | "service">,
): Uint8Array {
  return [day, region, service, "aws4_request"].reduce<Uint8Array>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    new TextEncoder().encode(`AWS4${secret}`),
  );
}

/** Formats a time as `x-amz-date` has it: `20130524T000000Z`. */
export function amzDate(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

function canonicalRequest(
  { method, url, headers, body }: UnsignedRequest,
): { names: string; text: string } {
  const entries = Object.entries({ ...headers, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/ +/g, " ")] as const)
    .sort(([a], [b]) => a < b ? -1 : 1);
  const names = entries.map(([name]) => name).join(";");
  const lines = entries.map(([name, value]) => `${name}:${value}\n`).join("");
  const hash = headers["x-amz-content-sha256"] ?? sha256(body);
  return {
    names,
    text: [method, url.pathname, canonicalQuery(url), lines, names, hash].join("\n"),
  };
}

function canonicalQuery(url: URL): string {
  return Array.from(
    url.searchParams,
    ([name, value]) => [percentEncode(name), percentEncode(value)],
  )
    .sort(([a = "", x = ""], [b = "", y = ""]) => a === b ? (x < y ? -1 : 1) : (a < b ? -1 : 1))
    .map((pair) => pair.join("=")).join("&");
}

/** Percent-encodes a text as AWS does: everything but letters, digits and `-._~`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
