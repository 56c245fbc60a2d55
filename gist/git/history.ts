import { decodeText } from "./objects/bytes.ts";
import { GitFormatError } from "./objects/errors.ts";
import {
  type Commit,
  type GitObject,
  type ObjectType,
  parseCommit,
  parseTree,
  type TreeEntry,
} from "./objects/objects.ts";

/** One commit's files. */
export interface Revision {
  /** What the commit says. */
  readonly commit: Commit;
  /** Its files. */
  readonly entries: readonly TreeEntry[];
}

/** What a history tells of a file that its newest commit does not have. */
export type PastFile =
  | { readonly kind: "never" }
  /** An earlier commit has the file; its text may have been left out. */
  | { readonly kind: "deleted"; readonly content: string | undefined }
  /** No commit that was fetched has the file, but there are more. */
  | { readonly kind: "unknown" };

/**
 * Reads a commit and its tree.
 *
 * @param objects What was fetched.
 * @param id The commit.
 * @throws {GitFormatError} If either was not fetched, or is not what it must be.
 */
export function readRevision(objects: ReadonlyMap<string, GitObject>, id: string): Revision {
  const commit = parseCommit(bodyOf(objects, "commit", id));
  return { commit, entries: parseTree(bodyOf(objects, "tree", commit.tree)) };
}

/**
 * Reads a file's text.
 *
 * @param objects What was fetched.
 * @param entry The file.
 * @returns The text, or `undefined` if it was not fetched.
 * @throws {GitFormatError} If it is a folder or another repository.
 */
export function readFile(
  objects: ReadonlyMap<string, GitObject>,
  entry: TreeEntry,
): string | undefined {
  if (!entry.mode.startsWith("100")) {
    throw new GitFormatError(
      `Cannot read the record as it must be a file: its mode is ${entry.mode}`,
    );
  }
  const object = objects.get(entry.id);
  return object?.type === "blob" ? decodeText(object.body) : undefined;
}

/**
 * Looks through a history, newest first, for a file that is not there any more.
 *
 * @param objects What was fetched.
 * @param head The newest commit.
 * @param file The file's name.
 * @throws {GitFormatError} If what was fetched is no history.
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

function bodyOf(
  objects: ReadonlyMap<string, GitObject>,
  type: ObjectType,
  id: string,
): Uint8Array {
  const object = objects.get(id);
  if (object?.type !== type) {
    throw new GitFormatError(`Cannot read the history as the answer lacks the ${type} ${id}`);
  }
  return object.body;
}
