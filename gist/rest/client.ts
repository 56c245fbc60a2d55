import {
  type CallOptions,
  type Clock,
  LockUnavailableError,
  type Quota,
  readClock,
} from "../../lock/mod.ts";
import { systemClock, systemFetch } from "../../lock/system.ts";
import { quoteServer, refusalOf, responseError } from "../access.ts";
import { TokenSource } from "../access_token.ts";
import { parseJson } from "../json.ts";
import { checkBaseUrl, checkRequestTimeout, Transport } from "../../store/kit.ts";
import {
  checkFileName,
  checkGistId,
  DEFAULT_BASE_URL,
  DEFAULT_FILE,
  DEFAULT_REQUEST_TIMEOUT,
  describeGist,
  type GistOptions,
} from "../options.ts";
import { readQuota } from "./quota.ts";

interface GistRequestOptions extends Pick<CallOptions, "signal"> {
  /** Sent as JSON. */
  readonly body?: unknown | undefined;
  /** Allows a 304 if the gist has not changed since this ETag. */
  readonly etag?: string | undefined;
}

/** A successful response of the REST API. */
export interface GistResponse {
  /** 304 if the ETag still holds, else from 200 to 299; 204 after a deletion. */
  readonly status: number;
  /** The JSON of the body, of any shape; `undefined` with a 304 or 204. */
  readonly value: unknown;
  readonly etag: string | undefined;
  readonly hasNext: boolean;
  /** The scopes of the token, separated by commas; `undefined` if unknown, as those of a fine-grained token. */
  readonly scopes: string | undefined;
}

/** The headers of every request to GitHub's REST API. */
export const API_HEADERS: Readonly<Record<string, string>> = {
  "accept": "application/vnd.github+json",
  "user-agent": "multicluster-leader-election",
  "x-github-api-version": "2022-11-28",
};

/** A gist id of at least this length is a secret: everyone who has it can read the gist. */
const SECRET_ID_LENGTH = 16;

/** The REST client of a gist's file. The token never leaves it. */
export class GistClient {
  readonly file: string;
  /** Names the file in errors; see `describeGist`. */
  readonly where: string;
  readonly hasToken: boolean;
  readonly #transport: Transport;
  readonly #baseUrl: string;
  readonly #id: string;
  readonly #tokens: TokenSource | undefined;
  #quota: Quota | undefined;
  readonly clock: Clock;
  readonly requestTimeout: number;

  constructor(options: GistOptions) {
    const { token, fetch = systemFetch } = options;
    const clock = options.clock ?? systemClock;
    const requestTimeout = checkRequestTimeout(options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT);
    this.clock = clock;
    this.requestTimeout = requestTimeout;
    this.#tokens = token === undefined
      ? undefined
      : new TokenSource("Bearer", { token, clock, requestTimeout });
    this.hasToken = this.#tokens !== undefined;
    this.#baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL);
    this.#id = checkGistId(options.id);
    this.file = checkFileName(options.file ?? DEFAULT_FILE);
    this.where = describeGist(this.#id, this.file);
    this.#transport = new Transport({
      // Reads the quota from every response, a rate limit's included.
      fetch: async (request) => {
        const response = await fetch(request);
        this.#quota = readQuota(response.headers, readClock(clock)) ?? this.#quota;
        return response;
      },
      clock,
      requestTimeout,
      authorization: this.#tokens,
      secrets: () => this.#secrets(),
    });
  }

  /**
   * Sends one request about the gist.
   *
   * @param path A path below the gist's own, such as `/commits`.
   * @throws {LockAccessError} If the token or the gist's id is wrong; nothing was written.
   * @throws {RateLimitError} If requests are refused for some time; nothing was written.
   * @throws {LockUnavailableError} If the request fails in any other way.
   */
  request(
    method: "GET" | "PATCH" | "DELETE",
    path: string,
    options: GistRequestOptions = {},
  ): Promise<GistResponse> {
    return this.#send(method, `/gists/${this.#id}${path}`, options);
  }

  /** Requests the token's account. Fails as {@linkcode GistClient.request} does. */
  requestUser({ signal }: CallOptions): Promise<GistResponse> {
    return this.#send("GET", "/user", { signal });
  }

  /** Returns the quota as of the last response; `undefined` if it was not reported, or has been reset since. */
  quota(): Quota | undefined {
    const quota = this.#quota;
    return quota && this.clock.monotonic() < quota.resetAt ? quota : undefined;
  }

  async #send(
    method: string,
    path: string,
    { body, etag, signal }: GistRequestOptions,
  ): Promise<GistResponse> {
    const answer = await this.#transport.send({
      method,
      url: this.#baseUrl + path,
      headers: {
        ...API_HEADERS,
        ...(etag !== undefined && { "if-none-match": etag }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    const { status, headers } = answer;
    const scopes = this.#hasScopes() ? headers.get("x-oauth-scopes") ?? undefined : undefined;
    if ((status === 304 && etag !== undefined) || status === 204) {
      return { status, value: undefined, etag, hasNext: false, scopes };
    }
    const value = parseJson(answer.body);
    if (status < 200 || status > 299) {
      const attempt = `Cannot ${method === "GET" ? "read" : "write"} ${this.where}`;
      const quoted = quoteServer(value, this.#secrets());
      throw responseError(attempt, status, quoted, refusalOf(method, status, this.hasToken));
    }
    if (value === undefined) {
      throw new LockUnavailableError(
        `Cannot read the response about ${this.where}: it is not JSON; check that the base URL is that of the gist API`,
      );
    }
    const hasNext = /rel="?next\b/.test(headers.get("link") ?? "");
    return { status, value, etag: readEtag(headers.get("etag")), hasNext, scopes };
  }

  #secrets(): string[] {
    return [
      ...(this.#tokens?.secrets() ?? []),
      ...(this.#id.length >= SECRET_ID_LENGTH ? [this.#id] : []),
    ];
  }

  /** Tokens of an app and fine-grained ones have permissions instead of scopes: their empty list means nothing. */
  #hasScopes(): boolean {
    const token = this.#tokens?.current;
    return token !== undefined && !/^(?:ghu_|github_pat_)/.test(token);
  }
}

/** Returns an ETag that can be sent back in a header. */
function readEtag(etag: string | null): string | undefined {
  return etag !== null && /^[\x21-\x7e]{1,255}$/.test(etag) ? etag : undefined;
}
