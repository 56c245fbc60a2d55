import type { PastFile } from "./history.ts";
import type { TreeEntry } from "./objects/objects.ts";

/** What one commit holds. It never changes, as a commit's id is made from its content. */
export interface KnownRevision {
  /** The commit's id. */
  readonly head: string;
  /** The commits that it was made on top of. */
  readonly parents: readonly string[];
  /** Its files. */
  readonly entries: readonly TreeEntry[];
  /** The record's file as it stands there, or what became of it. */
  readonly file: KnownFile | PastFile;
}

/** A file as a commit holds it. */
export interface KnownFile {
  /** The file is there. */
  readonly kind: "present";
  /** Its text. */
  readonly content: string;
  /** The id of its blob. */
  readonly blobId: string;
  /** The commit that wrote it, as far as is known here. */
  readonly version: string;
}

const MOST_REVISIONS = 16;

/** The commits that a store has read or written, so that a poll that finds one of them needs no second request. */
export class KnownRevisions {
  readonly #byHead = new Map<string, KnownRevision>();
  #sent: KnownRevision | undefined;
  #current: KnownRevision | undefined;
  #lastContent: string | undefined;

  /** The file's text as it was last seen in effect. */
  get lastContent(): string | undefined {
    return this.#lastContent;
  }

  /** Looks a commit up among those that were in effect, and the one that was sent last. */
  get(head: string): KnownRevision | undefined {
    return this.#sent?.head === head ? this.#sent : this.#byHead.get(head);
  }

  /** Remembers a commit that was sent, whatever becomes of it. */
  remember(sent: KnownRevision): void {
    this.#sent = sent;
  }

  /** Takes note that a commit is in effect. */
  adopt(revision: KnownRevision): KnownRevision {
    // One that was in effect before is a stale answer's: it does not bring an old file back.
    if (this.#byHead.has(revision.head)) return revision;
    this.#byHead.set(revision.head, revision);
    this.#current = revision;
    if (revision.file.kind === "present") this.#lastContent = revision.file.content;
    for (const oldest of this.#byHead.keys()) {
      if (this.#byHead.size > MOST_REVISIONS) this.#byHead.delete(oldest);
    }
    return revision;
  }

  /** Which commit wrote the file: the current one, where somebody only touched another file since, else `head`. */
  versionOf(blobId: string, head: string): string {
    const file = this.#current?.file;
    return file?.kind === "present" && file.blobId === blobId ? file.version : head;
  }
}
