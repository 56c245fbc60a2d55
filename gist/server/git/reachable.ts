import type { GitObject } from "../../git/objects/objects.ts";
import type { Repository } from "../repository.ts";

/** What a client wants, and what it has. */
export interface Selection {
  /** The objects that it asks for. */
  readonly wants: readonly string[];
  /** Commits that it says it has. */
  readonly haves: readonly string[];
  /** How many commits deep; `undefined` for all of them. */
  readonly depth: number | undefined;
  /** Commits whose parents it does not have, though it has them. */
  readonly shallow: ReadonlySet<string>;
  /** Blobs of this size and more are left out, in bytes; `undefined` leaves out none. */
  readonly blobLimit: number | undefined;
}

/** Where the history that a client asked for ends before its beginning. */
export interface Boundary {
  /** Commits whose parents it will not have. */
  readonly shallow: readonly string[];
  /** Commits whose parents it did not have, and will. */
  readonly unshallow: readonly string[];
}

/** The commits that are asked for: each way from a wanted one, up to `depth` of them. */
export function wantedCommits(repository: Repository, selection: Selection): Map<string, number> {
  const { wants, depth = Infinity, shallow } = selection;
  const depths = new Map(wants.filter((id) => repository.commit(id)).map((id) => [id, 1]));
  // A map goes on over entries that are added while it is walked, and so breadth comes first.
  for (const [id, at] of depths) {
    const isEnd = at >= depth || (selection.depth === undefined && shallow.has(id));
    for (const parent of isEnd ? [] : repository.commit(id)?.parents ?? []) {
      if (!depths.has(parent)) depths.set(parent, at + 1);
    }
  }
  return depths;
}

/** Where the history ends that is asked for by depth, as far as the client does not know it yet. */
export function boundaryOf(repository: Repository, selection: Selection): Boundary {
  const { depth, shallow } = selection;
  const commits = [...wantedCommits(repository, selection)];
  const isEnd = ([id, at]: [string, number]) =>
    at === depth && (repository.commit(id)?.parents.length ?? 0) > 0;
  return {
    shallow: commits.filter((commit) => isEnd(commit) && !shallow.has(commit[0])).map(([id]) => id),
    unshallow: commits.filter((commit) => !isEnd(commit) && shallow.has(commit[0]))
      .map(([id]) => id),
  };
}

/** The objects that a client asks for and does not have. */
export function missingObjects(repository: Repository, selection: Selection): GitObject[] {
  const known = wantedCommits(repository, {
    ...selection,
    wants: selection.haves,
    depth: undefined,
  });
  const had = new Set<string>();
  for (const id of known.keys()) addCommitObjects(repository, id, had);
  const wanted = new Set(selection.wants);
  for (const id of wantedCommits(repository, selection).keys()) {
    addCommitObjects(repository, id, wanted);
  }
  const named = new Set(selection.wants);
  return [...wanted.difference(had)].flatMap((id) => {
    const object = repository.object(id);
    const isTooLarge = object?.type === "blob" && !named.has(id) &&
      object.body.length >= (selection.blobLimit ?? Infinity);
    return object && !isTooLarge ? [object] : [];
  });
}

/** Whether a ref leads to the object. */
export function isReachable(
  repository: Repository,
  refs: readonly (readonly [name: string, id: string])[],
  id: string,
): boolean {
  if (refs.some(([, tip]) => tip === id)) return true;
  const objects = new Set<string>();
  for (const [, tip] of refs) {
    for (const commit of repository.history(tip)) addCommitObjects(repository, commit, objects);
  }
  return objects.has(id);
}

/** Adds a commit, its tree and its files. */
function addCommitObjects(repository: Repository, id: string, objects: Set<string>): void {
  objects.add(id);
  const tree = repository.commit(id)?.tree;
  if (tree === undefined) return;
  objects.add(tree);
  for (const entry of repository.entries(id)) objects.add(entry.id);
}
