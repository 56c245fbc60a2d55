import { decodeText } from "../../git/objects/bytes.ts";

/** Who sends a request: an account, nobody in particular, or somebody with a token that is not known here. */
export type Caller =
  | { readonly login: string | undefined; readonly bad: false }
  | { readonly login: undefined; readonly bad: true };

/**
 * Finds out who sends a request, by the `Authorization` header that REST clients (`Bearer`, `token`) and git (`Basic`,
 * the token as password) send.
 */
export function identify(headers: Headers, accounts: ReadonlyMap<string, string>): Caller {
  const header = headers.get("authorization");
  if (header === null) return { login: undefined, bad: false };
  const [scheme = "", credentials = ""] = header.trim().split(/\s+/);
  const token = scheme.toLowerCase() === "basic" ? passwordOf(credentials) : credentials;
  const login = accounts.get(token);
  return login === undefined ? { login, bad: true } : { login, bad: false };
}

function passwordOf(credentials: string): string {
  try {
    const bytes = Uint8Array.from(atob(credentials), (character) => character.charCodeAt(0));
    const pair = decodeText(bytes);
    return pair.slice(pair.indexOf(":") + 1);
  } catch {
    return "";
  }
}
