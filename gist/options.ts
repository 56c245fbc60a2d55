import { escapeText } from "../lock/mod.ts";

/** The name of the file in the gist that holds the record, where none is given. */
export const DEFAULT_FILE = "leader-election.json";

/** The REST API of github.com. */
export const DEFAULT_BASE_URL = "https://api.github.com";

/** Where gists are repositories, on github.com. */
export const DEFAULT_GIT_BASE_URL = "https://gist.github.com";

/** How long one request may take, in milliseconds, where nothing is said. */
export const DEFAULT_REQUEST_TIMEOUT = 10_000;

/** `setTimeout`, which counts in 32 bits, is where this limit comes from. */
const LONGEST_REQUEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Checks a gist's id before it becomes part of a path.
 *
 * @throws {TypeError} If it is no string.
 * @throws {RangeError} If it is anything but 1 to 64 hexadecimal digits.
 */
export function checkGistId(id: unknown): string {
  if (typeof id !== "string") throw wrongType("the gist id", "a string", id);
  if (!/^[0-9a-f]{1,64}$/i.test(id)) {
    throw new RangeError(
      `Cannot use the gist id as it must be 1 to 64 hexadecimal digits: it is "${
        escapeText(id, 40)
      }"`,
    );
  }
  return id.toLowerCase();
}

/**
 * Checks the name of a file in a gist.
 *
 * @throws {TypeError} If it is no string.
 * @throws {RangeError} If it is empty, longer than 255 characters, has a slash or a control character, or is "." or "..".
 */
export function checkFileName(file: unknown): string {
  if (typeof file !== "string") throw wrongType("the file name", "a string", file);
  if (!/^[^/\p{Cc}\p{Cs}]{1,255}$/u.test(file) || file === "." || file === "..") {
    throw new RangeError(
      `Cannot use the file name as it must be 1 to 255 characters without slashes and control characters: it is "${
        escapeText(file, 40)
      }"`,
    );
  }
  return file;
}

/**
 * Checks the address that paths are appended to, and returns it without a slash at its end.
 *
 * @throws {TypeError} If it is no URL.
 * @throws {RangeError} If it is not https (http for this machine only), or holds credentials, a query or a hash.
 */
export function checkBaseUrl(baseUrl: unknown): string {
  if (typeof baseUrl !== "string") throw wrongType("the base URL", "a string", baseUrl);
  if (!URL.canParse(baseUrl)) {
    throw new TypeError("Cannot use the base URL as it must be a URL: it cannot be read as one");
  }
  const url = new URL(baseUrl);
  // The credentials themselves are never quoted.
  if (url.username !== "" || url.password !== "" || /[?#]/.test(baseUrl)) {
    throw new RangeError(
      `Cannot use the base URL as it must be without credentials, query and hash: its host is "${
        escapeText(url.host, 80)
      }"`,
    );
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new RangeError(
      `Cannot use the base URL as it must be https, or http on this machine itself: it is "${
        escapeText(`${url.protocol}//${url.host}`, 80)
      }"`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/**
 * Where gists are repositories, given the address of the REST API: `https://gist.github.com` for github.com, and
 * `https://HOST/gist` for GitHub Enterprise Server. Anything else serves both at one address, as the local gist server does.
 */
export function gitBaseUrl(baseUrl: string = DEFAULT_BASE_URL): string {
  const checked = checkBaseUrl(baseUrl);
  if (checked === DEFAULT_BASE_URL) return DEFAULT_GIT_BASE_URL;
  return checked.replace(/\/api\/v3$/, "/gist");
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/**
 * Checks a token before it becomes a header: a stray line break would be quoted, token and all, in fetch's own error.
 *
 * @throws {TypeError} If it is no string.
 * @throws {RangeError} If it is no token, or one that can never write a gist. The token is not quoted.
 */
export function checkToken(token: unknown): string {
  if (typeof token !== "string") throw wrongType("the token", "a string", undefined);
  if (token.length < 1 || token.length > 255) {
    throw new RangeError(
      `Cannot use the token as it must be 1 to 255 characters long: it has ${token.length}`,
    );
  }
  const stray = token.search(/[^\x21-\x7e]/);
  if (stray >= 0) {
    throw new RangeError(
      `Cannot use the token as it must be visible ASCII without white space: character ${
        stray + 1
      } of ${token.length} is something else; look for a line break at its end`,
    );
  }
  if (token.startsWith("ghs_")) {
    throw new RangeError(
      "Cannot use the token as it must be a person's: it is an app installation token (ghs_…), such as the " +
        "GITHUB_TOKEN of GitHub Actions, and these can never write a gist",
    );
  }
  return token;
}

/**
 * Checks the identity of a candidate.
 *
 * @throws {TypeError} If it is no string.
 * @throws {RangeError} If it is not 1 to 128 characters without control characters.
 */
export function checkIdentity(identity: unknown): string {
  if (typeof identity !== "string") throw wrongType("the identity", "a string", identity);
  if (!/^\P{Cc}+$/u.test(identity) || identity.length > 128) {
    throw new RangeError(
      `Cannot use the identity as it must be 1 to 128 characters without control characters: it is "${
        escapeText(identity, 40)
      }"`,
    );
  }
  return identity;
}

/**
 * Checks how long one request may take, in milliseconds.
 *
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is not more than 0 and finite.
 */
export function checkRequestTimeout(ms: unknown): number {
  if (typeof ms !== "number") throw wrongType("requestTimeout", "a number", ms);
  if (!(ms > 0 && ms <= LONGEST_REQUEST_TIMEOUT)) {
    throw new RangeError(
      `Cannot use requestTimeout as it must be more than 0 and at most ${LONGEST_REQUEST_TIMEOUT} ms: it is ${ms}`,
    );
  }
  return ms;
}

/**
 * Names a gist's file for people. Only the id's beginning is told, as whoever knows the whole id of a secret gist can
 * read it.
 */
export function describeGist(id: string, file: string): string {
  return `gist ${id.slice(0, 4)}…/${escapeText(file, 80)}`;
}

function wrongType(what: string, rule: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot use ${what} as it must be ${rule}: it is ${value === null ? "null" : typeof value}`,
  );
}
