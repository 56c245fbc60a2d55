import { type Clock, systemClock } from "../../lock/mod.ts";
import { type BucketAddress, parseBucketUrl } from "../address.ts";
import { unlessAborted } from "../../store/kit.ts";
import {
  type Fault,
  InjectedFaults,
  type InjectOptions,
  type Proceed,
  receive,
  type ReceivedRequest,
} from "../../store/server/mod.ts";
import { azureError, xmlError } from "./error_responses.ts";
import { refuseStranger } from "./authenticate.ts";
import { type BucketCounts, countRequest, NO_COUNTS } from "./counts.ts";
import {
  newObject,
  notFound,
  refuseCondition,
  type ServedObject,
  versionHeaders,
} from "./objects.ts";
import { type BucketServerOptions, LOCAL_CREDENTIALS, type Quirks } from "./options.ts";
import { kindOf, type RequestKind, targetOf } from "./request.ts";

/** The state of an object, for tests and people. */
export interface ObjectState {
  /** Its content. */
  readonly content: string;
  /** Its version, in the store's form. */
  readonly version: string;
  /** The headers that a GET returns. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A bucket server in the memory of this process. It behaves as S3, Google Cloud Storage and Azure Blob Storage as far
 * as a lock needs it: conditional reads and writes of single objects, with checked signatures and injectable faults.
 * For tests and experiments.
 *
 * @example Write an object, with the server's handler in place of `fetch`
 * ```ts
 * import assert from "node:assert/strict";
 * import { BucketServer } from "@multicluster/leader-election/bucket/server";
 *
 * const server = new BucketServer();
 * const request = (method: string, headers: Record<string, string>, body?: string) =>
 *   new Request("https://storage.googleapis.com/bucket/key", {
 *     method,
 *     headers: { authorization: "Bearer local-token", ...headers },
 *     body: body ?? null,
 *   });
 * await server.fetch(request("PUT", { "x-goog-if-generation-match": "0" }, "Hello"));
 * const response = await server.fetch(request("GET", {}));
 * assert.equal(await response.text(), "Hello");
 * ```
 */
export class BucketServer {
  /**
   * Handles every request that no injected fault applies to.
   *
   * @default {undefined}
   */
  intercept: Fault | undefined;
  /** How the server differs from a correct one. */
  quirks: Quirks;
  /** The accepted credentials; change them to let old ones expire. */
  credentials: typeof LOCAL_CREDENTIALS;
  readonly #clock: Clock;
  readonly #buckets: ReadonlySet<string> | undefined;
  readonly #region: string | undefined;
  readonly #objects = new Map<string, ServedObject>();
  readonly #injected = new InjectedFaults<RequestKind, Proceed>(kindOf);
  #counts = NO_COUNTS;
  #writes = 0;

  /** Creates a server without objects. */
  constructor(options: BucketServerOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#buckets = options.buckets && new Set(options.buckets);
    this.#region = options.region;
    this.quirks = options.quirks ?? {};
    this.credentials = { ...LOCAL_CREDENTIALS, ...options.credentials };
  }

  /** The requests answered since the start, or since {@linkcode BucketServer.resetCounts}. */
  get counts(): BucketCounts {
    return this.#counts;
  }

  /** Sets all counts to zero. */
  resetCounts(): void {
    this.#counts = NO_COUNTS;
  }

  /**
   * Responds to a request. Bound to the server, so that it can be passed as `fetch` or to `Deno.serve`.
   *
   * Rejects with the reason of the request's signal when that aborts; as on a real server, the request is still
   * processed.
   */
  readonly fetch = (request: Request): Promise<Response> => {
    if (request.signal.aborted) return Promise.reject(request.signal.reason);
    return unlessAborted(this.#meet(request), request.signal);
  };

  /** Returns an object, unaffected by faults; `undefined` if there is none. Not counted. */
  object(url: string): ObjectState | undefined {
    const address = parseProbeUrl(url);
    const object = this.#objects.get(nameOf(address));
    return object && {
      content: new TextDecoder().decode(object.body),
      version: address.dialect === "gcs" ? String(object.generation) : object.etag,
      headers: object.headers,
    };
  }

  /** Writes an object unconditionally, as a person does with the cloud's tools; `undefined` deletes it. */
  edit(url: string, content: string | undefined): void {
    const address = parseProbeUrl(url);
    if (content === undefined) this.#objects.delete(nameOf(address));
    else this.#write(address, new TextEncoder().encode(content), {});
  }

  /** Takes an Azure lease on a blob, as another tool may. */
  lease(url: string): void {
    const name = nameOf(parseProbeUrl(url));
    const object = this.#objects.get(name);
    if (object) this.#objects.set(name, { ...object, isLeased: true });
  }

  /** Applies a fault to the next request, or the next of some kind. Faults are applied in the order of the calls. */
  inject(fault: Fault, options?: InjectOptions<RequestKind>): void {
    this.#injected.add(fault, options);
  }

  /** The number of injected faults that have not been applied yet. */
  get pendingFaults(): number {
    return this.#injected.pending;
  }

  async #meet(request: Request): Promise<Response> {
    const received = await receive(request);
    const fault = this.#injected.take(received) ?? this.intercept;
    const proceed = () => this.#answerAndCount(received);
    return fault ? await fault(received, proceed, this.#clock) : await proceed();
  }

  async #answerAndCount(request: ReceivedRequest): Promise<Response> {
    const response = await this.#response(request);
    const { status } = response;
    response.headers.set("date", new Date(this.#now()).toUTCString());
    this.#counts = countRequest(this.#counts, kindOf(request), status);
    return response;
  }

  async #response(request: ReceivedRequest): Promise<Response> {
    const target = targetOf(request);
    if (!target) return xmlError(400, "InvalidURI", "The path cannot be decoded.");
    const refusal = refuseStranger(request, target, {
      credentials: this.credentials,
      region: this.#region,
      now: this.#now(),
    });
    if (refusal) return refusal;
    if (this.#buckets && !this.#buckets.has(target.bucket)) return noSuchBucket(target);
    switch (request.method) {
      case "GET":
        return this.#get(request, target);
      case "PUT":
        return await this.#put(request, target);
      default:
        return xmlError(405, "MethodNotAllowed", "The method is not allowed.");
    }
  }

  #get({ headers }: ReceivedRequest, target: BucketAddress): Response {
    const object = this.#objects.get(nameOf(target));
    if (!object) return notFound(target.dialect, this.quirks);
    const version = versionHeaders(target.dialect, object, this.quirks);
    const none = headers.get("if-none-match")?.replace(/^W\//, "").replaceAll('"', "");
    if (none === object.etag) return new Response(null, { status: 304, headers: version });
    return new Response(object.body, { headers: { ...object.headers, ...version } });
  }

  async #put(request: ReceivedRequest, target: BucketAddress): Promise<Response> {
    const { dialect } = target;
    const { writeInterval = 0, writesAfterCheck = 0 } = this.quirks;
    const before = this.#objects.get(nameOf(target));
    if (dialect === "azure" && request.headers.get("x-ms-blob-type") !== "BlockBlob") {
      return azureError(400, "MissingRequiredHeader", "x-ms-blob-type is missing.");
    }
    const refusal = refuseCondition(dialect, request, before, this.quirks);
    if (refusal) return refusal;
    if (before && this.#clock.monotonic() - before.writtenAt < writeInterval) {
      return xmlError(429, "SlowDown", "The object exceeded the rate limit for mutations.");
    }
    if (writesAfterCheck > 0) await this.#clock.sleep(writesAfterCheck);
    const kept = ["content-type", "cache-control"].flatMap((header) => {
      const value = request.headers.get(header);
      return value === null ? [] : [[header, value]];
    });
    const object = this.#write(target, request.body, Object.fromEntries(kept));
    return new Response(null, {
      status: dialect === "azure" ? 201 : 200,
      headers: versionHeaders(dialect, object, this.quirks),
    });
  }

  #write(
    target: BucketAddress,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): ServedObject {
    const details = { headers, writtenAt: this.#clock.monotonic() };
    const object = newObject(target.dialect, body, ++this.#writes, details);
    this.#objects.set(nameOf(target), object);
    return object;
  }

  #now(): number {
    return this.#clock.wall() + (this.quirks.clockOffset ?? 0);
  }
}

function nameOf({ dialect, account, bucket, key }: BucketAddress): string {
  return JSON.stringify([dialect, account, bucket, key]);
}

/** Reads an address, also that of a probe's object, which no lock may have. */
function parseProbeUrl(url: string): BucketAddress {
  const [, lock, suffix = ""] = /^(.*?)(\.probe)?$/s.exec(url) ?? [];
  const address = parseBucketUrl(lock);
  return { ...address, key: address.key + suffix };
}

function noSuchBucket({ dialect }: BucketAddress): Response {
  return dialect === "azure"
    ? azureError(404, "ContainerNotFound", "The specified container does not exist.")
    : xmlError(404, "NoSuchBucket", "The specified bucket does not exist.");
}
