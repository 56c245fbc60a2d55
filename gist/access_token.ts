import {
  type Clock,
  elapsedSince,
  type Instant,
  LockAccessError,
  LockUnavailableError,
  readClock,
} from "../lock/mod.ts";
import { type Authorization, redact } from "../store/kit.ts";
import { checkToken } from "./options.ts";

/**
 * An access token, or a function that returns the current one. The function is called before the first request, about once a
 * minute, and when GitHub refuses the token (status 401): then the request is sent once more if the token is another one.
 * While a token is held that was not refused, no request waits for the function, and its failures are ignored.
 */
export type AccessToken = string | (() => string | Promise<string>);

/**
 * How often to ask for a new token while none is refused, in milliseconds. Most rotations leave the old token valid for some
 * minutes, so that the new one is in use before a request is refused: GitHub blocks an address for some time after several
 * requests with invalid tokens. A shorter period would be expensive if the function asks a vault or runs a program.
 */
export const ASK_PERIOD = 60_000;

/** The number of past tokens to remove from errors: the server may quote one that was replaced. */
const MOST_SECRETS = 8;

/** GitHub's tokens: an error of the function may quote one that is not known yet. */
const LOOKS_LIKE_TOKEN = /\b(?:gh[a-z]|github_pat)_\w+/g;

interface TokenSourceOptions {
  readonly token: AccessToken;
  readonly clock: Clock;
  /** The time limit of a request, in milliseconds; a request waits for one call of the function for a quarter of it. */
  readonly requestTimeout: number;
}

/** Holds the access token and asks for a new one when it may have changed. All requests share one call of the function. */
export class TokenSource implements Authorization {
  readonly #scheme: "Bearer" | "Basic";
  readonly #options: TokenSourceOptions;
  readonly #ask: (() => string | Promise<string>) | undefined;
  /** The tokens so far, the current one last. */
  readonly #tokens: string[] = [];
  #isRefused = false;
  #pending: Promise<string> | undefined;
  #askedAt: Instant | undefined;

  /**
   * Creates a source. Does not call the function yet.
   *
   * @param scheme `Bearer` for the REST API, `Basic` for git, which sends tokens as passwords.
   * @throws {TypeError | RangeError} If the token has the wrong type or characters. It is never quoted.
   */
  constructor(scheme: "Bearer" | "Basic", options: TokenSourceOptions) {
    this.#scheme = scheme;
    this.#options = options;
    if (typeof options.token === "function") this.#ask = options.token;
    else this.#tokens.push(checkToken(options.token));
  }

  /** The token in use; `undefined` before the first call of the function. */
  get current(): string | undefined {
    return this.#tokens.at(-1);
  }

  /** Returns the tokens in each form that is sent, to be removed from errors. */
  secrets(): string[] {
    return [...new Set(this.#tokens.flatMap((token) => [token, this.#encode(token)]))];
  }

  async header(): Promise<string> {
    const held = this.current;
    if (held === undefined) return this.#headerOf(await this.#fresh());
    if (!this.#ask) return this.#headerOf(held);
    // It may have been refused by mistake: without another one it is tried again.
    if (this.#isRefused) return this.#headerOf(await this.#fresh().catch(() => held));
    if (this.#age() >= ASK_PERIOD) this.#start(this.#ask).catch(() => {});
    return this.#headerOf(held);
  }

  async replace(refused: string): Promise<string | undefined> {
    if (!this.#ask) return undefined;
    // Another request has replaced it already.
    const isCurrent = () => this.#isCurrent(refused);
    if (isCurrent()) {
      this.#isRefused = true;
      // A call in progress may have read the old token just before it was replaced.
      const isEarlier = this.#pending !== undefined;
      await this.#another();
      if (isEarlier && isCurrent()) await this.#another();
    }
    return isCurrent() || this.current === undefined ? undefined : this.#headerOf(this.current);
  }

  accept(header: string): void {
    if (this.#isCurrent(header)) this.#isRefused = false;
  }

  async #another(): Promise<void> {
    await this.#fresh().catch((error) => {
      throw new LockAccessError(
        `The server refused the access token (status 401), and there is no new one: ${error.message}`,
        401,
      );
    });
  }

  #isCurrent(header: string): boolean {
    return this.current !== undefined && this.#headerOf(this.current) === header;
  }

  #headerOf(token: string): string {
    return `${this.#scheme} ${this.#encode(token)}`;
  }

  #encode(token: string): string {
    return this.#scheme === "Basic" ? btoa(`x-access-token:${token}`) : token;
  }

  /** Returns the time since the last call of the function, in milliseconds. */
  #age(): number {
    const { clock } = this.#options;
    return this.#askedAt ? elapsedSince(this.#askedAt, readClock(clock)) : Infinity;
  }

  /** Waits for a token from the call in progress, or from a new one. */
  async #fresh(): Promise<string> {
    const { clock, requestTimeout } = this.#options;
    if (!this.#ask) throw new Error("No function to ask for a token");
    const done = new AbortController();
    const wait = requestTimeout / 4;
    const overdue = clock.sleep(wait, { signal: done.signal }).then(() => {
      throw new LockUnavailableError(
        `Cannot get the access token: its function did not return within ${wait} ms`,
      );
    });
    overdue.catch(() => {});
    try {
      return await Promise.race([this.#start(this.#ask), overdue]);
    } finally {
      done.abort();
    }
  }

  /** Calls the function, unless a call is in progress. One that hangs does not prevent the next. */
  #start(ask: () => string | Promise<string>): Promise<string> {
    if (this.#pending && this.#age() < this.#options.requestTimeout) return this.#pending;
    this.#askedAt = readClock(this.#options.clock);
    const pending = this.#adopt(ask).finally(() => {
      if (this.#pending === pending) this.#pending = undefined;
    });
    return this.#pending = pending;
  }

  async #adopt(ask: () => string | Promise<string>): Promise<string> {
    const startedAt = this.#askedAt;
    const given: unknown = await this.#call(ask);
    const token = this.#checked(given);
    // A call that hung has been overtaken: its token is older than the current one.
    if (startedAt !== this.#askedAt || token === this.current) return this.current ?? token;
    this.#isRefused = false;
    this.#tokens.push(token);
    this.#tokens.splice(0, this.#tokens.length - MOST_SECRETS);
    return token;
  }

  /** Calls the function, which may throw synchronously and quote anything in its error. */
  async #call(ask: () => string | Promise<string>): Promise<unknown> {
    try {
      return await ask();
    } catch (error) {
      const said = redact(
        messageOf(error).replaceAll(LOOKS_LIKE_TOKEN, "[secret]"),
        this.secrets(),
        200,
      );
      throw new LockUnavailableError(`Cannot get the access token: ${said}`);
    }
  }

  /** A wrong result is known only after the call, so it is an error of the request. */
  #checked(given: unknown): string {
    try {
      return checkToken(given);
    } catch (error) {
      throw new LockAccessError(
        `Cannot use the access token that its function returned: ${messageOf(error)}`,
      );
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
