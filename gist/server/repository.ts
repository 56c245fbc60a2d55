import {
  type Commit,
  encodeCommit,
  encodeTree,
  type GitObject,
  objectId,
  parseCommit,
  parseTree,
  type TreeEntry,
} from "../git/objects/objects.ts";

/** What one commit adds to a repository. */
export interface NewCommit {
  /** All the files of the new revision. */
  readonly entries: readonly TreeEntry[];
  /** The commit that it follows; `undefined` for the first. */
  readonly parent: string | undefined;
  /** Who wrote it and when, as git writes it. */
  readonly author: string;
}

/** A git repository in memory: objects by name, refs that move only from where they are said to be. */
export class Repository {
  /** The ref that HEAD points to. */
  readonly branch: string;
  #objects = new Map<string, GitObject>();
  #commits = new Map<string, Commit>();
  #refs = new Map<string, string>();
  /** Where the branch has been, oldest first: a stale replica answers with one of these. */
  #reflog: string[] = [];

  /** Makes a repository without any commit. */
  constructor(branch: string) {
    this.branch = `refs/heads/${branch}`;
  }

  /** Every ref and the object it names, in the order of their names. */
  refs(): [name: string, id: string][] {
    return [...this.#refs].sort(([a], [b]) => a < b ? -1 : 1);
  }

  /** The commit that HEAD names, or named `staleBy` moves ago; `undefined` before the first. */
  head(staleBy = 0): string | undefined {
    return this.#reflog.at(-1 - Math.min(staleBy, Math.max(0, this.#reflog.length - 1)));
  }

  /**
   * Where the branch was `by` moves before it came to a commit, or after, where `by` is negative; the nearest that there is,
   * and the commit itself where the branch was never there.
   */
  movedFrom(id: string, by: number): string {
    const at = this.#reflog.indexOf(id);
    if (at < 0) return id;
    const to = Math.max(0, Math.min(at - by, this.#reflog.length - 1));
    return this.#reflog[to] ?? id;
  }

  /**
   * Moves a ref, if it is where `from` says: git's own compare-and-swap.
   *
   * @returns Whether it moved.
   */
  moveRef(name: string, from: string | undefined, to: string): boolean {
    if (this.#refs.get(name) !== from) return false;
    this.#refs.set(name, to);
    if (name === this.branch) this.#reflog.push(to);
    return true;
  }

  /** Keeps an object and returns its name. */
  add(object: GitObject): string {
    const id = objectId(object.type, object.body);
    this.#objects.set(id, object);
    return id;
  }

  /** The object of that name. */
  object(id: string): GitObject | undefined {
    return this.#objects.get(id);
  }

  /** What a commit says; `undefined` where there is no commit of that name. */
  commit(id: string): Commit | undefined {
    const known = this.#commits.get(id);
    const object = known ? undefined : this.#objects.get(id);
    if (object?.type !== "commit") return known;
    const commit = parseCommit(object.body);
    this.#commits.set(id, commit);
    return commit;
  }

  /** The files of a commit, by name; empty where there is no such commit. */
  entries(commitId: string | undefined): TreeEntry[] {
    const commit = commitId === undefined ? undefined : this.commit(commitId);
    const tree = commit && this.#objects.get(commit.tree);
    return tree?.type === "tree" ? parseTree(tree.body) : [];
  }

  /** Makes a commit object and its tree, without moving any ref. */
  addCommit({ entries, parent, author }: NewCommit): string {
    const tree = this.add({ type: "tree", body: encodeTree(entries) });
    const parents = parent === undefined ? [] : [parent];
    const commit = { tree, parents, author, committer: author, message: "" };
    return this.add({ type: "commit", body: encodeCommit(commit) });
  }

  /** The commit and everything that came before it, newest first, as `git log` lists them. */
  *history(from: string | undefined): Generator<string> {
    const frontier = from === undefined ? [] : [from];
    const seen = new Set(frontier);
    for (let id = this.#takeNewest(frontier); id !== undefined; id = this.#takeNewest(frontier)) {
      yield id;
      for (const parent of this.commit(id)?.parents ?? []) {
        // A commit that was pushed from a shallow clone may name a parent that nobody sent.
        if (seen.has(parent) || !this.#objects.has(parent)) continue;
        seen.add(parent);
        frontier.push(parent);
      }
    }
  }

  #takeNewest(frontier: string[]): string | undefined {
    let newest = 0;
    for (let at = 1; at < frontier.length; at++) {
      if (this.#time(frontier[at]) > this.#time(frontier[newest])) newest = at;
    }
    return frontier.splice(newest, 1)[0];
  }

  #time(id: string | undefined): number {
    const commit = id === undefined ? undefined : this.commit(id);
    return commit ? commitTime(commit) : 0;
  }
}

/** When a commit was made, by its author's own clock, in milliseconds since the Unix epoch. */
export function commitTime(commit: Commit): number {
  return Number(/ (\d+) [+-]\d{4}$/.exec(commit.committer)?.[1] ?? 0) * 1_000;
}
