import { type CallOptions, LockUnavailableError } from "../../lock/mod.ts";
import { GitFormatError, orUnavailable } from "./objects/errors.ts";
import type { Fetched, GitRemote, Tip } from "./remote.ts";
import { findPastFile, type PastFile, readFile, readRevision } from "./history.ts";
import { type KnownRevision, KnownRevisions } from "./known_revisions.ts";

/** The most attempts of a read while the head moves between its two requests. */
const MOST_MOVES = 4;
/** The most commits to search for a file that the newest one does not have. */
export const HISTORY_DEPTH = 50;

/** Reads the newest revision of a repository, and fetches only what is not known yet. */
export class RevisionReader {
  readonly known: KnownRevisions = new KnownRevisions();
  /** The default branch, once known. */
  ref: string | undefined;

  /**
   * @param name The file's name in errors, without secrets.
   * @param file The file that holds the record.
   */
  constructor(readonly remote: GitRemote, readonly name: string, readonly file: string) {}

  /**
   * Reads the newest revision, by one request if it is known already, else by two or more.
   *
   * @throws {LockError} As {@linkcode Store.read} does.
   */
  async load(options: CallOptions): Promise<KnownRevision> {
    let refused: { head: string; error: LockUnavailableError } | undefined;
    for (let move = 0; move < MOST_MOVES; move++) {
      const tip = await this.remote.discover(options);
      this.ref = tip.ref;
      const known = this.known.get(tip.head);
      if (known) return this.known.adopt(known);
      if (refused?.head === tip.head) throw refused.error;
      try {
        return this.known.adopt(await this.#fetch(tip, options));
      } catch (error) {
        // A commit without a parent disappears when it is replaced: if that just happened, read again.
        if (!(error instanceof LockUnavailableError && error.cause instanceof GitFormatError)) {
          throw error;
        }
        refused = { head: tip.head, error };
      }
    }
    throw refused?.error ?? new LockUnavailableError(`Cannot read ${this.name}`);
  }

  async #fetch(tip: Tip, options: CallOptions): Promise<KnownRevision> {
    const fetched = await this.remote.fetch(tip, { ...options, depth: 1, largeBlobs: false });
    const { head } = tip;
    const { commit: { parents }, entries } = this.#parse(() => readRevision(fetched.objects, head));
    const entry = entries.find(({ name }) => name === this.file);
    if (entry === undefined) {
      return { head, parents, entries, file: await this.#pastFile(tip, parents, options) };
    }
    const read = ({ objects }: Fetched) => this.#parse(() => readFile(objects, entry));
    const content = read(fetched) ??
      (fetched.isFiltered
        ? read(await this.remote.fetch(tip, { ...options, depth: 1, largeBlobs: true }))
        : undefined);
    if (content === undefined) {
      throw new LockUnavailableError(
        `Cannot read ${this.name}: the git server omitted its content; try again later`,
      );
    }
    const version = this.known.versionOf(entry.id, head);
    return {
      head,
      parents,
      entries,
      file: { kind: "present", content, blobId: entry.id, version },
    };
  }

  /** Finds out whether a missing file was deleted: such a lock is not a new one. */
  async #pastFile(tip: Tip, parents: readonly string[], options: CallOptions): Promise<PastFile> {
    if (this.known.lastContent !== undefined) {
      return { kind: "deleted", content: this.known.lastContent };
    }
    if (parents.length === 0) return { kind: "never" };
    const { objects } = await this.remote.fetch(tip, {
      ...options,
      depth: HISTORY_DEPTH,
      largeBlobs: false,
    });
    return this.#parse(() => findPastFile(objects, tip.head, this.file));
  }

  #parse<T>(read: () => T): T {
    return orUnavailable(this.name, read);
  }
}
