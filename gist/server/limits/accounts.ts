import { Buffer } from "node:buffer";
import { decodeText } from "../../git/objects/bytes.ts";

/** The sender of a request: an account, `undefined` without a token, or `bad` with an unknown one. */
interface Caller {
  readonly login: string | undefined;
  readonly bad: boolean;
}

/**
 * Identifies the sender of a request by its `Authorization` header: `Bearer` or `token` from REST clients, `Basic` with the
 * token as password from git.
 */
export function identify(headers: Headers, accounts: ReadonlyMap<string, string>): Caller {
  const header = headers.get("authorization");
  if (header === null) return { login: undefined, bad: false };
  const [scheme = "", credentials = ""] = header.trim().split(/\s+/);
  const token = scheme.toLowerCase() === "basic" ? passwordOf(credentials) : credentials;
  const login = accounts.get(token);
  return { login, bad: login === undefined };
}

function passwordOf(credentials: string): string {
  const pair = decodeText(Buffer.from(credentials, "base64"));
  return pair.slice(pair.indexOf(":") + 1);
}
