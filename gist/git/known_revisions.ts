import type { PastFile } from "./history.ts";
import type { TreeEntry } from "./objects/objects.ts";

/** The contents of one commit. They never change, as the commit's id is a hash of them. */
export interface KnownRevision {
  readonly head: string;
  readonly parents: readonly string[];
  readonly entries: readonly TreeEntry[];
  /** The record's file, or its past. */
  readonly file: KnownFile | PastFile;
}

interface KnownFile {
  readonly kind: "present";
  readonly content: string;
  readonly blobId: string;
  /** The commit that wrote the file, as far as known. */
  readonly version: string;
}

const MOST_REVISIONS = 16;

/** The commits that a store has read or written: a poll that finds one of them needs no second request. */
export class KnownRevisions {
  readonly #byHead = new Map<string, KnownRevision>();
  #sent: KnownRevision | undefined;
  #current: KnownRevision | undefined;
  /** The file's content as last seen in effect. */
  lastContent: string | undefined;

  /** Returns a commit that was in effect, or the one sent last. */
  get(head: string): KnownRevision | undefined {
    return this.#sent?.head === head ? this.#sent : this.#byHead.get(head);
  }

  /** Remembers the commit sent last, whatever its outcome. */
  remember(sent: KnownRevision): void {
    this.#sent = sent;
  }

  /** Remembers a commit as in effect. */
  adopt(revision: KnownRevision): KnownRevision {
    // A commit that was in effect before comes from a stale response, and must not bring an old file back.
    if (this.#byHead.has(revision.head)) return revision;
    this.#byHead.set(revision.head, revision);
    this.#current = revision;
    if (revision.file.kind === "present") this.lastContent = revision.file.content;
    for (const oldest of this.#byHead.keys()) {
      if (this.#byHead.size > MOST_REVISIONS) this.#byHead.delete(oldest);
    }
    return revision;
  }

  /** Returns the commit that wrote the file: an earlier one if only other files have changed since, else `head`. */
  versionOf(blobId: string, head: string): string {
    const file = this.#current?.file;
    return file?.kind === "present" && file.blobId === blobId ? file.version : head;
  }
}
