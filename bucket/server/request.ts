import type { ReceivedRequest } from "../../store/server/mod.ts";
import type { BucketAddress, Dialect } from "../address.ts";

/** What a request is about. */
export type RequestKind = "read" | "write";

/** What a request is about. */
export function kindOf({ method }: Pick<ReceivedRequest, "method">): RequestKind {
  return method === "GET" || method === "HEAD" ? "read" : "write";
}

/**
 * Returns which object a request is about; `undefined` if its path cannot be decoded. Dialects are distinguished by host, and
 * else by their headers.
 */
export function targetOf({ url, headers }: ReceivedRequest): BucketAddress | undefined {
  const path = decodePath(url.pathname);
  if (!path) return undefined;
  const dialect = dialectOf(url, headers);
  if (dialect === "azure") {
    const [, host] = /^([^.]+)\.blob\./.exec(url.hostname) ?? [];
    const [account = "", bucket = "", ...key] = host === undefined ? path : [host, ...path];
    return { dialect, account, bucket, key: key.join("/") };
  }
  const [, host] = /^(.+)\.s3\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname) ?? [];
  const [bucket = "", ...key] = host === undefined ? path : [host, ...path];
  return { dialect, account: "", bucket, key: key.join("/") };
}

function decodePath(pathname: string): string[] | undefined {
  try {
    return pathname.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function dialectOf({ hostname, searchParams }: URL, headers: Headers): Dialect {
  if (hostname.includes(".blob.") || headers.has("x-ms-version") || searchParams.has("sig")) {
    return "azure";
  }
  const isBearer = headers.get("authorization")?.startsWith("Bearer ") ?? false;
  return hostname === "storage.googleapis.com" || isBearer ? "gcs" : "s3";
}
