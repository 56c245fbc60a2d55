import type { Clock } from "../../lock/mod.ts";
import { encodeText } from "../git/objects/bytes.ts";
import { formatSignature, type TreeEntry } from "../git/objects/objects.ts";
import type { RateLimiter } from "./limits/limiter.ts";
import { Repository } from "./repository.ts";

/** One gist: what GitHub keeps beside the repository, and the repository. */
export interface Gist {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** The account that made it; nobody else can write. */
  readonly owner: string;
  /** Whether it is listed; a secret gist is readable to anyone who has the id, too. */
  readonly public: boolean;
  /** What it says about itself. */
  description: string | null;
  /** When it was made, in milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** When it was last changed in any way, in milliseconds since the Unix epoch. */
  updatedAt: number;
  /** Counts changes of any kind, for the ETag. */
  edits: number;
  /** Whether a PATCH is being applied; another at the same time is refused. */
  writing: boolean;
  /** Its files and their past. */
  readonly repository: Repository;
}

/** What the endpoints share: the gists, who may write them, and time. */
export interface Site {
  /** The clock that everything here is dated by. */
  readonly clock: Clock;
  /** Random numbers from 0 to 1, for ids. */
  readonly random: () => number;
  /** Which account a token belongs to. */
  readonly accounts: Map<string, string>;
  /** The gists, by id. */
  readonly gists: Map<string, Gist>;
  /** Who may still ask. */
  readonly limiter: RateLimiter;
  /** How long a write takes, in milliseconds. */
  readonly writeDuration: number;
  /** How many revisions an answer lists. */
  readonly historyLength: number;
}

/** What is to become of one file: `undefined` members stay as they are, `null` deletes the file. */
export type FileEdit = { readonly content?: string; readonly filename?: string } | null;

/** What is not about a new gist's files. */
export interface NewGist {
  /** The account that makes it. */
  readonly owner: string;
  /** The branch that HEAD points to. */
  readonly branch: string;
  /** Whether it is listed. */
  readonly public: boolean;
  /** What it says about itself. */
  readonly description: string | null;
}

/** Makes a gist without files. */
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

/** Notes that a gist was changed. */
export function touch(site: Site, gist: Gist): void {
  gist.updatedAt = site.clock.wall();
  gist.edits++;
}

/** The files of a gist after some edits. Files that are not named stay. */
export function editEntries(
  gist: Gist,
  edits: ReadonlyMap<string, FileEdit>,
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

/** Makes a revision of these files, unless they are as the newest one has them, as git has nothing to commit then. */
export function commitEntries(site: Site, gist: Gist, entries: Iterable<TreeEntry>): void {
  const { repository } = gist;
  const parent = repository.head();
  const name = gist.owner;
  const author = formatSignature({
    name,
    email: `${name}@users.noreply.github.com`,
    time: site.clock.wall(),
  });
  const id = repository.addCommit({ entries: [...entries], parent, author });
  const before = parent === undefined ? undefined : repository.commit(parent);
  if (before?.tree !== repository.commit(id)?.tree) {
    repository.moveRef(repository.branch, parent, id);
  }
  touch(site, gist);
}
