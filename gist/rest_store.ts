import {
  type CallOptions,
  LockConflictError,
  LockUnavailableError,
  type Quota,
  type RequestCounts,
  UnknownOutcomeError,
} from "../lock/mod.ts";
import { deletedError } from "./failures.ts";
import { type GistAnswer, readGist } from "./gist_answer.ts";
import { baseOf, findInEffect, type InEffect, MAX_REVISIONS } from "./in_effect.ts";
import { checkFileName, checkGistId, DEFAULT_FILE, describeGist } from "./options.ts";
import { GistClient, type GistClientOptions } from "./rest_client.ts";
import { RevisionLog } from "./revision_log.ts";
import type { GistStore, Snapshot } from "./store.ts";

/** Options of {@linkcode RestStore}. */
export interface RestStoreOptions extends GistClientOptions {
  /**
   * The file that holds the text.
   *
   * @default {"leader-election.json"}
   */
  readonly file?: string;
}

/**
 * A file of a gist, by the REST API: a compare-and-swap that is checked on the history; see {@linkcode inEffect}.
 *
 * In steady state a poll costs one request, which is free where it is answered 304, and so does a write that follows this
 * store's last: its own answer shows which revision it followed. A write that follows another's costs one more.
 */
export class RestStore implements GistStore {
  /** Which protocol this is. */
  readonly protocol = "rest";
  /** A proven read is the gist and its newest revision by name, a write is a PATCH and its revision by name. */
  readonly requests: RequestCounts = { read: 2, write: 2 };
  /** A write that lost a race leaves a void revision behind. */
  readonly keepsLostWrites = true;
  readonly #client: GistClient;
  readonly #file: string;
  readonly #where: string;
  readonly #log: RevisionLog;
  #latest: { readonly etag: string; readonly answer: GistAnswer } | undefined;
  /** The version of this store's last write, while nobody else is known to have written since. */
  #written: string | undefined;
  /** A write after somebody else's that is not known to be in effect. */
  #unproven: string | undefined;

  /**
   * Makes a store; nothing is sent yet.
   *
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option has a wrong value.
   */
  constructor(options: RestStoreOptions) {
    this.#client = new GistClient(options);
    this.#file = checkFileName(options.file ?? DEFAULT_FILE);
    this.#where = describeGist(checkGistId(options.id), this.#file);
    this.#log = new RevisionLog(this.#client, this.#file, this.#where);
  }

  /**
   * Reads what is in effect. May be stale, never mixed.
   *
   * @throws {LockDeletedError} If the file was there once and is not any more.
   * @throws {LockAccessError} If the token or the gist's id is not right.
   * @throws {RateLimitError} If requests are refused for a while.
   * @throws {LockUnavailableError} If the gist cannot be reached, or answers with something else.
   */
  async read(options: CallOptions = {}): Promise<Snapshot> {
    const answer = await this.#readLatest(options);
    const head = answer.history?.[0] ?? await this.#log.head(options);
    const { version, content, isDeleted, lastToken } = await this.#findInEffect(head, options);
    if (isDeleted) throw deletedError(this.#where, lastToken);
    return { content, version, head, isProven: true };
  }

  /**
   * Writes `content` after the head that was seen, and looks whether it is in effect there.
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
        `Cannot write ${this.#where} as the record's base must be the head that was seen: it is another`,
      );
    }
    // Who follows a write of its own has no rival for the same place; who follows another's may.
    this.#unproven = seen.version === this.#written ? undefined : content;
    this.#written = undefined;
    const answer = await this.#patch(content, options);
    try {
      const snapshot = await this.#judge(answer, content, seen, options);
      this.#unproven = undefined;
      this.#written = snapshot.version;
      return snapshot;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof LockConflictError) throw error;
      // A request for the judgement may be refused, too, which says nothing about the write.
      throw unknownOutcome(this.#where, error);
    }
  }

  /**
   * Checks, without writing, that the token may write.
   *
   * @throws {LockAccessError} If it may not.
   */
  async checkAccess(_options: CallOptions = {}): Promise<void> {}

  /** What the last response said of the quota. */
  quota(): Quota | undefined {
    return undefined;
  }

  /** Names the gist for people and logs. Contains no secret. */
  describe(): string {
    return this.#where;
  }

  async #readLatest({ signal }: CallOptions): Promise<GistAnswer> {
    const { status, value, etag } = await this.#client.request("GET", "", this.#where, {
      etag: this.#latest?.etag,
      signal,
    });
    const answer = status === 304 && this.#latest
      ? this.#latest.answer
      : readGist(value, this.#file);
    this.#latest = etag === undefined ? undefined : { etag, answer };
    this.#learn(answer);
    return answer;
  }

  async #patch(content: string, { signal }: CallOptions): Promise<GistAnswer> {
    try {
      const { value } = await this.#client.request("PATCH", "", this.#where, {
        body: { files: { [this.#file]: { content } } },
        signal,
      });
      return readGist(value, this.#file);
    } catch (error) {
      throw error instanceof LockUnavailableError ? unknownOutcome(this.#where, error) : error;
    }
  }

  /**
   * Only the direct successor of the head that was seen can be this write in effect. Where it is another's, this write is
   * void wherever it landed, or yet lands.
   */
  async #judge(
    answer: GistAnswer,
    content: string,
    seen: Snapshot,
    options: CallOptions,
  ): Promise<Snapshot> {
    const { history = [] } = answer;
    const [head] = history;
    const successor = history[history.indexOf(seen.head) - 1];
    const isShown = head !== successor || answer.content === content;
    if (head === undefined || successor === undefined || !isShown) {
      throw new LockUnavailableError(
        `Cannot find the write in the answer to it, as its history must show it after ${seen.head}`,
      );
    }
    this.#learn(answer);
    if (await this.#log.content(successor, options) !== content) {
      throw new LockConflictError(
        `Cannot write ${this.#where} as somebody else did first: ${successor} follows ${seen.head}`,
      );
    }
    const { version } = await this.#findInEffect(head, options);
    if (version !== successor) {
      throw new LockUnavailableError(
        `Cannot keep the write of ${this.#where} as it was replaced since`,
      );
    }
    return { content, version, head, isProven: true };
  }

  /**
   * Two rivals name the same base, so an answer that shows one's text beside the other's revision looks as if it were of a
   * piece. The text of a write that may have a rival is therefore asked for by its revision's own name.
   */
  #learn(answer: GistAnswer): void {
    const isProof = this.#unproven === undefined || answer.content !== this.#unproven;
    this.#log.learn(isProof ? answer : { ...answer, content: undefined });
  }

  async #findInEffect(head: string, options: CallOptions): Promise<InEffect> {
    const search = findInEffect(await this.#log.revision(head, options));
    let step = search.next();
    while (!step.done) step = search.next(await this.#log.revision(step.value, options));
    if (step.value === undefined) {
      throw new LockUnavailableError(
        `Cannot read ${this.#where} as the record in effect must be among its newest ${MAX_REVISIONS} revisions: ` +
          "use a gist of its own for the lock, or the git protocol",
      );
    }
    return step.value;
  }
}

function unknownOutcome(where: string, cause: unknown): UnknownOutcomeError {
  return new UnknownOutcomeError(
    `Cannot tell whether the write of ${where} took effect: read before you write again`,
    { cause },
  );
}
