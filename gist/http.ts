import {
  type Clock,
  escapeText,
  type Fetch,
  LockError,
  LockUnavailableError,
  RateLimitError,
} from "../lock/mod.ts";
import { rateLimitWait } from "./rate_limit.ts";

/** The longest answer that is read, in bytes. */
export const MAX_ANSWER_BYTES = 4 * 1_048_576;

/** What a {@linkcode Transport} is made of. */
export interface TransportOptions {
  /** The network. */
  readonly fetch: Fetch;
  /** The clock that time-outs and waits are counted with. */
  readonly clock: Clock;
  /** How long one request may take, its answer's body included, in milliseconds. */
  readonly requestTimeout: number;
  /** The `authorization` header; none is sent where there is none. */
  readonly authorization?: string;
  /** Texts that may appear in no error: the token, and any form of it that is sent. */
  readonly secrets?: readonly string[];
}

/** One request. */
export interface HttpRequest {
  /** The method. */
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** Headers beside `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Gives the request up; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The whole answer to a request. */
export interface HttpAnswer {
  /** The HTTP status; never a redirect. */
  readonly status: number;
  /** The headers. */
  readonly headers: Headers;
  /** The body. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Sends requests one by one to a host that is not trusted: each has a time-out of its own, redirects are refused, answers
 * are capped while they are read, errors are freed of secrets, and once the host limits requests none leaves before the
 * time is up.
 */
export class Transport {
  readonly #options: TransportOptions;
  #retryAt = -Infinity;

  /** Makes a transport; nothing is sent yet. */
  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @throws {RateLimitError} If requests are refused for a while, by this answer or an earlier one.
   * @throws {LockUnavailableError} If there is no whole answer in time, a redirect, or an answer too long.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { clock } = this.#options;
    request.signal?.throwIfAborted();
    if (clock.monotonic() < this.#retryAt) throw this.#rateLimitError(request.url);
    const answer = await this.#exchangeInTime(request);
    this.#refuseWhereLimited(request, answer);
    return answer;
  }

  /** A text without this transport's secrets, safe to print. */
  redact(text: string): string {
    const { secrets = [] } = this.#options;
    // Quoted headers may be escaped in ways that hide a secret from a plain search: such a text is dropped whole.
    if (/authorization|bearer|basic /i.test(text)) return "(withheld, as it quotes headers)";
    return escapeText(
      secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), text),
    );
  }

  async #exchangeInTime(request: HttpRequest): Promise<HttpAnswer> {
    const { clock, requestTimeout } = this.#options;
    const overdue = new AbortController();
    const done = new AbortController();
    clock.sleep(requestTimeout, { signal: done.signal }).then(() => overdue.abort(), () => {});
    const { signal: caller } = request;
    const signal = caller ? AbortSignal.any([caller, overdue.signal]) : overdue.signal;
    try {
      return await unlessAborted(this.#exchange(request, signal), signal);
    } catch (error) {
      caller?.throwIfAborted();
      if (error instanceof LockError) throw error;
      throw this.#unreachable(request, overdue.signal.aborted, error);
    } finally {
      done.abort();
    }
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { fetch, authorization } = this.#options;
    const headers = new Headers(request.headers);
    if (authorization !== undefined) headers.set("authorization", authorization);
    const response = await fetch(
      new Request(request.url, {
        method: request.method,
        headers,
        body: request.body ?? null,
        redirect: "manual",
        signal,
      }),
    );
    if (isRedirect(response.status)) {
      await response.body?.cancel();
      throw redirectError(request.url, response.headers.get("location"));
    }
    const body = await readCapped(response, request.url);
    return { status: response.status, headers: response.headers, body };
  }

  #unreachable(request: HttpRequest, isOverdue: boolean, error: unknown): LockUnavailableError {
    const host = hostOf(request.url);
    if (isOverdue) {
      return new LockUnavailableError(
        `Cannot reach ${host} as it must answer within ${this.#options.requestTimeout} ms: it did not`,
      );
    }
    const message = this.redact(error instanceof Error ? error.message : String(error));
    // The original may quote headers anywhere in its own chain of causes; only its text is kept, and that redacted.
    return new LockUnavailableError(`Cannot reach ${host}: ${message}`, {
      cause: new Error(message),
    });
  }

  #refuseWhereLimited(request: HttpRequest, { status, headers, body }: HttpAnswer): void {
    if (status !== 403 && status !== 429) return;
    const { clock } = this.#options;
    const message = new TextDecoder().decode(body.subarray(0, 2_000));
    const wait = rateLimitWait({ status, headers, message }, clock.wall());
    if (wait === undefined) return;
    // Of two answers the one that asks for more time counts.
    this.#retryAt = Math.max(this.#retryAt, clock.monotonic() + wait);
    throw this.#rateLimitError(request.url);
  }

  #rateLimitError(url: string): RateLimitError {
    const seconds = Math.ceil((this.#retryAt - this.#options.clock.monotonic()) / 1_000);
    return new RateLimitError(
      `Cannot ask ${
        hostOf(url)
      } for another ${seconds} s as it limits requests: wait, or ask less often`,
      this.#retryAt,
    );
  }
}

/** Rejects with the signal's reason even where the work does not heed the signal, which is this request's own. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // The work may have led to the abort already.
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

/** Browsers hide a redirect that is not followed behind status 0. */
function isRedirect(status: number): boolean {
  return status === 0 || (status >= 300 && status < 400 && status !== 304);
}

function redirectError(url: string, location: string | null): LockUnavailableError {
  const target = location !== null && URL.canParse(location, url)
    ? `"${escapeText(new URL(location, url).host, 80)}"`
    : "somewhere unreadable";
  return new LockUnavailableError(
    `Cannot follow the redirect from ${
      hostOf(url)
    } to ${target} as redirects are refused: check the base URL and the gist id`,
  );
}

async function readCapped(response: Response, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      throw new LockUnavailableError(
        `Cannot read the answer of ${
          hostOf(url)
        } as it must be at most ${MAX_ANSWER_BYTES} bytes long: use a gist with small files only`,
      );
    }
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

function hostOf(url: string): string {
  return escapeText(new URL(url).host, 80);
}
