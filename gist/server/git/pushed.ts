import { GitFormatError } from "../../git/objects/errors.ts";
import {
  type GitObject,
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
  try {
    const folders = new Set<string>();
    for (const entry of newEntries(repository, pushed, tip)) {
      if (FOLDERS.has(entry.mode)) folders.add(entry.name);
      else find(repository, pushed, entry.id, "blob");
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
  pushed: ReadonlyMap<string, GitObject>,
  tip: string,
): Generator<TreeEntry> {
  const commits = new Set([tip]);
  for (const id of commits) {
    if (repository.commit(id)) continue;
    const { tree, parents } = parseCommit(find(repository, pushed, id, "commit").body);
    yield* parseTree(find(repository, pushed, tree, "tree").body);
    for (const parent of parents) commits.add(parent);
  }
}

function find(
  repository: Repository,
  pushed: ReadonlyMap<string, GitObject>,
  id: string,
  type: GitObject["type"],
): GitObject {
  const object = pushed.get(id) ?? repository.object(id);
  if (object?.type !== type) throw new GitFormatError(`the ${type} ${id} is missing`);
  return object;
}

function refuseFolders(folders: ReadonlySet<string>): PushRefusal {
  const message = "Gist does not support directories.\n" +
    `These are the directories that are causing problems:\n${[...folders].join("\n")}\n`;
  return { reason: "pre-receive hook declined", message };
}
