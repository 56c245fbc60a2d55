import { escapeText, LockAccessError } from "../../lock/mod.ts";

/** How long to wait if a store asks for a pause and names no time, in seconds: it takes one write of an object a second. */
const UNNAMED_PAUSE_SECONDS = "1";

/** Adds a time to a response that asks for a pause without one. */
export function withRetryAfter(response: Response): Response {
  const { status, headers, body } = response;
  if ((status !== 429 && status !== 503) || headers.has("retry-after")) return response;
  const changed = new Headers(headers);
  changed.set("retry-after", UNNAMED_PAUSE_SECONDS);
  return new Response(body, { status, headers: changed });
}

/**
 * Refuses a redirect of S3 to the region of the bucket with the name of that region.
 *
 * @throws {LockAccessError} If it is such a redirect.
 */
export async function refuseRegion(response: Response, bucketUrl: string): Promise<Response> {
  const { status, headers, body } = response;
  const region = headers.get("x-amz-bucket-region");
  if (status < 300 || status === 304 || status > 399 || region === null) return response;
  await body?.cancel();
  throw new LockAccessError(
    `Cannot use ${bucketUrl}: the bucket is in the region "${
      escapeText(region, 40)
    }"; set region, or AWS_REGION`,
    status,
  );
}

/**
 * Reads an ETag without its quotes. A weak one says that a proxy on the way changes responses: it names no version, and cannot
 * be a condition.
 */
export function readEtag(etag: string | null): string | undefined {
  const [, bare] = /^"?(?!W\/)([\x21\x23-\x7e]{1,255})"?$/.exec(etag?.trim() ?? "") ?? [];
  return bare;
}

/** Reads what names the version in the headers of a response; `undefined` if there is nothing usable. */
export function readVersion(headers: Headers, versionHeader: string): string | undefined {
  const value = headers.get(versionHeader);
  if (versionHeader === "etag") return readEtag(value);
  return value !== null && /^[1-9]\d{0,19}$/.test(value.trim()) ? value.trim() : undefined;
}

/** Headers that a host needs in addition to those of its dialect. */
export function headersOfHost(hostname: string): Record<string, string> {
  // Tigris copies objects between regions, and is consistent only if it is asked to be.
  return /(^|\.)(tigris\.dev|storage\.dev)$/.test(hostname)
    ? { "x-tigris-consistent": "true" }
    : {};
}
