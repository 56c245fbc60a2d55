import { encodeText } from "./objects/bytes.ts";
import {
  encodeCommit,
  encodeTree,
  formatSignature,
  type GitObject,
  objectId,
  type TreeEntry,
} from "./objects/objects.ts";

/** A file to write, and the commit to write it with. */
export interface WriteOptions {
  /** The files of the revision that is replaced. */
  readonly entries: readonly TreeEntry[];
  /** The name of the file to write. */
  readonly file: string;
  /** Its new text. */
  readonly content: string;
  /** When the commit says it was made, in milliseconds since the epoch. */
  readonly time: number;
  /** Makes the commit unlike every other: two that are alike have one id, and could not exclude each other. */
  readonly nonce: string;
}

/** A commit that is ready to be pushed. */
export interface Write {
  /** The commit's id. */
  readonly commitId: string;
  /** The id of the file's blob. */
  readonly blobId: string;
  /** The files of the commit. */
  readonly entries: readonly TreeEntry[];
  /** The objects that the server lacks: the blob, the tree and the commit. */
  readonly objects: readonly GitObject[];
}

const NAME = "multicluster-leader-election";

/**
 * Makes a commit that replaces one file, keeps the others, and has no parent, so that the history stays one commit
 * long.
 *
 * @param options The file, and the revision that is replaced.
 */
export function composeWrite({ entries, file, content, time, nonce }: WriteOptions): Write {
  const blob: GitObject = { type: "blob", body: encodeText(content) };
  const blobId = objectId(blob.type, blob.body);
  const written = [
    ...entries.filter(({ name }) => name !== file),
    { mode: "100644", name: file, id: blobId },
  ];
  const tree: GitObject = { type: "tree", body: encodeTree(written) };
  // A clock before 1970 would make a commit that git calls broken.
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
