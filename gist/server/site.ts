import type { Clock } from "../../lock/mod.ts";
import { encodeText } from "../git/objects/bytes.ts";
import { formatSignature, type TreeEntry } from "../git/objects/objects.ts";
import type { RateLimiter } from "./limits/limiter.ts";
import { Repository } from "./repository.ts";

/** A gist: its repository, and what GitHub stores in addition. */
export interface Gist {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** The only account that may write. */
  readonly owner: string;
  /** Whether it is listed. Everyone who has the id can read a secret gist, too. */
  readonly public: boolean;
  description: string | null;
  /** In milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** The last change of any kind, in milliseconds since the Unix epoch. */
  updatedAt: number;
  /** Counts changes of any kind, for the ETag. */
  edits: number;
  /** Whether a PATCH is in progress; a concurrent one is refused. */
  writing: boolean;
  readonly repository: Repository;
}

/** The state that all endpoints share. */
export interface Site {
  readonly clock: Clock;
  /** Returns random numbers from 0 to 1, for ids. */
  readonly random: () => number;
  /** The names of accounts by token. */
  readonly accounts: Map<string, string>;
  readonly gists: Map<string, Gist>;
  readonly limiter: RateLimiter;
  /** In milliseconds. */
  readonly writeDuration: number;
  /** The number of revisions that a response lists. */
  readonly historyLength: number;
}

/** A change of one file: absent members stay as they are, `null` deletes the file. */
export type FileEdit =
  | { readonly content: string | undefined; readonly filename?: string | null }
  | null;

/** A new gist without its files. */
type NewGist = Pick<Gist, "owner" | "public" | "description"> & {
  /** The branch that HEAD points to. */
  readonly branch: string;
};

/** Creates a gist without files. */
export function addGist(site: Site, { branch, ...about }: NewGist): Gist {
  const now = site.clock.wall();
  const gist: Gist = {
    ...about,
    id: Array.from({ length: 32 }, () => Math.floor(site.random() * 16).toString(16)).join(""),
    createdAt: now,
    updatedAt: now,
    edits: 0,
    writing: false,
    repository: new Repository(branch),
  };
  site.gists.set(gist.id, gist);
  return gist;
}

/** Records a change of a gist. */
export function touch(site: Site, gist: Gist): void {
  gist.updatedAt = site.clock.wall();
  gist.edits++;
}

/** Returns the files of a gist after some edits. Other files stay. */
export function editEntries(
  gist: Gist,
  edits: Iterable<readonly [name: string, edit: FileEdit]>,
): Map<string, TreeEntry> {
  const { repository } = gist;
  const entries = new Map(
    repository.entries(repository.head()).map((entry) => [entry.name, entry]),
  );
  for (const [name, edit] of edits) {
    const before = entries.get(name);
    entries.delete(name);
    if (edit === null) continue;
    const id = edit.content === undefined
      ? before?.id
      : repository.add({ type: "blob", body: encodeText(edit.content) });
    const newName = edit.filename ?? name;
    if (id !== undefined) {
      entries.set(newName, { mode: before?.mode ?? "100644", name: newName, id });
    }
  }
  return entries;
}

/** Creates a revision of these files, unless they equal the newest one. */
export function commitEntries(site: Site, gist: Gist, entries: Iterable<TreeEntry>): void {
  const { repository } = gist;
  const parent = repository.head();
  const name = gist.owner;
  const email = `${name}@users.noreply.github.com`;
  const author = formatSignature({ name, email, time: site.clock.wall() });
  const id = repository.addCommit([...entries], parent, author);
  if (repository.commit(parent)?.tree !== repository.commit(id)?.tree) {
    repository.moveRef(repository.branch, parent, id);
  }
  touch(site, gist);
}
