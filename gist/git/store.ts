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
import { randomSession } from "../../lock/system.ts";
import { baseOf, tokenOf, unknownOutcome } from "../../store/kit.ts";
import type { Snapshot, Store } from "../../store/mod.ts";
import { deletedError } from "../access.ts";
import { type GistOptions, REQUESTS } from "../options.ts";
import { composeWrite, type Write } from "./commit.ts";
import type { KnownRevision } from "./known_revisions.ts";
import { encodePack } from "./objects/pack.ts";
import { openRepository } from "./repository.ts";
import { HISTORY_DEPTH, type RevisionReader } from "./revisions.ts";
import type { PushReport } from "./wire/receive_pack.ts";

/** Options of {@linkcode GitStore}; `baseUrl` is the address of the gists' repositories. */
export interface GitStoreOptions extends GistOptions {
  /** Returns a different text on each call, so that no two commits are equal. */
  readonly nonce?: (() => string) | undefined;
}

/**
 * A gist as a git repository: each write is a push that names the commit it replaces, so that git accepts exactly one of
 * several racing writes. A write is one commit without a parent, which keeps the gist's history one revision long, and
 * keeps the gist's other files.
 *
 * A write is one request. A read is one request if nothing was written since the last read, else two.
 */
export class GitStore implements Store {
  readonly protocol = "git";
  readonly requests: RequestCounts = REQUESTS.git;
  /** A push that lost a race leaves nothing behind. */
  readonly keepsLostWrites = false;
  readonly #reader: RevisionReader;
  readonly clock: Clock;
  readonly requestTimeout: number;
  readonly #nonce: () => string;

  constructor(options: GitStoreOptions) {
    const { reader, clock, requestTimeout } = openRepository(options);
    this.#reader = reader;
    this.clock = clock;
    this.requestTimeout = requestTimeout;
    this.#nonce = options.nonce ?? randomSession;
  }

  async read(options: CallOptions = {}): Promise<Snapshot> {
    return this.#snapshotOf(await this.#reader.load(options));
  }

  async compareAndSwap(
    content: string,
    seen: Snapshot,
    options: CallOptions = {},
  ): Promise<Snapshot> {
    const { ref, replaced } = await this.#replaced(seen, options);
    const write = composeWrite({
      entries: replaced.entries,
      file: this.#reader.file,
      content,
      time: this.clock.wall(),
      nonce: this.#nonce(),
    });
    const sent = revisionOf(write, content);
    this.#reader.known.remember(sent);
    const report = await this.#reader.remote.push(
      { ref, oldId: seen.head, newId: write.commitId, pack: encodePack(write.objects) },
      options,
    );
    if (report.ok) return this.#snapshotOf(this.#reader.known.adopt(sent));
    return await this.#resolveRefusal(report, write, seen, options);
  }

  async checkAccess(options: CallOptions = {}): Promise<void> {
    await this.#reader.remote.checkPush(options);
  }

  /** Git requests have no quota. */
  quota(): Quota | undefined {
    return undefined;
  }

  describe(): string {
    return this.#reader.name;
  }

  /** Returns the revision that a write replaces, whose other files it keeps. */
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
   * Reads the outcome of a refused push. It may still have taken effect: if the network sent it twice, the second copy is
   * refused because the first one moved the branch.
   */
  async #resolveRefusal(
    report: PushReport,
    write: Write,
    seen: Snapshot,
    options: CallOptions,
  ): Promise<Snapshot> {
    const said = describeRefusal(report);
    const unknown = (cause?: unknown) =>
      unknownOutcome(this.#reader.name, `the server said ${said}`, cause);
    const current = await this.#reader.load(options).catch((cause) => {
      options.signal?.throwIfAborted();
      throw unknown(cause);
    });
    if (current.head === seen.head) {
      if (!/\bhook declined\b/i.test(report.reason)) throw unknown();
      throw new LockAccessError(
        `Cannot write ${this.#reader.name}: a hook of the repository declined the push; the server said ${said}`,
      );
    }
    const { file } = current;
    // No two writes are equal: our blob proves our write, even if another file was changed since.
    if (file.kind === "present" && file.blobId === write.blobId) return this.#snapshotOf(current);
    // Another direct successor of the same head proves that this write never takes effect. Any other head may be stale, or
    // may have replaced this write.
    throw follows(current, seen.head) ? this.#conflict(seen, current) : unknown();
  }

  #snapshotOf({ head, file }: KnownRevision): Snapshot {
    switch (file.kind) {
      case "present":
        return { content: file.content, version: file.version, head, isProven: true };
      case "never":
        return { content: undefined, version: head, head, isProven: true };
      case "deleted":
        throw deletedError(this.#reader.name, tokenOf(file.content));
      case "unknown":
        throw new LockUnavailableError(
          `Cannot read ${this.#reader.name}: the file is missing, and the gist has more than ${HISTORY_DEPTH} revisions, too many ` +
            "to find out whether it was deleted; to start a new lock, put {} into the file",
        );
    }
  }

  #conflict(seen: Snapshot, current: KnownRevision): LockConflictError {
    return new LockConflictError(
      `Cannot replace ${seen.head} in ${this.#reader.name}: it was already replaced, the head is ${current.head}`,
    );
  }
}

function revisionOf({ commitId, blobId, entries }: Write, content: string): KnownRevision {
  const file = { kind: "present", content, blobId, version: commitId } as const;
  return { head: commitId, parents: [], entries, file };
}

/** Whether a revision directly followed a head: by the base of our record, or by its parent. */
function follows({ parents, file }: KnownRevision, head: string): boolean {
  return parents.includes(head) || (file.kind === "present" && baseOf(file.content) === head);
}

function describeRefusal({ reason, messages }: PushReport): string {
  const remark = messages === "" ? "" : `, and "${escapeText(messages)}"`;
  return `"${escapeText(reason)}"${remark}`;
}
