import {
  type CallOptions,
  LockConflictError,
  LockUnavailableError,
  type Quota,
  type RequestCounts,
} from "../../lock/mod.ts";
import { checkAccess, type Owned } from "./access.ts";
import { deletedError, tooManyVoidError } from "../access.ts";
import { type GistAnswer, readGist, readOwner } from "./response.ts";
import { findInEffect, type InEffect, MAX_REVISIONS, type Revision } from "./in_effect.ts";
import {
  checkFileName,
  checkGistId,
  DEFAULT_FILE,
  describeGist,
  type GistOptions,
} from "../options.ts";
import type { GistFile } from "./read_revision.ts";
import { GistClient } from "./client.ts";
import { RevisionLog } from "./revisions.ts";
import { baseOf, parseText, RecentMap, unknownOutcome } from "../../store/kit.ts";
import type { Snapshot, Store } from "../../store/mod.ts";
import { REQUESTS } from "../protocol.ts";

/** How many texts of its own a store remembers to have sent. */
const MAX_SENT = 32;

/** An answer about the whole gist, which may be put together from two instants. */
interface Latest extends Owned {
  readonly answer: GistAnswer;
}

/**
 * A file of a gist, by the REST API: a compare-and-swap that is checked on the history; see {@linkcode inEffect}.
 *
 * One answer may show the text of one revision beside the name of another. A text therefore counts as a revision's only
 * where it was read by that revision's own name. What is read without proof is shown as it came, and says so. In steady state
 * such a read costs one request, which is free where it is answered 304; a proven one costs one more where the newest
 * revision is not known yet; and a write costs two: the PATCH, and its revision by name.
 */
export class RestStore implements Store {
  /** Which protocol this is. */
  readonly protocol = "rest";
  /** How many requests a proven read and a write need at most. */
  readonly requests: RequestCounts = REQUESTS.rest;
  /** A write that lost a race leaves a void revision behind. */
  readonly keepsLostWrites = true;
  readonly #gist: GistFile;
  readonly #log: RevisionLog;
  /** The last answer with its ETag. What it shows is proven like any other. */
  #latest: Latest & { readonly etag: string } | undefined;
  /** What is in effect from a revision back, as it was proven. */
  readonly #proven = new RecentMap<InEffect>({ entries: 2 * MAX_REVISIONS });
  /** Texts of this store: one that is shown is proven before anybody takes it for done. */
  readonly #sent = new RecentMap<true>({ entries: MAX_SENT });

  /**
   * Makes a store; nothing is sent yet.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option has a wrong value.
   */
  constructor(options: GistOptions) {
    const client = new GistClient(options);
    const file = checkFileName(options.file ?? DEFAULT_FILE);
    this.#gist = { client, file, where: describeGist(checkGistId(options.id), file) };
    this.#log = new RevisionLog(this.#gist);
  }

  /**
   * Reads what is in effect. May be stale. Without `proof` it may show the text of one revision beside the name of another,
   * and then says so.
   *
   * @throws {LockDeletedError} If the file was there once and is not any more.
   * @throws {LockAccessError} If the token or the gist's id is not right.
   * @throws {RateLimitError} If requests are refused for a while.
   * @throws {LockUnavailableError} If the gist cannot be reached, or answers with something else.
   */
  async read(options: CallOptions = {}): Promise<Snapshot> {
    const { answer } = await this.#readLatest(options);
    const head = answer.history?.[0] ?? await this.#log.head(options);
    const shown = options.proof ? undefined : this.#shownAt(head, answer);
    if (shown) return shown;
    const { version, content, isDeleted, lastToken } = await this.#findInEffect(head, options);
    // An answer that turns out to mix two instants is not asked for again by its ETag.
    if (this.#log.has(head) && this.#log.known(head) !== answer.content) this.#latest = undefined;
    if (isDeleted) throw deletedError(this.#gist.where, lastToken);
    return { content, version, head, isProven: true };
  }

  /**
   * Writes `content` after the head that was seen, and proves that it is in effect there.
   *
   * @param content The new text: a record whose `base` is `seen.head`. No two writes may be alike.
   * @param seen What it replaces.
   * @throws {LockConflictError} If somebody else wrote first; this write is and stays void.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect, or yet will.
   * @throws {LockAccessError} If the token may not write; nothing was written.
   * @throws {RateLimitError} If requests are refused for a while; nothing was written.
   */
  async compareAndSwap(
    content: string,
    seen: Snapshot,
    options: CallOptions = {},
  ): Promise<Snapshot> {
    // Without its base a write would be in effect whatever came before it: two leaders.
    if (baseOf(content) !== seen.head) {
      throw new TypeError(
        `Cannot write ${this.#gist.where} as the record's base must be the head that was seen: it is another`,
      );
    }
    if (!seen.isProven) await this.#confirm(seen, options);
    this.#sent.set(content, true);
    const { history = [] } = await this.#patch(content, options);
    this.#log.learnLinks(history);
    try {
      return await this.#judge(history, content, seen, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof LockConflictError) throw error;
      // A request for the judgement may be refused, too, which says nothing about the write.
      throw unknownOutcome(this.#gist.where, undefined, error);
    }
  }

  /**
   * Checks, without writing, that the token may write: by the gist's owner, and the token's account and scopes. A token
   * that the server says nothing of passes.
   *
   * @throws {LockAccessError} If it may not.
   * @throws {LockError} If the server cannot be asked; see {@linkcode RestStore.read}.
   */
  async checkAccess(options: CallOptions = {}): Promise<void> {
    await checkAccess(this.#gist, () => this.#readLatest(options), options);
  }

  /** What the last response said of the quota; `undefined` if none did. */
  quota(): Quota | undefined {
    return this.#gist.client.quota();
  }

  /** Names the gist for people and logs. Contains no secret. */
  describe(): string {
    return this.#gist.where;
  }

  async #readLatest({ signal }: CallOptions): Promise<Latest> {
    const known = this.#latest;
    const response = await this.#gist.client.request("GET", "", this.#gist.where, {
      etag: known?.etag,
      signal,
    });
    const { status, value, etag, scopes } = response;
    const latest = status === 304 && known
      ? { ...known, scopes }
      : { answer: readGist(value, this.#gist.file), owner: readOwner(value), scopes };
    this.#latest = etag === undefined ? undefined : { ...latest, etag };
    this.#log.learnLinks(latest.answer.history);
    return latest;
  }

  /**
   * What an answer shows, if it can be returned without another request: a record of this protocol whose base is the
   * revision shown before it. It may be a rival's, as two rivals name the same base. Anything else is proven at once, as it
   * may make a candidate act: no file, no record, another protocol, a write of one's own.
   */
  #shownAt(head: string, { content, history }: GistAnswer): Snapshot | undefined {
    if (content === undefined || history === undefined || this.#log.has(head)) return undefined;
    const { base, protocol = this.protocol } = parseText(content).record ?? {};
    const isPlain = base !== undefined && base === history[1] && protocol === this.protocol;
    if (!isPlain || this.#sent.has(content)) return undefined;
    return { content, version: head, head, isProven: false };
  }

  /** A write builds on what is proven only. */
  async #confirm(seen: Snapshot, options: CallOptions): Promise<void> {
    const { version, content } = await this.#findInEffect(seen.head, options);
    if (version === seen.version && content === seen.content) return;
    throw new LockConflictError(
      `Cannot write ${this.#gist.where} as what was shown at ${seen.head} is not in effect there: read again`,
    );
  }

  async #patch(content: string, { signal }: CallOptions): Promise<GistAnswer> {
    try {
      const { value } = await this.#gist.client.request("PATCH", "", this.#gist.where, {
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
   * Only the direct successor of the head that was seen can be this write in effect. Where it is another's, this write is
   * void wherever it landed, or yet lands. Which text the answer to the write shows does not matter.
   */
  async #judge(
    history: readonly string[],
    content: string,
    seen: Snapshot,
    options: CallOptions,
  ): Promise<Snapshot> {
    const [head] = history;
    const successor = await this.#log.successor(seen.head, history, options);
    if (head === undefined || successor === undefined) {
      throw new LockUnavailableError(
        `Cannot find the write in the answer to it, as its history must show it after ${seen.head}`,
      );
    }
    if (await this.#log.content(successor, options) !== content) {
      throw new LockConflictError(
        `Cannot write ${this.#gist.where} as somebody else did first: ${successor} follows ${seen.head}`,
      );
    }
    const { version } = await this.#findInEffect(head, options);
    if (version !== successor) {
      throw new LockUnavailableError(
        `Cannot keep the write of ${this.#gist.where} as it was replaced since`,
      );
    }
    return { content, version, head, isProven: true };
  }

  async #findInEffect(head: string, options: CallOptions): Promise<InEffect> {
    const known = this.#proven.get(head);
    if (known) return known;
    const passed: string[] = [];
    const revisions = this.#log.back(head, options);
    const next = async (): Promise<Revision> => {
      const { value } = await revisions.next();
      if (!value) throw new Error(`Cannot go back from the first revision of ${this.#gist.where}`);
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

  /** Every revision that was gone through on the way is void, or in effect itself: the same is in effect from it back. */
  #keep(passed: readonly string[], inEffect: InEffect): void {
    const end = passed.indexOf(inEffect.version);
    const same = end < 0 ? passed : passed.slice(0, end + 1);
    for (const version of same.toReversed()) this.#proven.set(version, inEffect);
  }
}
