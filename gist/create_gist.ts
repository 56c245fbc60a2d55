import { LockUnavailableError } from "../lock/mod.ts";
import { systemClock, systemFetch } from "../lock/system.ts";
import { quoteServer, responseError, SCOPE_ADVICE } from "./access.ts";
import { type AccessToken, TokenSource } from "./access_token.ts";
import { API_HEADERS } from "./rest/client.ts";
import { parseJson } from "./json.ts";
import { checkBaseUrl, Transport } from "../store/kit.ts";
import {
  checkFileName,
  checkGistId,
  DEFAULT_BASE_URL,
  DEFAULT_FILE,
  DEFAULT_REQUEST_TIMEOUT,
  type GistOptions,
} from "./options.ts";

/** Options of {@linkcode createGist}: those of {@linkcode GistOptions} that a new gist needs, its token and description. */
export interface CreateGistOptions
  extends Pick<GistOptions, "file" | "baseUrl" | "fetch" | "clock"> {
  /** An access token with the right to write gists, or a function that returns one. */
  readonly token: AccessToken;
  /**
   * The description of the gist.
   *
   * @default {"Leader election"}
   */
  readonly description?: string | undefined;
}

/**
 * Creates a secret gist with a free lock and returns its id. Everyone who has the id can read the gist.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has an invalid value. The token is never quoted.
 * @throws {LockAccessError} If the token does not allow to create gists.
 * @throws {RateLimitError} If requests are refused for some time.
 * @throws {LockUnavailableError} If the request fails in any other way; a gist may have been created.
 *
 * @example Create a gist and a lock in it
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
  const clock = options.clock ?? systemClock;
  const requestTimeout = DEFAULT_REQUEST_TIMEOUT;
  const tokens = new TokenSource("Bearer", { token: options.token, clock, requestTimeout });
  const file = checkFileName(options.file ?? DEFAULT_FILE);
  const transport = new Transport({
    fetch: options.fetch ?? systemFetch,
    clock,
    requestTimeout,
    authorization: tokens,
    secrets: () => tokens.secrets(),
  });
  const { status, body } = await transport.send({
    method: "POST",
    url: `${checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL)}/gists`,
    headers: { ...API_HEADERS, "content-type": "application/json" },
    body: JSON.stringify({
      description: options.description ?? "Leader election",
      public: false,
      files: { [file]: { content: "{}" } },
    }),
  });
  if (status === 201) return readId(body);
  const quoted = quoteServer(parseJson(body), tokens.secrets());
  const isRefused = status === 401 || status === 403 || status === 404;
  const refusal = isRefused ? ["the token does not allow it", SCOPE_ADVICE] as const : undefined;
  throw responseError("Cannot create a gist", status, quoted, refusal);
}

function readId(body: Uint8Array<ArrayBuffer>): string {
  try {
    return checkGistId(Object(parseJson(body)).id);
  } catch (cause) {
    throw new LockUnavailableError(
      "The response about the new gist has no id; look for the gist on the website",
      { cause },
    );
  }
}
