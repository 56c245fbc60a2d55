import { type HttpAnswer, rateLimitWait, Transport, unknownOutcome } from "../../store/kit.ts";
import { type CallOptions, LockUnavailableError } from "../../lock/mod.ts";
import { CredentialCache } from "../credentials/cache.ts";
import { type BucketCredentials, secretsOf } from "../credentials/credentials.ts";
import { readRefusal, type Refusal, type Verdict, verdictOf } from "./meaning.ts";
import { encodeKey, type ResolvedOptions } from "../options.ts";
import { PROVIDERS } from "./provider.ts";
import { headersOfHost, refuseRegion, withRetryAfter } from "./responses.ts";
import { SigningClock } from "../sign/signing_clock.ts";

/** A request before it is authorized. */
interface BucketRequest extends CallOptions {
  readonly method: "GET" | "PUT";
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body; empty for a read. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A success, or a 304 to a read that allows for it. */
interface BucketResponse {
  /** Distinguishes it from a {@linkcode Failure}. */
  readonly meaning?: undefined;
  readonly response: HttpAnswer;
}

/** Any other response. */
export interface Failure extends Verdict {
  readonly status: number;
  /** Status, code and sentence of the server, safe to print. */
  readonly said: string;
  /** When requests may be sent again, as a reading of the monotonic clock, if the store asked for a pause. */
  readonly retryAt: number | undefined;
}

/** From which difference of the clocks on a refused signature is blamed on it, in milliseconds. */
const BLAMED_SKEW = 600_000;

/** Sends authorized requests to one bucket. Credentials never leave it. */
export class BucketConnection {
  readonly #options: ResolvedOptions;
  readonly #transport: Transport;
  readonly #credentials: CredentialCache;
  readonly #signingClock: SigningClock;
  /** What may appear in no error: of the newest credentials, and of those before. The transport has the same list. */
  readonly #secrets: string[] = [];

  constructor(options: ResolvedOptions) {
    const { clock, fetch, requestTimeout, onWarning, address, bucketUrl } = options;
    this.#options = options;
    this.#signingClock = new SigningClock(clock, onWarning);
    this.#transport = new Transport({
      fetch: async (request) => withRetryAfter(await refuseRegion(await fetch(request), bucketUrl)),
      clock,
      requestTimeout,
      secrets: this.#secrets,
      hasLimitTexts: false,
    });
    this.#credentials = new CredentialCache({
      dialect: address.dialect,
      provider: options.credentials,
      clock,
      requestTimeout,
      redact: (text) => this.#transport.redact(text),
      onCredentials: (credentials) => this.#hide(credentials),
      onWarning: (message) => onWarning(this.#transport.redact(message)),
    });
  }

  /**
   * Sends a request, and once more if it was surely refused only for its time or its credentials: then nothing was written,
   * and a write cannot land twice.
   *
   * @throws {UnknownOutcomeError} If there was no response to a write.
   * @throws {LockError} See `Transport` and {@linkcode CredentialCache}; nothing was written.
   */
  async send(request: BucketRequest): Promise<BucketResponse | Failure> {
    let credentials = await this.#credentials.get(request.signal);
    let [mayCorrect, mayReplace] = [true, true];
    for (;;) {
      const response = await this.#exchange(request, credentials);
      const { status, headers } = response;
      const isUnchanged = status === 304 && request.headers["if-none-match"] !== undefined;
      // Azure responds to a write with 201. A 202 only says that the request arrived, a 206 has a part of the object.
      if (isUnchanged || status === 200 || (status === 201 && request.method === "PUT")) {
        return { response };
      }
      const failure = this.#failureOf(response);
      if (failure.meaning === "skewed" && mayCorrect) {
        mayCorrect = false;
        if (this.#signingClock.correct(headers.get("date"))) continue;
      } else if (failure.meaning === "expired" && mayReplace) {
        mayReplace = false;
        const others = await this.#credentials.replace(credentials, request.signal);
        if (others) {
          credentials = others;
          continue;
        }
      }
      return failure;
    }
  }

  async #exchange(
    { method, key, headers, body, signal }: BucketRequest,
    credentials: BucketCredentials,
  ): Promise<HttpAnswer> {
    const { address: { account, dialect }, region, bucketUrl } = this.#options;
    const provider = PROVIDERS[dialect];
    const url = new URL(`${bucketUrl}/${encodeKey(key)}`);
    const all = { ...provider.headers, ...headersOfHost(url.hostname), ...headers };
    const authorized = provider.authorize(
      { method, url, headers: all, body },
      { credentials, account, region, time: this.#signingClock.now() },
    );
    try {
      return await this.#transport.send({
        method,
        url: authorized.url,
        headers: { ...authorized.headers, "user-agent": "multicluster-leader-election" },
        ...(method === "PUT" && { body }),
        signal,
      });
    } catch (error) {
      if (method === "GET" || !(error instanceof LockUnavailableError)) throw error;
      throw unknownOutcome(this.#options.describe(key), error.message, error);
    }
  }

  #failureOf(response: HttpAnswer): Failure {
    const { status, headers } = response;
    const { clock, address: { dialect } } = this.#options;
    const refusal = readRefusal(response);
    const verdict = verdictOf(refusal, PROVIDERS[dialect].codes);
    const error = this.#signingClock.errorBy(headers.get("date")) ?? 0;
    const isSkewed = verdict.meaning === "expired" && Math.abs(error) > BLAMED_SKEW;
    const wait = verdict.meaning === "busy"
      ? rateLimitWait({ status: 429, headers, message: "" }, clock.wall())
      : undefined;
    return {
      ...(isSkewed ? { meaning: "skewed" } : verdict),
      status,
      said: this.#quote(refusal),
      retryAt: wait === undefined ? undefined : clock.monotonic() + wait,
    };
  }

  #quote({ status, code, message }: Refusal): string {
    const isSecret = this.#secrets.some((text) => text.includes(code) || code.includes(text));
    const name = code === "" ? "" : ` ${isSecret ? "[secret]" : code}`;
    // Azure's sentence on a wrong signature talks of a header, and says nothing that its code does not.
    const isQuoted = message !== "" && !/authorization/i.test(message);
    const sentence = isQuoted ? `, "${this.#transport.redact(message)}"` : "";
    return `status ${status}${name}${sentence}`;
  }

  /** An error may still quote the credentials before these. */
  #hide(credentials: BucketCredentials): void {
    const before = this.#secrets.splice(0).slice(0, 16);
    this.#secrets.push(...new Set([...secretsOf(credentials), ...before]));
  }
}
