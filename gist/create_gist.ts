import { type Clock, type Fetch, LockAccessError, LockUnavailableError } from "../lock/mod.ts";
import { systemClock, systemFetch } from "../lock/system.ts";
import { quoteServer, SCOPE_ADVICE } from "./access.ts";
import { parseJson } from "./rest/response.ts";
import { checkBaseUrl, Transport } from "../store/kit.ts";
import {
  checkFileName,
  checkGistId,
  checkToken,
  DEFAULT_BASE_URL,
  DEFAULT_FILE,
  DEFAULT_REQUEST_TIMEOUT,
} from "./options.ts";

/** Options of {@linkcode createGist}. */
export interface CreateGistOptions {
  /** A token that may write gists. */
  readonly token: string;
  /**
   * The file that will hold the record.
   *
   * @default {"leader-election.json"}
   */
  readonly file?: string | undefined;
  /**
   * What the gist says about itself.
   *
   * @default {"Leader election"}
   */
  readonly description?: string | undefined;
  /**
   * The REST API; `https://HOST/api/v3` on GitHub Enterprise Server.
   *
   * @default {"https://api.github.com"}
   */
  readonly baseUrl?: string | undefined;
  /**
   * The network.
   *
   * @default {fetch}
   */
  readonly fetch?: Fetch | undefined;
  /**
   * The clock that time-outs are counted with.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a secret gist for a lock that nobody holds, and returns its id. Whoever knows the id can read the gist.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has a wrong value. The token is never quoted.
 * @throws {LockAccessError} If the token may not make gists.
 * @throws {RateLimitError} If requests are refused for a while.
 * @throws {LockUnavailableError} If anything else but a success came back, or nothing; a gist may have been made.
 *
 * @example Make a gist, and lock with it
 * ```ts
 * import assert from "node:assert/strict";
 * import { createGist, GistLock } from "@multicluster/leader-election/gist";
 * import { GistServer, LOCAL_TOKEN } from "@multicluster/leader-election/gist/server";
 *
 * const { fetch } = new GistServer(); // a real gist needs neither this line nor `fetch`
 * const id = await createGist({ token: LOCAL_TOKEN, fetch });
 * const lock = new GistLock({ id, token: LOCAL_TOKEN, identity: "eu-west-1", fetch, protocol: "rest" });
 * assert.equal((await lock.get())?.record.holderIdentity, "");
 * ```
 */
export async function createGist(options: CreateGistOptions): Promise<string> {
  const token = checkToken(options.token);
  const file = checkFileName(options.file ?? DEFAULT_FILE);
  const transport = new Transport({
    fetch: options.fetch ?? systemFetch,
    clock: options.clock ?? systemClock,
    requestTimeout: DEFAULT_REQUEST_TIMEOUT,
    authorization: `Bearer ${token}`,
    secrets: [token],
  });
  const { status, body } = await transport.send({
    method: "POST",
    url: `${checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL)}/gists`,
    headers: {
      "accept": "application/vnd.github+json",
      "content-type": "application/json",
      "user-agent": "multicluster-leader-election",
      "x-github-api-version": "2022-11-28",
    },
    body: JSON.stringify({
      description: options.description ?? "Leader election",
      public: false,
      files: { [file]: { content: "{}" } },
    }),
  });
  if (status !== 201) {
    const quoted = quoteServer(parseJson(body), [token]);
    const said = quoted === "" ? "" : `, "${quoted}"`;
    if (status === 401 || status === 403 || status === 404) {
      throw new LockAccessError(
        `Cannot make a gist as the token may not: ${SCOPE_ADVICE} (status ${status}${said})`,
        status,
      );
    }
    throw new LockUnavailableError(
      `Cannot make a gist as the server must answer with success: it answered ${status}${said}`,
    );
  }
  return readId(body);
}

function readId(body: Uint8Array<ArrayBuffer>): string {
  try {
    return checkGistId(Object(parseJson(body)).id);
  } catch (cause) {
    throw new LockUnavailableError(
      "Cannot read the answer about the new gist as it must name its id: look for the gist on the website",
      { cause },
    );
  }
}
