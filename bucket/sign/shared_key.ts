import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import type { UnsignedRequest } from "./sigv4.ts";

/** The account of Azure Storage, and a key of it. */
interface StorageAccount {
  readonly account: string;
  readonly accountKey: string;
}

/** The standard headers that a signature covers, in its order; `content-length` is known from the body. */
const SIGNED = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-md5",
  "content-type",
  "date",
  "if-modified-since",
  "if-match",
  "if-none-match",
  "if-unmodified-since",
  "range",
];

/**
 * Signs a request to Azure Storage by its Shared Key scheme, and returns its headers. Conditions are signed.
 *
 * @param time When the request is signed, in milliseconds since the Unix epoch.
 */
export function signSharedKey(
  request: UnsignedRequest,
  { account, accountKey }: StorageAccount,
  time: number,
): Record<string, string> {
  const headers = { ...request.headers, "x-ms-date": new Date(time).toUTCString() };
  const signature = createHmac("sha256", Buffer.from(accountKey, "base64"))
    .update(stringToSign({ ...request, headers }, account)).digest("base64");
  return { ...headers, authorization: `SharedKey ${account}:${signature}` };
}

function stringToSign({ method, url, headers, body }: UnsignedRequest, account: string): string {
  const length = body.length === 0 ? {} : { "content-length": String(body.length) };
  const standard = new Headers({ ...headers, ...length });
  const own = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .filter(([name]) => name.startsWith("x-ms-"))
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, value]) => `${name}:${value}`);
  const query = Array.from(url.searchParams, ([name, value]) => `${name.toLowerCase()}:${value}`)
    .sort();
  return [
    method,
    ...SIGNED.map((name) => standard.get(name) ?? ""),
    ...own,
    [`/${account}${url.pathname}`, ...query].join("\n"),
  ].join("\n");
}
