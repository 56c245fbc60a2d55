import {
  type CallOptions,
  type Clock,
  LockConflictError,
  LockUnavailableError,
  type Quota,
  type RequestCounts,
} from "../../lock/mod.ts";
import { baseOf, parseText, RecentMap, unknownOutcome } from "../../store/kit.ts";
import type { Snapshot, Store } from "../../store/mod.ts";
import { deletedError, tooManyVoidError } from "../access.ts";
import { type GistOptions, REQUESTS } from "../options.ts";
import { checkAccess, type Owned } from "./access.ts";
import { findInEffect, type InEffect, MAX_REVISIONS, type Revision } from "./in_effect.ts";
import { GistClient } from "./client.ts";
import { type GistAnswer, readGist, readOwner } from "./response.ts";
import { RevisionLog } from "./revisions.ts";

/** The most sent contents that a store remembers. */
const MAX_SENT = 32;

/** A response about the whole gist, which may mix two instants. */
interface Latest extends Owned {
  readonly answer: GistAnswer;
}

/**
 * A file of a gist by the REST API, which has no compare-and-swap: each record names the revision that it must follow, and
 * the history shows whether it does; see {@linkcode inEffect}.
 *
 * A response may pair the content of one revision with the name of another, so a content is proven only if it was read by
 * its revision's own name. An unproven read costs one request, free of the quota if the response is a 304; a proven one
 * costs one more if the newest revision is not known yet; a write costs two: the PATCH, and its revision by name.
 */
export class RestStore implements Store {
  readonly protocol = "rest";
  readonly requests: RequestCounts = REQUESTS.rest;
  /** A write that lost a race leaves a void revision behind. */
  readonly keepsLostWrites = true;
  readonly clock: Clock;
  readonly requestTimeout: number;
  readonly #gist: GistClient;
  readonly #log: RevisionLog;
  /** The last response with its ETag. */
  #latest: Latest & { readonly etag: string } | undefined;
  /** The proven content in effect, by the revision that the search started at. */
  readonly #proven = new RecentMap<InEffect>({ entries: 2 * MAX_REVISIONS });
  /** The contents sent by this store: a read that shows one is proven before it counts as a success. */
  readonly #sent = new RecentMap<true>({ entries: MAX_SENT });

  constructor(options: GistOptions) {
    this.#gist = new GistClient(options);
    this.clock = this.#gist.clock;
    this.requestTimeout = this.#gist.requestTimeout;
    this.#log = new RevisionLog(this.#gist);
  }

  async read(options: CallOptions = {}): Promise<Snapshot> {
    const { answer } = await this.#readLatest(options);
    const head = answer.history?.[0] ?? await this.#log.head(options);
    const shown = options.proof ? undefined : this.#shownAt(head, answer);
    if (shown) return shown;
    const { version, content, isDeleted, lastToken } = await this.#findInEffect(head, options);
    // Do not ask again by the ETag of a response that turned out to mix two instants.
    if (this.#log.has(head) && this.#log.known(head) !== answer.content) this.#latest = undefined;
    if (isDeleted) throw deletedError(this.#gist.where, lastToken);
    return { content, version, head, isProven: true };
  }

  async compareAndSwap(
    content: string,
    seen: Snapshot,
    options: CallOptions = {},
  ): Promise<Snapshot> {
    // Without its base the write would be in effect whatever it follows: two leaders.
    if (baseOf(content) !== seen.head) {
      throw new TypeError(`The record's base must be the head that was seen, ${seen.head}`);
    }
    if (!seen.isProven) await this.#confirm(seen, options);
    this.#sent.set(content, true);
    const { history = [] } = await this.#patch(content, options);
    this.#log.learnLinks(history);
    try {
      return await this.#proveWrite(content, seen, history, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof LockConflictError) throw error;
      // A failed read says nothing about the write.
      throw unknownOutcome(this.#gist.where, undefined, error);
    }
  }

  /** Checks the gist's owner, and the account and scopes of the token. Passes what the server does not reveal. */
  async checkAccess(options: CallOptions = {}): Promise<void> {
    await checkAccess(this.#gist, () => this.#readLatest(options), options);
  }

  quota(): Quota | undefined {
    return this.#gist.quota();
  }

  describe(): string {
    return this.#gist.where;
  }

  // ---- Reads ----

  async #readLatest({ signal }: CallOptions): Promise<Latest> {
    const known = this.#latest;
    const response = await this.#gist.request("GET", "", { etag: known?.etag, signal });
    const { status, value, etag, scopes } = response;
    const latest = status === 304 && known
      ? { ...known, scopes }
      : { answer: readGist(value, this.#gist.file), owner: readOwner(value), scopes };
    this.#latest = etag === undefined ? undefined : { ...latest, etag };
    this.#log.learnLinks(latest.answer.history);
    return latest;
  }

  /**
   * Returns an unproven snapshot if the response shows a record of this protocol whose base is the revision before it. It
   * may be a loser's, as rivals name the same base. Everything else is proven at once, as a candidate may act on it: a
   * missing file, an invalid record, another protocol, a write of its own.
   */
  #shownAt(head: string, { content, history }: GistAnswer): Snapshot | undefined {
    if (content === undefined || history === undefined || this.#log.has(head)) return undefined;
    const { base, protocol = this.protocol } = parseText(content).record ?? {};
    const isPlain = base !== undefined && base === history[1] && protocol === this.protocol;
    if (!isPlain || this.#sent.has(content)) return undefined;
    return { content, version: head, head, isProven: false };
  }

  // ---- Writes ----

  /** Proves an unproven snapshot before a write builds on it. */
  async #confirm(seen: Snapshot, options: CallOptions): Promise<void> {
    const { version, content } = await this.#findInEffect(seen.head, options);
    if (version === seen.version && content === seen.content) return;
    throw new LockConflictError(
      `Cannot write ${this.#gist.where}: the record read at revision ${seen.head} is not in effect there; read again`,
    );
  }

  async #patch(content: string, { signal }: CallOptions): Promise<GistAnswer> {
    try {
      const { value } = await this.#gist.request("PATCH", "", {
        body: { files: { [this.#gist.file]: { content } } },
        signal,
      });
      return readGist(value, this.#gist.file);
    } catch (error) {
      throw error instanceof LockUnavailableError
        ? unknownOutcome(this.#gist.where, undefined, error)
        : error;
    }
  }

  /**
   * Proves that a write is in effect. Only the direct successor of the head that was seen can be: if that is another write,
   * this one is void wherever it landed, or will land. The content in the response to the PATCH proves nothing.
   */
  async #proveWrite(
    content: string,
    seen: Snapshot,
    history: readonly string[],
    options: CallOptions,
  ): Promise<Snapshot> {
    const { where } = this.#gist;
    const [head] = history;
    const successor = await this.#log.successor(seen.head, history, options);
    if (head === undefined || successor === undefined) {
      throw new LockUnavailableError(
        `Cannot find the write to ${where}: the history in the response does not reach back to ${seen.head}`,
      );
    }
    if (await this.#log.content(successor, options) !== content) {
      throw new LockConflictError(
        `Cannot write ${where}: another write came first, ${successor} follows ${seen.head}`,
      );
    }
    const { version } = await this.#findInEffect(head, options);
    if (version !== successor) {
      throw new LockUnavailableError(`The write to ${where} took effect, but was replaced since`);
    }
    return { content, version, head, isProven: true };
  }

  // ---- The revision in effect ----

  /** Searches from a revision back, and reads only revisions that are not known yet. */
  async #findInEffect(head: string, options: CallOptions): Promise<InEffect> {
    const known = this.#proven.get(head);
    if (known) return known;
    const passed: string[] = [];
    const revisions = this.#log.back(head, options);
    const next = async (): Promise<Revision> => {
      const { value } = await revisions.next();
      if (!value) throw new Error(`The first revision of ${this.#gist.where} has no predecessor`);
      passed.push(value.version);
      return value;
    };
    const search = findInEffect(await next(), (version) => this.#proven.get(version));
    let step = search.next();
    while (!step.done) step = search.next(await next());
    if (step.value === undefined) throw tooManyVoidError(this.#gist.where, MAX_REVISIONS);
    this.#keep(passed, step.value);
    return step.value;
  }

  /** Every revision passed on the way is void, or in effect itself, so a search from it ends at the same one. */
  #keep(passed: readonly string[], inEffect: InEffect): void {
    const end = passed.indexOf(inEffect.version);
    const same = end < 0 ? passed : passed.slice(0, end + 1);
    for (const version of same.toReversed()) this.#proven.set(version, inEffect);
  }
}
