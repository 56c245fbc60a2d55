import { encodeText } from "./objects/bytes.ts";
import {
  encodeCommit,
  encodeTree,
  formatSignature,
  type GitObject,
  objectId,
  type TreeEntry,
} from "./objects/objects.ts";

interface WriteOptions {
  /** The files of the revision to replace. */
  readonly entries: readonly TreeEntry[];
  readonly file: string;
  readonly content: string;
  /** The time of the commit, in milliseconds since the epoch. */
  readonly time: number;
  /** Makes the commit unique: two equal commits have the same id, and could not exclude each other. */
  readonly nonce: string;
}

/** A commit that is ready to be pushed. */
export interface Write {
  readonly commitId: string;
  /** The id of the written file's blob. */
  readonly blobId: string;
  readonly entries: readonly TreeEntry[];
  /** The objects that the server lacks: the blob, the tree and the commit. */
  readonly objects: readonly GitObject[];
}

const NAME = "multicluster-leader-election";

/**
 * Creates a commit that replaces one file and keeps the others. It has no parent, so that the history stays one commit
 * long.
 */
export function composeWrite({ entries, file, content, time, nonce }: WriteOptions): Write {
  const blob: GitObject = { type: "blob", body: encodeText(content) };
  const blobId = objectId(blob.type, blob.body);
  const written = [
    ...entries.filter(({ name }) => name !== file),
    { mode: "100644", name: file, id: blobId },
  ];
  const tree: GitObject = { type: "tree", body: encodeTree(written) };
  // Git rejects commits from before 1970.
  const signature = formatSignature({ name: NAME, email: "", time: Math.max(0, time) });
  const commit: GitObject = {
    type: "commit",
    body: encodeCommit({
      tree: objectId(tree.type, tree.body),
      parents: [],
      author: signature,
      committer: signature,
      message: `Write the lease\n\nNonce: ${nonce}\n`,
    }),
  };
  return {
    commitId: objectId(commit.type, commit.body),
    blobId,
    entries: written,
    objects: [commit, tree, blob],
  };
}
