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
  /** For the report. */
  readonly reason: string;
  /** For the person who pushes. */
  readonly message: string;
}

const FOLDERS: ReadonlySet<string> = new Set(["40000", "160000"]);

/**
 * Checks what a branch would lead to: everything has to be here, and a gist has no folders.
 *
 * @param repository What is here already, which is complete and flat.
 * @param pushed What would be added.
 * @param tip The commit that the branch would name.
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

/** The files of every commit that leads to the tip and is new. */
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
  if (object?.type !== type) throw new GitFormatError(`Cannot find the ${type} ${id}`);
  return object;
}

function refuseFolders(folders: ReadonlySet<string>): PushRefusal {
  const message = "Gist does not support directories.\n" +
    `These are the directories that are causing problems:\n${[...folders].join("\n")}\n`;
  return { reason: "pre-receive hook declined", message };
}
