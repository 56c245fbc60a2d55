import { type Clock, type Fetch, LockUnavailableError } from "../lock/mod.ts";
import { systemClock, systemFetch } from "../lock/system.ts";
import { failureOf } from "./failures.ts";
import { Transport } from "./http.ts";
import {
  checkBaseUrl,
  checkGistId,
  checkRequestTimeout,
  checkToken,
  DEFAULT_BASE_URL,
  DEFAULT_REQUEST_TIMEOUT,
} from "./options.ts";

/** Options of {@linkcode GistClient}. */
export interface GistClientOptions {
  /** The gist's id: hexadecimal digits. */
  readonly id: string;
  /** A token that may write gists. Without one, only reading works, and little of that. */
  readonly token?: string;
  /**
   * The REST API; `https://HOST/api/v3` on GitHub Enterprise Server.
   *
   * @default {"https://api.github.com"}
   */
  readonly baseUrl?: string;
  /**
   * How long one request may take, in milliseconds.
   *
   * @default {10_000}
   */
  readonly requestTimeout?: number;
  /**
   * The clock that time-outs and waits are counted with.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /**
   * The network.
   *
   * @default {fetch}
   */
  readonly fetch?: Fetch;
}

/** Options of {@linkcode GistClient.request}. */
export interface GistRequestOptions {
  /** What to send, as JSON. */
  readonly body?: unknown;
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
}

/** Speaks with the REST API about one gist. It holds the token, and shows it to nobody. */
export class GistClient {
  readonly #transport: Transport;
  readonly #url: string;
  readonly #hasToken: boolean;

  /**
   * Makes a client; nothing is sent yet.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option has a wrong value.
   */
  constructor(options: GistClientOptions) {
    const token = options.token === undefined ? undefined : checkToken(options.token);
    this.#url = `${checkBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL)}/gists/${
      checkGistId(options.id)
    }`;
    this.#hasToken = token !== undefined;
    this.#transport = new Transport({
      fetch: options.fetch ?? systemFetch,
      clock: options.clock ?? systemClock,
      requestTimeout: checkRequestTimeout(options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT),
      ...(token !== undefined && { authorization: `Bearer ${token}`, secrets: [token] }),
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
    { body, etag, signal }: GistRequestOptions = {},
  ): Promise<GistResponse> {
    const answer = await this.#transport.send({
      method,
      url: this.#url + path,
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
    if (status === 304 && etag !== undefined) {
      return { status, value: undefined, etag, hasNext: false };
    }
    const value = parseJson(answer.body);
    if (status < 200 || status > 299) {
      const message = this.#transport.redact(messageOf(value));
      throw failureOf({ method, status, message, where, hasToken: this.#hasToken });
    }
    if (value === undefined) {
      throw new LockUnavailableError(
        `Cannot read the answer about ${where} as it must be JSON: check that the base URL is one of the gist API`,
      );
    }
    const hasNext = /rel="?next\b/.test(headers.get("link") ?? "");
    return { status, value, etag: readEtag(headers.get("etag")), hasNext };
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function messageOf(value: unknown): string {
  if (typeof value !== "object" || value === null || !("message" in value)) return "";
  return typeof value.message === "string" ? value.message : "";
}

/** An ETag is sent back in a header, every time. */
function readEtag(etag: string | null): string | undefined {
  return etag !== null && /^[\x21-\x7e]{1,255}$/.test(etag) ? etag : undefined;
}
