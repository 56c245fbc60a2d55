import { systemClock } from "../../lock/mod.ts";
import { systemRandom } from "../../lock/system.ts";
import { unlessAborted } from "../../store/kit.ts";
import {
  InjectedFaults,
  type InjectOptions,
  receive,
  type ReceivedRequest,
} from "../../store/server/mod.ts";
import { decodeText } from "../git/objects/bytes.ts";
import { countRequest, NO_REQUESTS, type RequestCounts } from "./counts.ts";
import type { Fault, Proceed, ProceedOptions } from "./faults/fault.ts";
import {
  type CreateGistOptions,
  type GistServerOptions,
  LOCAL_TOKEN,
  type Revision,
} from "./options.ts";
import { RateLimiter } from "./limits/limiter.ts";
import { GITHUB_LIMITS } from "./limits/limits.ts";
import { kindOf, type RequestKind } from "./request.ts";
import { answerGit } from "./git/http.ts";
import { answerRest } from "./rest/api.ts";
import { addGist, commitEntries, editEntries, type Gist, type Site } from "./site.ts";

/** The account that owns the gists of a {@linkcode GistServer}. */
const OWNER = "local";

/**
 * A gist server in the memory of this process: GitHub's REST API and git's smart HTTP on the same gists, with injectable
 * faults. For tests and experiments.
 *
 * It behaves as GitHub does, as far as that is documented or was observed. It keeps everything until the process ends.
 *
 * @example Read a gist with the server's handler instead of `fetch`
 * ```ts
 * import assert from "node:assert/strict";
 * import { GistServer } from "@multicluster/leader-election/gist/server";
 *
 * const server = new GistServer();
 * const id = server.createGist({ "hello.txt": "Hello" });
 * const request = new Request(`https://api.github.com/gists/${id}`, {
 *   headers: { "user-agent": "example", authorization: "Bearer local-token" },
 * });
 * const response = await server.fetch(request);
 * const gist = await response.json();
 * assert.equal(gist.files["hello.txt"].content, "Hello");
 * ```
 */
export class GistServer {
  /**
   * Handles every request that no injected fault applies to.
   *
   * @default {undefined}
   */
  intercept: Fault | undefined;
  readonly #site: Site;
  #counts = NO_REQUESTS;
  readonly #injected = new InjectedFaults<RequestKind, Proceed>(kindOf);

  /** Creates a server without gists. */
  constructor(options: GistServerOptions = {}) {
    const clock = options.clock ?? systemClock;
    this.#site = {
      clock,
      random: options.random ?? systemRandom,
      accounts: new Map([
        ...Object.entries(options.tokens ?? {}),
        [options.token ?? LOCAL_TOKEN, OWNER],
      ]),
      gists: new Map(),
      limiter: new RateLimiter(clock, { ...GITHUB_LIMITS, ...options.limits }),
      writeDuration: options.writeDuration ?? 0,
      historyLength: options.historyLength ?? 30,
    };
  }

  /** The requests answered since the start, or since {@linkcode GistServer.resetCounts}. */
  get counts(): RequestCounts {
    return this.#counts;
  }

  /** Sets all counts to zero. */
  resetCounts(): void {
    this.#counts = NO_REQUESTS;
  }

  /**
   * Responds to a request. Bound to the server, so that it can be passed as `fetch` or to `Deno.serve`.
   *
   * Rejects with the reason of the request's signal if that aborts; as on a real server, the work continues.
   */
  readonly fetch = (request: Request): Promise<Response> => {
    if (request.signal.aborted) return Promise.reject(request.signal.reason);
    return unlessAborted(this.#meet(request), request.signal);
  };

  /** Replaces the token of the account that owns the gists: the old one is refused with status 401 from now on. */
  replaceToken(token: string): void {
    const { accounts } = this.#site;
    for (const [old, login] of accounts) if (login === OWNER) accounts.delete(old);
    accounts.set(token, OWNER);
  }

  /**
   * Creates a gist of the account `local`.
   *
   * @param files The files' contents by name; if empty, the repository has no commit.
   * @returns The gist's id.
   */
  createGist(files: Readonly<Record<string, string>>, options: CreateGistOptions = {}): string {
    const gist = addGist(this.#site, {
      owner: OWNER,
      branch: options.branch ?? "main",
      public: options.public ?? false,
      description: options.description ?? null,
    });
    if (Object.keys(files).length > 0) this.editGist(gist.id, files);
    return gist.id;
  }

  /**
   * Edits files as their owner does on the web, unconditionally.
   *
   * @param files The new contents by name; `null` deletes a file. Other files stay.
   * @returns The version of the newest revision.
   * @throws {Error} If the gist does not exist.
   */
  editGist(id: string, files: Readonly<Record<string, string | null>>): string {
    const gist = this.#gist(id);
    const edits = Object.entries(files)
      .map(([name, content]) => [name, content === null ? null : { content }] as const);
    commitEntries(this.#site, gist, editEntries(gist, edits).values());
    return gist.repository.head() ?? "";
  }

  /** Deletes a gist. */
  deleteGist(id: string): void {
    this.#site.gists.delete(id);
  }

  /**
   * Returns the revisions of a gist, newest first, unaffected by faults. Not counted as a request.
   *
   * @throws {Error} If the gist does not exist.
   */
  revisions(id: string): Revision[] {
    const { repository } = this.#gist(id);
    return repository.history(repository.head()).map((version) => {
      const files = repository.entries(version)
        .map(({ name, id }) => [name, decodeText(repository.body(id))]);
      return { version, committedAt: repository.time(version), files: Object.fromEntries(files) };
    }).toArray();
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
    const proceed: Proceed = (options = {}) => this.#answer(received, options);
    return await (fault ? fault(received, proceed, this.#site.clock) : proceed());
  }

  async #answer(request: ReceivedRequest, options: ProceedOptions): Promise<Response> {
    const kind = kindOf(request);
    const endpoint = kind.startsWith("git-") ? answerGit : answerRest;
    const answer = await endpoint(this.#site, request, options);
    const body = await answer.arrayBuffer();
    const { status, headers } = answer;
    const bytes = { bytesReceived: request.body.length, bytesSent: body.byteLength };
    this.#counts = countRequest(this.#counts, kind, status, bytes);
    return new Response(answer.body === null ? null : body, { status, headers });
  }

  #gist(id: string): Gist {
    const gist = this.#site.gists.get(id);
    if (!gist) throw new Error(`Cannot find gist ${id}: it does not exist`);
    return gist;
  }
}
