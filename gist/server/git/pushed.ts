import { GitFormatError } from "../../git/objects/errors.ts";
import {
  bodyOf,
  type GitObject,
  type ObjectSource,
  parseCommit,
  parseTree,
  type TreeEntry,
} from "../../git/objects/objects.ts";
import type { Repository } from "../repository.ts";

/** Why a ref does not move. */
export interface PushRefusal {
  readonly reason: string;
  readonly message: string;
}

const FOLDERS: ReadonlySet<string> = new Set(["40000", "160000"]);

/**
 * Checks that no object that the new tip of a branch refers to is missing, and that there are no folders.
 *
 * @param repository The repository, which is complete and flat.
 */
export function checkPushed(
  repository: Repository,
  pushed: ReadonlyMap<string, GitObject>,
  tip: string,
): PushRefusal | undefined {
  const objects = { get: (id: string) => pushed.get(id) ?? repository.object(id) };
  try {
    const folders = new Set<string>();
    for (const entry of newEntries(repository, objects, tip)) {
      if (FOLDERS.has(entry.mode)) folders.add(entry.name);
      else bodyOf(objects, "blob", entry.id);
    }
    return folders.size === 0 ? undefined : refuseFolders(folders);
  } catch (error) {
    if (!(error instanceof GitFormatError)) throw error;
    return { reason: "missing necessary objects", message: `error: ${error.message}\n` };
  }
}

/** Iterates over the files of every new commit behind the tip. */
function* newEntries(
  repository: Repository,
  objects: ObjectSource,
  tip: string,
): Generator<TreeEntry> {
  const commits = new Set([tip]);
  for (const id of commits) {
    if (repository.commit(id)) continue;
    const { tree, parents } = parseCommit(bodyOf(objects, "commit", id));
    yield* parseTree(bodyOf(objects, "tree", tree));
    for (const parent of parents) commits.add(parent);
  }
}

function refuseFolders(folders: ReadonlySet<string>): PushRefusal {
  const message = "Gist does not support directories.\n" +
    `These are the directories that are causing problems:\n${[...folders].join("\n")}\n`;
  return { reason: "pre-receive hook declined", message };
}
