import {
  type Clock,
  escapeText,
  type Fetch,
  LockError,
  LockUnavailableError,
  RateLimitError,
  UnknownOutcomeError,
} from "../../lock/mod.ts";
import { describeNetworkFailure } from "./network_failure.ts";
import { rateLimitWait, unavailableWait } from "./retry_after.ts";
import { redact } from "./redact.ts";
import { readCapped, textOf } from "./response_body.ts";

/** What a {@linkcode Transport} is made of. */
export interface TransportOptions {
  /** The network. */
  readonly fetch: Fetch;
  /** The clock that time-outs and waits are counted with. */
  readonly clock: Clock;
  /** How long one request may take, its answer's body included, in milliseconds. */
  readonly requestTimeout: number;
  /** The `authorization` header; none is sent where there is none. */
  readonly authorization?: string | undefined;
  /** Texts that may appear in no error: tokens and keys, any form of them that is sent, and the id of a secret gist. */
  readonly secrets?: readonly string[] | undefined;
}

/** One request. */
export interface HttpRequest {
  /** The method. */
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** Headers beside `authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body. */
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** Gives the request up; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the request may change something, so that its outcome is unknown after most failures.
   *
   * @default {!["GET", "HEAD"].includes(method)}
   */
  readonly isWrite?: boolean | undefined;
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

/** Until when no request may leave. */
interface Pause {
  /** As a reading of the monotonic clock, in milliseconds. */
  readonly retryAt: number;
  /** The status that it was asked for with. */
  readonly status: number;
}

/**
 * Sends requests one by one to a host that is not trusted: each has a time-out of its own, redirects are refused, answers
 * are capped while they are read, errors are freed of secrets, and once the host limits requests, or is unavailable and
 * names a time, none leaves before the time is up.
 */
export class Transport {
  readonly #options: TransportOptions;
  #pause: Pause = { retryAt: -Infinity, status: 0 };

  /** Creates a transport; nothing is sent yet. */
  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @throws {RateLimitError} If requests are refused for a while, by this answer or an earlier one; this request had no
   * effect.
   * @throws {UnknownOutcomeError} If the answer to a write says that the host is unavailable, and names a time.
   * @throws {LockUnavailableError} If there is no whole answer in time, a redirect, or an answer too long, or if the host
   * is unavailable and names a time, in this answer or an earlier one.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted();
    this.#refuseDuringPause(request);
    const answer = await this.#exchangeInTime(request);
    this.#refusePause(request, answer);
    return answer;
  }

  /** A text without this transport's secrets, safe to print. */
  redact(text: string, longest?: number): string {
    return redact(text, this.#options.secrets ?? [], longest);
  }

  async #exchangeInTime(request: HttpRequest): Promise<HttpAnswer> {
    const { clock, requestTimeout } = this.#options;
    const { signal: caller } = request;
    const done = new AbortController();
    // A network takes its abort for a dead connection, so the signal is of this request alone, and ends with it.
    const abandoned = new AbortController();
    const onCallerAbort = () => abandoned.abort(caller?.reason);
    caller?.addEventListener("abort", onCallerAbort, { once: true });
    let isOverdue = false;
    const onTimeout = () => {
      if (done.signal.aborted) return;
      isOverdue = true;
      abandoned.abort();
    };
    clock.sleep(requestTimeout, { signal: done.signal }).then(onTimeout, () => {});
    try {
      return await unlessAborted(this.#exchange(request, abandoned.signal), abandoned.signal);
    } catch (error) {
      caller?.throwIfAborted();
      if (error instanceof LockError) throw error;
      throw this.#unreachable(request, isOverdue, error);
    } finally {
      done.abort();
      caller?.removeEventListener("abort", onCallerAbort);
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
    const body = await readCapped(response, hostOf(request.url));
    return { status: response.status, headers: response.headers, body };
  }

  #unreachable(request: HttpRequest, isOverdue: boolean, error: unknown): LockUnavailableError {
    const host = hostOf(request.url);
    if (isOverdue) {
      return new LockUnavailableError(
        `Cannot reach ${host}: no response within ${this.#options.requestTimeout} ms`,
      );
    }
    const message = this.redact(describeNetworkFailure(error, host));
    // The original may quote headers anywhere in its own chain of causes; only its text is kept, and that redacted.
    return new LockUnavailableError(`Cannot reach ${host}: ${message}`, {
      cause: new Error(message),
    });
  }

  #refusePause(request: HttpRequest, { status, headers, body }: HttpAnswer): void {
    if (status < 400) return;
    const { clock } = this.#options;
    const answer = { status, headers, message: textOf(body) };
    const limitWait = rateLimitWait(answer, clock.wall());
    const wait = limitWait ?? unavailableWait(answer, clock.wall());
    if (wait === undefined) return;
    const asked = clock.monotonic() + wait;
    // Of two answers the one that asks for more time counts.
    if (asked > this.#pause.retryAt) this.#pause = { retryAt: asked, status };
    const { retryAt } = this.#pause;
    const message = this.#pauseMessage(request.url, status);
    if (limitWait !== undefined) throw new RateLimitError(message, retryAt);
    if (!isWrite(request)) throw new LockUnavailableError(message, { retryAt });
    const host = hostOf(request.url);
    const seconds = this.#secondsLeft();
    throw new UnknownOutcomeError(
      `Cannot tell whether the write took effect: ${host} is unavailable (status ${status}); read in ${seconds} s`,
      { retryAt },
    );
  }

  /** What does not leave has no effect, be it a write. */
  #refuseDuringPause(request: HttpRequest): void {
    const { retryAt, status } = this.#pause;
    if (this.#options.clock.monotonic() >= retryAt) return;
    const message = this.#pauseMessage(request.url, status);
    if (status < 500 || isWrite(request)) throw new RateLimitError(message, retryAt);
    throw new LockUnavailableError(message, { retryAt });
  }

  #pauseMessage(url: string, status: number): string {
    const reason = status < 500
      ? "it limits requests; wait, or send fewer"
      : `it is unavailable (status ${status}); wait`;
    return `Cannot send to ${hostOf(url)} for another ${this.#secondsLeft()} s: ${reason}`;
  }

  #secondsLeft(): number {
    return Math.ceil((this.#pause.retryAt - this.#options.clock.monotonic()) / 1_000);
  }
}

function isWrite({ method, isWrite }: HttpRequest): boolean {
  return isWrite ?? !["GET", "HEAD"].includes(method);
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
    } to ${target} as redirects are refused: check the address`,
  );
}

function hostOf(url: string): string {
  return escapeText(new URL(url).host, 80);
}
