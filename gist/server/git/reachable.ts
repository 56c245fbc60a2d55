import type { GitObject } from "../../git/objects/objects.ts";
import type { Repository } from "../repository.ts";

/** The objects that a client wants, and those that it has. */
export interface Selection {
  readonly wants: readonly string[];
  /** The commits that the client has. */
  readonly haves: readonly string[];
  /** The number of commits on each path; `undefined` for all of them. */
  readonly depth: number | undefined;
  /** The commits that the client has without their parents. */
  readonly shallow: ReadonlySet<string>;
  /** Leaves out blobs of at least this size, in bytes. */
  readonly blobLimit: number | undefined;
}

/** Where a truncated history ends. */
interface Boundary {
  /** The commits that the client gets without their parents. */
  readonly shallow: readonly string[];
  /** The commits whose parents it lacked, and now gets. */
  readonly unshallow: readonly string[];
}

/** Returns the commits of a selection with their depth: up to `depth` of them on each path from a wanted one. */
function wantedCommits(repository: Repository, selection: Selection): Map<string, number> {
  const { wants, depth = Infinity, shallow } = selection;
  const depths = new Map(wants.filter((id) => repository.commit(id)).map((id) => [id, 1]));
  // The loop also visits entries that are added to the map meanwhile, in breadth-first order.
  for (const [id, at] of depths) {
    const isEnd = at >= depth || (selection.depth === undefined && shallow.has(id));
    for (const parent of isEnd ? [] : repository.commit(id)?.parents ?? []) {
      if (!depths.has(parent)) depths.set(parent, at + 1);
    }
  }
  return depths;
}

/** Returns where a history of limited depth ends, if the client does not know it yet. */
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

/** Returns the objects that a client wants and does not have. */
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

/** Whether an object can be reached from a ref. */
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
