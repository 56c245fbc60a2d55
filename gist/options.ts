import { type Clock, escapeText, type Fetch } from "../lock/mod.ts";
import { checkBaseUrl } from "../store/kit.ts";

/** The name of the file in the gist that holds the record, where none is given. */
export const DEFAULT_FILE = "leader-election.json";

/** The REST API of github.com. */
export const DEFAULT_BASE_URL = "https://api.github.com";

/** Where gists are repositories, on github.com. */
export const DEFAULT_GIT_BASE_URL = "https://gist.github.com";

/** How long one request may take, in milliseconds, where nothing is said. */
export const DEFAULT_REQUEST_TIMEOUT = 10_000;

/** Which gist, and how it is reached. */
export interface GistOptions {
  /** The gist's id: hexadecimal digits. */
  readonly id: string;
  /**
   * A token that may write the gist: a classic one of its owner with the scope `gist`, or for `rest` a fine-grained one with
   * "Gists: write". Without one, only reading by `rest` works, and little of that.
   */
  readonly token?: string | undefined;
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
   * How long one request may take, in milliseconds.
   *
   * @default {10_000}
   */
  readonly requestTimeout?: number | undefined;
  /**
   * The clock that time-outs and waits are counted with.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /**
   * The network. To give a request up, the request's signal aborts.
   *
   * @default {(request) => fetch(request)} without HTTP/2 after a request that was given up, and directly to this machine
   */
  readonly fetch?: Fetch | undefined;
}

/**
 * Checks a gist's id before it becomes part of a path.
 *
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it is anything but 1 to 64 hexadecimal digits.
 */
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

/**
 * Checks the name of a file in a gist.
 *
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it is empty, longer than 255 characters, has a slash or a control character, or is "." or "..".
 */
export function checkFileName(file: unknown): string {
  if (typeof file !== "string") throw wrongType("file", file);
  if (!/^[^/\p{Cc}\p{Cs}]{1,255}$/u.test(file) || file === "." || file === "..") {
    throw new RangeError(
      `file must be 1 to 255 characters without slashes and control characters, got "${
        escapeText(file, 40)
      }"`,
    );
  }
  return file;
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

/**
 * Checks a token before it becomes a header: a stray line break would be quoted, token and all, in fetch's own error.
 *
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it is not a token, or one that can never write a gist. The token is not quoted.
 */
export function checkToken(token: unknown): string {
  if (token === undefined) {
    throw new TypeError('No token: pass one of the gist\'s owner, with the scope "gist"');
  }
  if (typeof token !== "string") throw wrongType("token", token);
  if (token.length < 1 || token.length > 255) {
    throw new RangeError(
      `token must be 1 to 255 characters long, got one of ${token.length}`,
    );
  }
  const stray = token.search(/[^\x21-\x7e]/);
  if (stray >= 0) {
    throw new RangeError(
      `token must be visible ASCII without white space, got something else as character ${
        stray + 1
      } of ${token.length}; look for a line break at its end`,
    );
  }
  if (token.startsWith("ghs_")) {
    throw new RangeError(
      "token must be a person's, got an app installation token (ghs_…), such as the GITHUB_TOKEN of GitHub Actions: these " +
        "can never write a gist",
    );
  }
  return token;
}

/**
 * Names a gist's file for people. Only the beginning of the id, as everyone who knows the whole id of a secret gist can read
 * it.
 */
export function describeGist(id: string, file: string): string {
  return `gist ${id.slice(0, 4)}…/${escapeText(file, 80)}`;
}

/** Only the type is quoted: the value of a token is not. */
function wrongType(option: string, value: unknown): TypeError {
  return new TypeError(`${option} must be a string, got ${value === null ? "null" : typeof value}`);
}
