import { type Clock, LockUnavailableError, type Quota, readClock } from "../../lock/mod.ts";
import { systemClock, systemFetch } from "../../lock/system.ts";
import { failureOf, quoteServer } from "../access.ts";
import { parseJson } from "./response.ts";
import { checkBaseUrl, checkRequestTimeout, Transport } from "../../store/kit.ts";
import {
  checkGistId,
  checkToken,
  DEFAULT_BASE_URL,
  DEFAULT_REQUEST_TIMEOUT,
  type GistOptions,
} from "../options.ts";
import { readQuota } from "./quota.ts";

/** Options of {@linkcode GistClient}. */
export type GistClientOptions = Omit<GistOptions, "file">;

/** Options of {@linkcode GistClient.request}. */
export interface GistRequestOptions {
  /** What to send, as JSON. */
  readonly body?: unknown | undefined;
  /** The answer may be 304 where the gist is still as it was when this ETag came. */
  readonly etag?: string | undefined;
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined;
}

/** A successful answer of the REST API. */
export interface GistResponse {
  /** 304 where the ETag still holds, else from 200 to 299. */
  readonly status: number;
  /** The JSON of the body; `undefined` with a 304. It may have any shape. */
  readonly value: unknown;
  /** The ETag, where there was a usable one. */
  readonly etag: string | undefined;
  /** Whether the answer names a next page. */
  readonly hasNext: boolean;
  /** The scopes of the token, separated by commas, where the answer names them: those of a fine-grained one are not. */
  readonly scopes?: string | undefined;
}

/** A gist id of at least this length is a secret: anyone who knows it can read the gist. */
const SECRET_ID_LENGTH = 16;

/** The REST client of one gist. The token never leaves it. */
export class GistClient {
  /** Whether requests carry a token. */
  readonly hasToken: boolean;
  readonly #transport: Transport;
  readonly #baseUrl: string;
  readonly #id: string;
  readonly #secrets: readonly string[];
  /** Tokens of an app, and fine-grained ones, have permissions in the place of scopes: an empty list says nothing. */
  readonly #hasScopes: boolean;
  #quota: Quota | undefined;
  readonly #clock: Clock;

  /**
   * Makes a client; nothing is sent yet.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option has a wrong value.
   */
  constructor(options: GistClientOptions) {
    const token = options.token === undefined ? undefined : checkToken(options.token);
    this.#baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL);
    this.#id = checkGistId(options.id);
    this.hasToken = token !== undefined;
    this.#hasScopes = token !== undefined && !/^(?:ghu_|github_pat_)/.test(token);
    this.#clock = options.clock ?? systemClock;
    this.#secrets = [
      ...(token !== undefined ? [token] : []),
      ...(this.#id.length >= SECRET_ID_LENGTH ? [this.#id] : []),
    ];
    const { fetch = systemFetch } = options;
    this.#transport = new Transport({
      // Every response counts, those that are refused for a limit, too.
      fetch: async (request) => this.#noteQuota(await fetch(request)),
      clock: this.#clock,
      requestTimeout: checkRequestTimeout(options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      secrets: this.#secrets,
    });
  }

  /**
   * Sends one request.
   *
   * @param method The method.
   * @param path What follows the gist's own address, such as `/commits`.
   * @param where Names the gist in errors.
   * @throws {LockAccessError} If the token or the gist's id is not right; nothing was written.
   * @throws {RateLimitError} If requests are refused for a while; nothing was written.
   * @throws {LockUnavailableError} If anything else but a success came back, or nothing.
   */
  async request(
    method: "GET" | "PATCH",
    path: string,
    where: string,
    options: GistRequestOptions = {},
  ): Promise<GistResponse> {
    return await this.#send(method, `/gists/${this.#id}${path}`, where, options);
  }

  /**
   * Asks for the account that the token is of.
   *
   * @param where Names the gist in errors.
   * @throws {LockError} See {@linkcode GistClient.request}.
   */
  async requestUser(
    where: string,
    options: Pick<GistRequestOptions, "signal"> = {},
  ): Promise<GistResponse> {
    return await this.#send("GET", "/user", where, options);
  }

  /** What the last response said of the quota; `undefined` if none did, or the quota is full again since. */
  quota(): Quota | undefined {
    const quota = this.#quota;
    return quota && this.#clock.monotonic() < quota.resetAt ? quota : undefined;
  }

  async #send(
    method: "GET" | "PATCH",
    path: string,
    where: string,
    { body, etag, signal }: GistRequestOptions,
  ): Promise<GistResponse> {
    const answer = await this.#transport.send({
      method,
      url: this.#baseUrl + path,
      headers: {
        "accept": "application/vnd.github+json",
        "user-agent": "multicluster-leader-election",
        "x-github-api-version": "2022-11-28",
        ...(etag !== undefined && { "if-none-match": etag }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    const { status, headers } = answer;
    const scopes = this.#hasScopes ? headers.get("x-oauth-scopes") : null;
    const named = scopes === null ? {} : { scopes };
    if (status === 304 && etag !== undefined) {
      return { status, value: undefined, etag, hasNext: false, ...named };
    }
    const value = parseJson(answer.body);
    if (status < 200 || status > 299) {
      const message = quoteServer(value, this.#secrets);
      throw failureOf({ method, status, message, where, hasToken: this.hasToken });
    }
    if (value === undefined) {
      throw new LockUnavailableError(
        `Cannot read the answer about ${where} as it must be JSON: check that the base URL is one of the gist API`,
      );
    }
    const hasNext = /rel="?next\b/.test(headers.get("link") ?? "");
    return { status, value, etag: readEtag(headers.get("etag")), hasNext, ...named };
  }

  #noteQuota(response: Response): Response {
    this.#quota = readQuota(response.headers, readClock(this.#clock)) ?? this.#quota;
    return response;
  }
}

/** An ETag is sent back in a header, every time. */
function readEtag(etag: string | null): string | undefined {
  return etag !== null && /^[\x21-\x7e]{1,255}$/.test(etag) ? etag : undefined;
}
