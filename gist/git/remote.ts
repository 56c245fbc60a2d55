import {
  type CallOptions,
  LockAccessError,
  LockUnavailableError,
  MAX_RECORD_BYTES,
} from "../../lock/mod.ts";
import {
  type HttpAnswer,
  MAX_ANSWER_BYTES,
  textOf,
  type Transport,
  unknownOutcome,
} from "../../store/kit.ts";
import { type Refusal, responseError } from "../access.ts";
import { member, parseJson } from "../json.ts";
import type { Bytes } from "./objects/bytes.ts";
import { orUnavailable } from "./objects/errors.ts";
import type { GitObject } from "./objects/objects.ts";
import { parsePack } from "./objects/pack.ts";
import {
  encodeReceivePackRequest,
  parseReceivePackAnswer,
  type PushReport,
  type ReceivePackRequest,
} from "./wire/receive_pack.ts";
import { type Branch, defaultBranch, type GitService, parseRefAdvertisement } from "./wire/refs.ts";
import { encodeUploadPackRequest, parseUploadPackAnswer } from "./wire/upload_pack.ts";

/** The default branch, and a capability of the server. */
export interface Tip extends Branch {
  /** Whether the server can leave out large blobs. */
  readonly canFilter: boolean;
}

/** The result of a fetch. */
export interface Fetched {
  readonly objects: ReadonlyMap<string, GitObject>;
  /** Whether blobs larger than a record may have been left out. */
  readonly isFiltered: boolean;
}

interface FetchOptions extends CallOptions {
  readonly depth: number;
  /** Whether to fetch blobs that are too large for a record. */
  readonly largeBlobs: boolean;
}

const UPLOAD_PACK: GitService = "git-upload-pack";
const RECEIVE_PACK: GitService = "git-receive-pack";

/** A repository behind smart HTTP. Each method sends one request, and rejects with a lock's errors. */
export class GitRemote {
  readonly #url: string;
  readonly #name: string;
  readonly #transport: Transport;

  /**
   * @param url The repository's address, ending in `.git`.
   * @param name The repository's name in errors, without secrets.
   */
  constructor(url: string, name: string, transport: Transport) {
    this.#url = url;
    this.#name = name;
    this.#transport = transport;
  }

  /** Reads the default branch and its newest commit. */
  async discover(options: CallOptions = {}): Promise<Tip> {
    const advertisement = await this.#advertised(UPLOAD_PACK, "read", options);
    const canFilter = advertisement.capabilities.has("filter");
    return orUnavailable(this.#name, () => ({ ...defaultBranch(advertisement), canFilter }));
  }

  /**
   * Checks that the token may push, without writing.
   *
   * @throws {LockAccessError} If it may not.
   */
  async checkPush(options: CallOptions = {}): Promise<void> {
    await this.#advertised(RECEIVE_PACK, "write", options);
  }

  /** Fetches a commit, with its tree and its blobs. */
  async fetch(tip: Tip, { depth, largeBlobs, signal }: FetchOptions): Promise<Fetched> {
    const isFiltered = tip.canFilter && !largeBlobs;
    const blobLimit = isFiltered ? MAX_RECORD_BYTES + 1 : undefined;
    const request = encodeUploadPackRequest({ want: tip.head, depth, blobLimit });
    const body = this.#bodyOf(await this.#post(UPLOAD_PACK, request, signal), "read");
    return orUnavailable(this.#name, () => {
      const objects = parsePack(parseUploadPackAnswer(body), PACK_LIMITS);
      return { objects, isFiltered };
    });
  }

  /**
   * Moves a ref.
   *
   * @throws {UnknownOutcomeError} If the server did not report whether the ref moved.
   */
  async push(request: ReceivePackRequest, { signal }: CallOptions = {}): Promise<PushReport> {
    try {
      const answer = await this.#post(RECEIVE_PACK, encodeReceivePackRequest(request), signal);
      const body = this.#bodyOf(answer, "write");
      return orUnavailable(this.#name, () => parseReceivePackAnswer(body, request.ref));
    } catch (cause) {
      // A proxy may have responded after the server moved the ref: a web page with status 200 proves nothing.
      const isUnknown = cause instanceof LockUnavailableError ||
        (cause instanceof LockAccessError && cause.status === 200);
      if (!isUnknown) throw cause;
      throw unknownOutcome(this.#name, cause.message, cause);
    }
  }

  /** Reads what the server offers for a service. A response that is not of this service proves no right to use it. */
  async #advertised(service: GitService, verb: "read" | "write", { signal }: CallOptions) {
    const url = `${this.#url}/info/refs?service=${service}`;
    const answer = await this.#transport.send({ method: "GET", url, headers: HEADERS, signal });
    const body = this.#bodyOf(answer, verb);
    return orUnavailable(this.#name, () => parseRefAdvertisement(body, service));
  }

  #post(service: GitService, body: Bytes, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.#transport.send({
      method: "POST",
      url: `${this.#url}/${service}`,
      headers: {
        ...HEADERS,
        "content-type": `application/x-${service}-request`,
        "accept": `application/x-${service}-result`,
      },
      body,
      signal,
      isWrite: service === RECEIVE_PACK,
    });
  }

  #bodyOf(answer: HttpAnswer, verb: "read" | "write"): Bytes {
    const { status, body } = answer;
    const attempt = `Cannot ${verb} ${this.#name}`;
    if (status !== 200) {
      throw responseError(attempt, status, this.#quote(answer), REFUSALS[status]);
    }
    if (!isPage(answer)) return body;
    throw new LockAccessError(
      `${attempt}: the response is a web page, not git's; ` +
        "check the base URL, the token, and whether a proxy or a login page responds instead",
      status,
    );
  }

  /** Quotes the server's message: only it names a suspended account, single sign-on or allowed addresses. */
  #quote(answer: HttpAnswer): string {
    const sentence = sentenceOf(answer);
    return sentence && `, "${this.#transport.redact(sentence, MAX_SENTENCE)}"`;
  }
}

/** GitHub responds with web pages unless the user agent starts like git's. */
const HEADERS: Readonly<Record<string, string>> = {
  "user-agent": "git/2.0 (multicluster-leader-election)",
};

/** The longest part of a server's message to quote, in characters. */
const MAX_SENTENCE = 300;

const PACK_LIMITS = { maxObjects: 5_000, maxBytes: 4 * MAX_ANSWER_BYTES };

const REFUSALS: Readonly<Record<number, Refusal>> = {
  401: ["the server does not accept the token", "use a valid one of the gist's owner"],
  403: [
    "the token does not allow it",
    'use a classic token of the gist\'s owner with the scope "gist", as a fine-grained one cannot push',
  ],
  404: [
    "the gist does not exist or this token cannot read it",
    'check the id, and use a classic token of the gist\'s owner with the scope "gist"',
  ],
};

function isPage({ headers, body }: HttpAnswer): boolean {
  return /^\s*text\/html\b/i.test(headers.get("content-type") ?? "") || /^\s*</.test(textOf(body));
}

/** Returns the message of an error response: git's text, whose lines may begin with "remote: ", or that of JSON. */
function sentenceOf(answer: HttpAnswer): string {
  if (isPage(answer)) return "";
  const json = parseJson(answer.body);
  const message = member(json, "message");
  const text = json === undefined
    ? textOf(answer.body)
    : typeof message === "string"
    ? message
    : "";
  return text.replaceAll(/^remote:[ \t]*/gm, "").replaceAll(/\s+/g, " ").trim();
}
