import { decodeText } from "./objects/bytes.ts";
import { GitFormatError } from "./objects/errors.ts";
import {
  bodyOf,
  type Commit,
  type GitObject,
  parseCommit,
  parseTree,
  type TreeEntry,
} from "./objects/objects.ts";

/** A commit and its files. */
export interface Revision {
  readonly commit: Commit;
  readonly entries: readonly TreeEntry[];
}

/** The past of a file that the newest commit does not have. */
export type PastFile =
  | { readonly kind: "never" }
  /** An earlier commit has the file; its content may have been left out. */
  | { readonly kind: "deleted"; readonly content: string | undefined }
  /** No fetched commit has the file, but there are more commits. */
  | { readonly kind: "unknown" };

/**
 * Reads a commit and its tree.
 *
 * @throws {GitFormatError} If either was not fetched, or is malformed.
 */
export function readRevision(objects: ReadonlyMap<string, GitObject>, id: string): Revision {
  const commit = parseCommit(bodyOf(objects, "commit", id));
  return { commit, entries: parseTree(bodyOf(objects, "tree", commit.tree)) };
}

/**
 * Reads a file's content; `undefined` if it was not fetched.
 *
 * @throws {GitFormatError} If the entry is a folder or a submodule.
 */
export function readFile(
  objects: ReadonlyMap<string, GitObject>,
  entry: TreeEntry,
): string | undefined {
  if (!entry.mode.startsWith("100")) {
    throw new GitFormatError(`the record must be a file, got an entry of mode ${entry.mode}`);
  }
  const object = objects.get(entry.id);
  return object?.type === "blob" ? decodeText(object.body) : undefined;
}

/**
 * Searches a history, newest first, for a file that the newest commit does not have.
 *
 * @throws {GitFormatError} If the history is malformed.
 */
export function findPastFile(
  objects: ReadonlyMap<string, GitObject>,
  head: string,
  file: string,
): PastFile {
  const queue = [head];
  const queued = new Set(queue);
  let isComplete = true;
  for (const id of queue) {
    if (!objects.has(id)) {
      isComplete = false;
      continue;
    }
    const { commit, entries } = readRevision(objects, id);
    const entry = entries.find(({ name }) => name === file);
    if (entry) return { kind: "deleted", content: readFile(objects, entry) };
    for (const parent of commit.parents) {
      if (!queued.has(parent)) queue.push(parent);
      queued.add(parent);
    }
  }
  return { kind: isComplete ? "never" : "unknown" };
}
