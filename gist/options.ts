import { type Clock, escapeText, type Fetch, type RequestCounts } from "../lock/mod.ts";
import { checkBaseUrl } from "../store/kit.ts";
import { TOKEN_ADVICE } from "./access.ts";
import type { AccessToken } from "./access_token.ts";

/** The default name of the file that holds the record. */
export const DEFAULT_FILE = "leader-election.json";

/** The REST API of github.com. */
export const DEFAULT_BASE_URL = "https://api.github.com";

/** The address of the gists' repositories on github.com. */
export const DEFAULT_GIT_BASE_URL = "https://gist.github.com";

/** The default time limit of one request, in milliseconds. */
export const DEFAULT_REQUEST_TIMEOUT = 10_000;

/** How candidates exclude each other on a gist. All candidates of one lock must use the same protocol. */
export type Protocol = "git" | "rest";

/** The most requests that a proven read and a write need, by protocol. */
export const REQUESTS: Readonly<Record<Protocol, RequestCounts>> = Object.freeze({
  /** A read is `info/refs` and a fetch, a write is one push. */
  git: { read: 2, write: 1 },
  /** A read is the gist and its newest revision by name, a write is a PATCH and its revision by name. */
  rest: { read: 2, write: 2 },
});

/** A gist, and how to reach it. */
export interface GistOptions {
  /** The gist's id: hexadecimal digits. */
  readonly id: string;
  /**
   * An access token that may write the gist: a classic one of its owner with the scope `gist`, or for `rest` a fine-grained
   * one with "Gists: write". A function returns the current one, if it is rotated. Without a token, only reads with `rest` work,
   * within a much smaller quota.
   */
  readonly token?: AccessToken | undefined;
  /**
   * The file that holds the record.
   *
   * @default {"leader-election.json"}
   */
  readonly file?: string | undefined;
  /**
   * The REST API; `https://HOST/api/v3` on GitHub Enterprise Server.
   *
   * @default {"https://api.github.com"}
   */
  readonly baseUrl?: string | undefined;
  /**
   * The time limit of one request, in milliseconds.
   *
   * @default {10_000}
   */
  readonly requestTimeout?: number | undefined;
  /**
   * Measures timeouts and waits.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * Sends a request. The request's signal aborts to give it up.
   *
   * @default {(request) => fetch(request)} without HTTP/2 after a request that was given up, and without a proxy to this
   * machine
   */
  readonly fetch?: Fetch | undefined;
}

/** Checks a gist's id, which becomes part of a path, and returns it in lower case. */
export function checkGistId(id: unknown): string {
  if (id === undefined) throw new TypeError("No id: pass the gist's id");
  if (typeof id !== "string") throw wrongType("id", id);
  if (!/^[0-9a-f]{1,64}$/i.test(id)) {
    throw new RangeError(
      `id must be the gist's id of 1 to 64 hexadecimal digits, got "${escapeText(id, 40)}"`,
    );
  }
  return id.toLowerCase();
}

/** Checks the name of a file in a gist and returns it. */
export function checkFileName(file: unknown): string {
  if (typeof file !== "string") throw wrongType("file", file);
  if (!/^[^/\p{Cc}\p{Cs}]{1,255}$/u.test(file) || file === "." || file === "..") {
    const got = escapeText(file, 40);
    throw new RangeError(
      `file must be 1 to 255 characters without slashes and control characters, got "${got}"`,
    );
  }
  return file;
}

/**
 * Returns the address of the gists' repositories for an address of the REST API: `https://gist.github.com` for github.com,
 * and `https://HOST/gist` for GitHub Enterprise Server. Any other server has one address for both, as the local gist server.
 */
export function gitBaseUrl(baseUrl: string = DEFAULT_BASE_URL): string {
  const checked = checkBaseUrl(baseUrl);
  if (checked === DEFAULT_BASE_URL) return DEFAULT_GIT_BASE_URL;
  return checked.replace(/\/api\/v3$/, "/gist");
}

/**
 * Checks an access token and returns it. An invalid header, as from a stray line break, would make `fetch` quote the token in
 * its error.
 */
export function checkToken(token: unknown): string {
  if (token === undefined) throw new TypeError(`No token: ${TOKEN_ADVICE}`);
  if (typeof token !== "string") throw wrongType("token", token);
  if (token.length < 1 || token.length > 255) {
    throw new RangeError(`token must be 1 to 255 characters long, got ${token.length}`);
  }
  const stray = 1 + token.search(/[^\x21-\x7e]/);
  if (stray > 0) {
    throw new RangeError(
      "token must be visible ASCII without white space, got another character at position " +
        `${stray} of ${token.length}; look for a line break at its end`,
    );
  }
  if (token.startsWith("ghs_")) {
    throw new RangeError(
      "token must be a personal access token, got an app installation token (ghs_…), such as the GITHUB_TOKEN of GitHub " +
        "Actions, which can never write a gist",
    );
  }
  return token;
}

/**
 * Returns a name of a gist's file for logs and errors, with only the beginning of the id: everyone who has the whole id of a
 * secret gist can read it.
 */
export function describeGist(id: string, file: string): string {
  return `gist ${id.slice(0, 4)}…/${escapeText(file, 80)}`;
}

/** Quotes only the type, as the value may be a token. */
function wrongType(option: string, value: unknown): TypeError {
  return new TypeError(`${option} must be a string, got ${value === null ? "null" : typeof value}`);
}
