import {
  type CallOptions,
  type Clock,
  escapeText,
  LockAccessError,
  LockConflictError,
  LockUnavailableError,
  type Quota,
  type RequestCounts,
} from "../../lock/mod.ts";
import { randomSession, systemClock, systemFetch } from "../../lock/system.ts";
import { deletedError, TOKEN_ADVICE } from "../access.ts";
import { basicTokens } from "../access_token.ts";
import {
  baseOf,
  checkBaseUrl,
  checkRequestTimeout,
  tokenOf,
  Transport,
  unknownOutcome,
} from "../../store/kit.ts";
import type { Snapshot, Store } from "../../store/mod.ts";
import {
  checkFileName,
  checkGistId,
  DEFAULT_FILE,
  DEFAULT_GIT_BASE_URL,
  DEFAULT_REQUEST_TIMEOUT,
  describeGist,
  type GistOptions,
} from "../options.ts";
import { REQUESTS } from "../protocol.ts";
import { GitRemote } from "./remote.ts";
import type { KnownRevision } from "./known_revisions.ts";
import { encodePack } from "./objects/pack.ts";
import type { PushReport } from "./wire/receive_pack.ts";
import { HISTORY_DEPTH, RevisionReader } from "./revisions.ts";
import { composeWrite, type Write } from "./commit.ts";

/** Options of {@linkcode GitStore}; `baseUrl` is where gists are repositories. */
export interface GitStoreOptions extends GistOptions {
  /**
   * Returns another text at each call, so that no two commits are alike.
   *
   * @default {randomSession} 128 random bits
   */
  readonly nonce?: (() => string) | undefined;
}

/**
 * A gist as a git repository: the text is replaced by a push that names the commit it replaces, so that git itself lets
 * exactly one of several racing writers through. Each write is one commit without a parent, so that the gist's history
 * stays one revision long; its other files are kept.
 *
 * A write is one request. A read is one request where nothing was written since the last, else two.
 */
export class GitStore implements Store {
  /** Which protocol this is. */
  readonly protocol = "git";
  /** How many requests a proven read and a write need at most. */
  readonly requests: RequestCounts = REQUESTS.git;
  /** A push that lost a race leaves nothing behind. */
  readonly keepsLostWrites = false;
  readonly #file: string;
  readonly #name: string;
  readonly #remote: GitRemote;
  readonly #reader: RevisionReader;
  /** The clock that time-outs are counted with. */
  readonly clock: Clock;
  /** How long one request may take, in milliseconds. */
  readonly requestTimeout: number;
  readonly #nonce: () => string;

  /**
   * Makes a store; nothing is sent yet.
   *
   * @throws {TypeError | RangeError} If an option is not right; the error names it, its rule and its value (never the
   * token).
   */
  constructor(options: GitStoreOptions) {
    const id = checkGistId(options.id);
    const { token } = options;
    if (token === undefined) throw new TypeError(`No token: ${TOKEN_ADVICE}`);
    const baseUrl = checkBaseUrl(options.baseUrl ?? DEFAULT_GIT_BASE_URL);
    this.#file = checkFileName(options.file ?? DEFAULT_FILE);
    this.#name = describeGist(id, this.#file);
    this.clock = options.clock ?? systemClock;
    this.requestTimeout = checkRequestTimeout(options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT);
    const tokens = basicTokens(token, this.clock, this.requestTimeout);
    this.#nonce = options.nonce ?? randomSession;
    this.#remote = new GitRemote({
      url: `${baseUrl}/${id}.git`,
      name: this.#name,
      transport: new Transport({
        fetch: options.fetch ?? systemFetch,
        clock: this.clock,
        requestTimeout: this.requestTimeout,
        authorization: tokens,
        // A secret gist is readable to everyone who knows its id.
        secrets: () => [...tokens.secrets(), id],
      }),
    });
    this.#reader = new RevisionReader({ remote: this.#remote, name: this.#name, file: this.#file });
  }

  /**
   * Reads what is in effect.
   *
   * @throws {LockDeletedError} If the file was there once and is not any more.
   * @throws {LockAccessError} If the token or the gist's id is not right.
   * @throws {RateLimitError} If requests are refused for a while.
   * @throws {LockUnavailableError} If the gist cannot be reached, or answers with something else.
   */
  async read(options: CallOptions = {}): Promise<Snapshot> {
    return this.#snapshotOf(await this.#reader.load(options));
  }

  /**
   * Writes `content` if the head is still the one that was seen.
   *
   * @param content The new text.
   * @param seen What it replaces.
   * @throws {LockConflictError} If somebody else wrote first; this write is and stays without effect.
   * @throws {UnknownOutcomeError} If it is not known whether the write took effect, or yet will.
   * @throws {LockAccessError} If the token may not write, or a hook of the gist refuses; nothing was written.
   * @throws {RateLimitError} If requests are refused for a while; nothing was written.
   */
  async compareAndSwap(
    content: string,
    seen: Snapshot,
    options: CallOptions = {},
  ): Promise<Snapshot> {
    const { ref, replaced } = await this.#replaced(seen, options);
    const write = composeWrite({
      entries: replaced.entries,
      file: this.#file,
      content,
      time: this.clock.wall(),
      nonce: this.#nonce(),
    });
    const sent = revisionOf(write, content);
    this.#reader.known.remember(sent);
    const report = await this.#remote.push(
      { ref, oldId: seen.head, newId: write.commitId, pack: encodePack(write.objects) },
      options,
    );
    if (report.ok) return this.#snapshotOf(this.#reader.known.adopt(sent));
    return await this.#resolveRefusal(report, write, seen, options);
  }

  /**
   * Checks, without writing, that the token may push.
   *
   * @throws {LockAccessError} If it may not.
   */
  async checkAccess(options: CallOptions = {}): Promise<void> {
    await this.#remote.checkPush(options);
  }

  /** Git's requests are not part of a quota. */
  quota(): Quota | undefined {
    return undefined;
  }

  /** Names the gist for people and logs. Contains no secret. */
  describe(): string {
    return this.#name;
  }

  /** The revision that a write replaces: its other files are kept. */
  async #replaced(
    seen: Snapshot,
    options: CallOptions,
  ): Promise<{ ref: string; replaced: KnownRevision }> {
    const known = this.#reader.known.get(seen.head);
    const current = known && this.#reader.ref ? known : await this.#reader.load(options);
    const { ref } = this.#reader;
    if (current.head !== seen.head || ref === undefined) throw this.#conflict(seen, current);
    return { ref, replaced: current };
  }

  /**
   * A refused push may still be ours: where the network sent it twice, the second copy is refused because the first
   * took effect. So the answer lies in what is there now.
   */
  async #resolveRefusal(
    report: PushReport,
    write: Write,
    seen: Snapshot,
    options: CallOptions,
  ): Promise<Snapshot> {
    const said = describeRefusal(report);
    const unknown = (cause?: unknown) =>
      unknownOutcome(this.#name, `the server said ${said}`, cause);
    const current = await this.#reader.load(options).catch((cause) => {
      options.signal?.throwIfAborted();
      throw unknown(cause);
    });
    if (current.head === seen.head) {
      if (!/\bhook declined\b/i.test(report.reason)) throw unknown();
      throw new LockAccessError(
        `Cannot write ${this.#name} as a hook there declines it: the server said ${said}`,
      );
    }
    const { file } = current;
    // No two writes are alike: where the blob is ours, so is the write, even if another file was touched since.
    if (file.kind === "present" && file.blobId === write.blobId) return this.#snapshotOf(current);
    // Only what directly followed the same head proves that this write did not, and never will. Any other head may be a
    // stale answer, or may have replaced this very write.
    throw follows(current, seen.head) ? this.#conflict(seen, current) : unknown();
  }

  #snapshotOf({ head, file }: KnownRevision): Snapshot {
    switch (file.kind) {
      case "present":
        return { content: file.content, version: file.version, head, isProven: true };
      case "never":
        return { content: undefined, version: head, head, isProven: true };
      case "deleted":
        throw deletedError(this.#name, tokenOf(file.content));
      case "unknown":
        throw new LockUnavailableError(
          `Cannot tell whether ${this.#name} was ever there as the gist must have at most ` +
            `${HISTORY_DEPTH} revisions to tell: to start a new lock, put {} into the file`,
        );
    }
  }

  #conflict(seen: Snapshot, current: KnownRevision): LockConflictError {
    return new LockConflictError(
      `Cannot replace ${seen.head} in ${this.#name} as it was replaced already: ` +
        `the head is ${current.head}`,
    );
  }
}

function revisionOf({ commitId, blobId, entries }: Write, content: string): KnownRevision {
  const file = { kind: "present", content, blobId, version: commitId } as const;
  return { head: commitId, parents: [], entries, file };
}

/** Whether a revision is known to have directly followed a head: one of ours names it as its base, others have it as a parent. */
function follows({ parents, file }: KnownRevision, head: string): boolean {
  return parents.includes(head) || (file.kind === "present" && baseOf(file.content) === head);
}

function describeRefusal({ reason, messages }: PushReport): string {
  const remark = messages === "" ? "" : `, and "${escapeText(messages)}"`;
  return `"${escapeText(reason)}"${remark}`;
}
