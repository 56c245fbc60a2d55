import {
  type CallOptions,
  LockAccessError,
  type LockError,
  LockUnavailableError,
  UnsafeStoreError,
} from "../../lock/mod.ts";
import { BucketConnection, type Failure } from "./connection.ts";
import { type HttpAnswer, unknownOutcome } from "../../store/kit.ts";
import type { ResolvedOptions } from "../options.ts";
import { type Condition, type EtagForm, type Provider, PROVIDERS } from "./provider.ts";
import { readEtag, readVersion } from "./responses.ts";

interface ObjectVersion {
  /** Names the write that put the object there: an ETag without its quotes, or a generation. */
  readonly version: string;
  /** What a read asks by whether the object is still the same; `undefined` if the server gave no usable one. */
  readonly etag: string | undefined;
}

export interface StoredObject extends ObjectVersion {
  readonly content: string;
}

/**
 * The outcome of a write that got a response: `refused` if its condition did not hold, `absent` if there is no object,
 * `unclear` if the write may have been made, or may yet.
 */
export type PutResult =
  | ObjectVersion & { readonly type: "written" }
  | { readonly type: "refused" | "absent" | "unclear"; readonly said: string };

interface GetOptions extends CallOptions {
  /** Asks whether the object still has this ETag. */
  readonly etag?: string | undefined;
}

interface PutOptions extends CallOptions {
  readonly form: EtagForm;
}

/** Reads and writes the objects of one bucket, each write under a condition. */
export class BucketClient {
  readonly #describe: (key: string) => string;
  readonly provider: Provider;
  readonly #connection: BucketConnection;

  constructor(options: ResolvedOptions) {
    this.#describe = options.describe;
    this.provider = PROVIDERS[options.address.dialect];
    this.#connection = new BucketConnection(options);
  }

  /**
   * Reads an object.
   *
   * @returns `undefined` if there is none, `"unchanged"` if it has the ETag that was given.
   * @throws {LockError} As `BucketStore.read()` does.
   */
  async get(
    key: string,
    { etag, signal }: GetOptions = {},
  ): Promise<StoredObject | "unchanged" | undefined> {
    const headers = etag === undefined ? {} : { "if-none-match": `"${etag}"` };
    const body = new Uint8Array();
    const result = await this.#connection.send({ method: "GET", key, headers, body, signal });
    if (result.meaning === "absent") return undefined;
    if (result.meaning !== undefined) throw this.#readFailed(key, result);
    const { response } = result;
    if (response.status === 304) return "unchanged";
    const version = this.#versionOf(response.headers);
    if (version === undefined) throw new LockUnavailableError(this.#noVersion(key));
    const content = new TextDecoder("utf-8", { ignoreBOM: true }).decode(response.body);
    return { content, ...version };
  }

  /**
   * Writes an object if a condition holds.
   *
   * @throws {UnknownOutcomeError} If there was no response, or the store is overloaded.
   * @throws {LockError} If it may not be written, or requests are refused for a while; nothing was written.
   */
  async put(
    key: string,
    content: string,
    condition: Condition,
    { form, signal }: PutOptions,
  ): Promise<PutResult> {
    const { writeHeaders } = this.provider;
    const headers = { ...writeHeaders, ...this.provider.conditionHeaders(condition, form) };
    const body = new TextEncoder().encode(content);
    const result = await this.#connection.send({ method: "PUT", key, headers, body, signal });
    switch (result.meaning) {
      case undefined:
        return this.#writtenBy(key, result.response, condition);
      case "refused":
      case "absent":
      case "unclear":
        return { type: result.meaning, said: result.said };
      case "busy":
        throw unknownOutcome(this.#describe(key), result.said, undefined, result.retryAt);
      default:
        throw this.#denied("write", key, result);
    }
  }

  #readFailed(key: string, failure: Failure): LockError {
    const { meaning, said, retryAt } = failure;
    if (meaning === "denied" || meaning === "expired" || meaning === "skewed") {
      return this.#denied("read", key, failure);
    }
    return new LockUnavailableError(`Cannot read ${this.#describe(key)}: ${said}`, { retryAt });
  }

  #denied(
    verb: "read" | "write",
    key: string,
    { meaning, advice, status, said }: Failure,
  ): LockError {
    const beginning = `Cannot ${verb} ${this.#describe(key)}`;
    const denied = (why: string) => new LockAccessError(`${beginning}: ${why}`, status);
    switch (meaning) {
      case "unsupported":
        return new UnsafeStoreError(
          `${beginning}: the store does not support conditional writes (${said}), so it cannot hold a lock`,
        );
      case "expired":
        return denied(`the credentials are wrong, expired or revoked (${said})`);
      case "skewed":
        return denied(`the clock of this machine is wrong (${said}); set it, such as by NTP`);
      default: {
        const why = advice ?? `the credentials may not; ${this.provider.permissions}`;
        return denied(`${why} (${said})`);
      }
    }
  }

  /** A store has no more to say to a write than its new version. A page comes from a proxy, and nothing was written. */
  #writtenBy(key: string, { headers, body }: HttpAnswer, condition: Condition): PutResult {
    if (body.length > 0) return { type: "unclear", said: "a success with a page" };
    const found = this.#versionOf(headers);
    if (found === undefined) return { type: "unclear", said: this.#noVersion(key) };
    const isReplaced = "version" in condition && found.version === condition.version;
    if (isReplaced) return { type: "unclear", said: "a success that changes nothing" };
    return { type: "written", ...found };
  }

  #versionOf(headers: Headers): ObjectVersion | undefined {
    const version = readVersion(headers, this.provider.versionHeader);
    return version === undefined ? undefined : { version, etag: readEtag(headers.get("etag")) };
  }

  #noVersion(key: string): string {
    return `Cannot use the response about ${
      this.#describe(key)
    }: its ${this.provider.versionHeader} is missing, weak or unreadable, ` +
      "as a proxy may cause; connect to the bucket directly";
  }
}
