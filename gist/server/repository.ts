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

/** A git repository in memory. */
export class Repository {
  /** The ref that HEAD points to. */
  readonly branch: string;
  #objects = new Map<string, GitObject>();
  #commits = new Map<string, Commit>();
  #refs = new Map<string, string>();
  /** The past heads of the branch, oldest first, one of which a stale replica returns. */
  #reflog: string[] = [];

  constructor(branch: string) {
    this.branch = `refs/heads/${branch}`;
  }

  /** Returns all refs in the order of their names. */
  refs(): [name: string, id: string][] {
    return [...this.#refs].sort(([a], [b]) => a < b ? -1 : 1);
  }

  /** Returns the commit of HEAD as of `staleBy` moves ago; `undefined` before the first commit. */
  head(staleBy = 0): string | undefined {
    return this.#reflog.at(-1 - Math.min(staleBy, Math.max(0, this.#reflog.length - 1)));
  }

  /**
   * Returns the head of the branch `by` moves before it came to a commit (after it if `by` is negative), or the nearest one;
   * the commit itself if the branch was never there.
   */
  movedFrom(id: string, by: number): string {
    const at = this.#reflog.indexOf(id);
    if (at < 0) return id;
    const to = Math.max(0, Math.min(at - by, this.#reflog.length - 1));
    return this.#reflog[to] ?? id;
  }

  /**
   * Moves a ref if it is at `from`: git's compare-and-swap.
   *
   * @returns Whether it moved.
   */
  moveRef(name: string, from: string | undefined, to: string): boolean {
    if (this.#refs.get(name) !== from) return false;
    this.#refs.set(name, to);
    if (name === this.branch) this.#reflog.push(to);
    return true;
  }

  /** Adds an object and returns its id. */
  add(object: GitObject): string {
    const id = objectId(object.type, object.body);
    this.#objects.set(id, object);
    return id;
  }

  object(id: string): GitObject | undefined {
    return this.#objects.get(id);
  }

  /** Returns the content of an object; empty if there is none. */
  body(id: string): Uint8Array {
    return this.#objects.get(id)?.body ?? new Uint8Array();
  }

  commit(id = ""): Commit | undefined {
    const known = this.#commits.get(id);
    const object = known ? undefined : this.#objects.get(id);
    if (object?.type !== "commit") return known;
    const commit = parseCommit(object.body);
    this.#commits.set(id, commit);
    return commit;
  }

  /** Returns the time of a commit by its author's clock, in milliseconds since the Unix epoch; 0 if there is no such commit. */
  time(id: string | undefined): number {
    const { committer = "" } = this.commit(id) ?? {};
    return Number(/ (\d+) [+-]\d{4}$/.exec(committer)?.[1] ?? 0) * 1_000;
  }

  /** Returns the files of a commit; empty if there is no such commit. */
  entries(commitId: string | undefined): TreeEntry[] {
    const commit = this.commit(commitId);
    const tree = commit && this.#objects.get(commit.tree);
    return tree?.type === "tree" ? parseTree(tree.body) : [];
  }

  /** Adds a commit and its tree without moving a ref, and returns the commit's id. */
  addCommit(entries: readonly TreeEntry[], parent: string | undefined, author: string): string {
    const tree = this.add({ type: "tree", body: encodeTree(entries) });
    const parents = parent === undefined ? [] : [parent];
    const commit = { tree, parents, author, committer: author, message: "" };
    return this.add({ type: "commit", body: encodeCommit(commit) });
  }

  /** Iterates over a commit and its ancestors, newest first, as `git log` does. */
  *history(from: string | undefined): Generator<string> {
    const frontier = from === undefined ? [] : [from];
    const seen = new Set(frontier);
    for (let id = this.#takeNewest(frontier); id !== undefined; id = this.#takeNewest(frontier)) {
      yield id;
      for (const parent of this.commit(id)?.parents ?? []) {
        // A commit pushed from a shallow clone may name a parent that was never sent.
        if (seen.has(parent) || !this.#objects.has(parent)) continue;
        seen.add(parent);
        frontier.push(parent);
      }
    }
  }

  #takeNewest(frontier: string[]): string | undefined {
    let newest = 0;
    for (let at = 1; at < frontier.length; at++) {
      if (this.time(frontier[at]) > this.time(frontier[newest])) newest = at;
    }
    return frontier.splice(newest, 1)[0];
  }
}
