import {
  type Clock,
  escapeText,
  type Fetch,
  LockError,
  LockUnavailableError,
  RateLimitError,
  UnknownOutcomeError,
} from "../../lock/mod.ts";
import type { Authorization } from "./authorization.ts";
import { describeNetworkFailure } from "./network_failure.ts";
import { rateLimitWait, unavailableWait } from "./retry_after.ts";
import { redact } from "./redact.ts";
import { readCapped, textOf } from "./response_body.ts";
import { unlessAborted } from "../unless_aborted.ts";

export interface TransportOptions {
  readonly fetch: Fetch;
  /** Measures timeouts and waits. */
  readonly clock: Clock;
  /** The time limit of a request and its whole response, in milliseconds. */
  readonly requestTimeout: number;
  /** The `authorization` header, or its source. */
  readonly authorization?: string | Authorization | undefined;
  /**
   * Texts that must not appear in errors: tokens and keys in each form that is sent, and the id of a secret gist. If they
   * change, a function that returns them.
   */
  readonly secrets?: readonly string[] | (() => readonly string[]) | undefined;
  /** Whether the text of a 403 may say that it is a rate limit, as GitHub's does: true by default. Others quote names there. */
  readonly hasLimitTexts?: boolean | undefined;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** The headers except `authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** Aborts the request; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the request may change something, so that its outcome is unknown after most failures.
   *
   * @default {!["GET", "HEAD"].includes(method)}
   */
  readonly isWrite?: boolean | undefined;
}

export interface HttpAnswer {
  /** The HTTP status; never a redirect. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A time without requests that the host asked for. */
interface Pause {
  /** Its end, as a reading of the monotonic clock, in milliseconds. */
  readonly retryAt: number;
  readonly status: number;
}

/**
 * Sends requests to an untrusted host: limits the time of each request and the length of its response, refuses redirects,
 * removes secrets from errors, and sends nothing during a pause that the host asked for, by a rate limit or as unavailable.
 */
export class Transport {
  readonly #options: TransportOptions;
  #pause: Pause = { retryAt: -Infinity, status: 0 };

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and reads the whole response.
   *
   * @throws {RateLimitError} If this response or an earlier one limits requests; this request had no effect.
   * @throws {UnknownOutcomeError} If the response to a write says that the host is unavailable until some time.
   * @throws {LockUnavailableError} If there is no whole response in time, a redirect or too long a response, or if the host
   * is unavailable until some time by this response or an earlier one.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    request.signal?.throwIfAborted();
    this.#refuseDuringPause(request);
    const answer = await this.#exchangeInTime(request);
    this.#refusePause(request, answer);
    return answer;
  }

  /** Returns a text without this transport's secrets, escaped for printing. */
  redact(text: string, longest?: number): string {
    const { secrets = [] } = this.#options;
    return redact(text, typeof secrets === "function" ? secrets() : secrets, longest);
  }

  async #exchangeInTime(request: HttpRequest): Promise<HttpAnswer> {
    const { clock, requestTimeout } = this.#options;
    const { signal: caller } = request;
    const done = new AbortController();
    // `Network` drops its connections when a signal aborts, so the caller's signal, which may outlive this request, is not
    // passed on.
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
      // Without a reason, each request would have to create an error with its stack.
      done.abort(null);
      caller?.removeEventListener("abort", onCallerAbort);
    }
  }

  /** Sends a request, and once more if the header was refused and there is a new one: after a 401 nothing was written. */
  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { authorization } = this.#options;
    if (typeof authorization !== "object") {
      return await this.#sendOnce(request, authorization, signal);
    }
    let header = await authorization.header();
    let answer = await this.#sendOnce(request, header, signal);
    const other = answer.status === 401 ? await authorization.replace(header) : undefined;
    if (other !== undefined) {
      header = other;
      answer = await this.#sendOnce(request, header, signal);
    }
    if (answer.status !== 401) authorization.accept(header);
    return answer;
  }

  async #sendOnce(
    request: HttpRequest,
    header: string | undefined,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    // While waiting for the header the request may have been aborted, or a pause may have begun.
    signal.throwIfAborted();
    this.#refuseDuringPause(request);
    const headers = new Headers(request.headers);
    if (header !== undefined) headers.set("authorization", header);
    const response = await this.#options.fetch(
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
    // The original error may quote headers anywhere in its causes: keep only its redacted text.
    return new LockUnavailableError(`Cannot reach ${host}: ${message}`, {
      cause: new Error(message),
    });
  }

  #refusePause(request: HttpRequest, { status, headers, body }: HttpAnswer): void {
    if (status < 400) return;
    const { clock, hasLimitTexts = true } = this.#options;
    const answer = { status, headers, message: hasLimitTexts ? textOf(body) : "" };
    const limitWait = rateLimitWait(answer, clock.wall());
    const wait = limitWait ?? unavailableWait(answer, clock.wall());
    if (wait === undefined) return;
    const asked = clock.monotonic() + wait;
    // The longest pause counts.
    if (asked > this.#pause.retryAt) this.#pause = { retryAt: asked, status };
    const { retryAt } = this.#pause;
    const message = this.#pauseMessage(request.url, status);
    const retryAfter = retryAt - clock.monotonic();
    if (limitWait !== undefined) throw new RateLimitError(message, retryAt, { retryAfter });
    if (!isWrite(request)) throw new LockUnavailableError(message, { retryAt, retryAfter });
    const host = hostOf(request.url);
    const seconds = this.#secondsLeft();
    throw new UnknownOutcomeError(
      `It is unknown whether the write took effect: ${host} is unavailable (status ${status}); read in ${seconds} s`,
      { retryAt, retryAfter },
    );
  }

  /** A request that is not sent has no effect, so a write is refused as by a rate limit. */
  #refuseDuringPause(request: HttpRequest): void {
    const { retryAt, status } = this.#pause;
    const retryAfter = retryAt - this.#options.clock.monotonic();
    if (retryAfter <= 0) return;
    const message = this.#pauseMessage(request.url, status);
    if (status < 500 || isWrite(request)) {
      throw new RateLimitError(message, retryAt, { retryAfter });
    }
    throw new LockUnavailableError(message, { retryAt, retryAfter });
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

/** Browsers report a redirect that is not followed as status 0. */
function isRedirect(status: number): boolean {
  return status === 0 || (status >= 300 && status < 400 && status !== 304);
}

function redirectError(url: string, location: string | null): LockUnavailableError {
  const target = location !== null && URL.canParse(location, url)
    ? `"${escapeText(new URL(location, url).host, 80)}"`
    : "an invalid address";
  return new LockUnavailableError(
    `Redirects are not followed, got one from ${hostOf(url)} to ${target}: check the address`,
  );
}

function hostOf(url: string): string {
  return escapeText(new URL(url).host, 80);
}
