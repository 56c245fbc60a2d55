import type { Protocol } from "../../../gist/mod.ts";
import { DEFAULT_FILE } from "../../../gist/mod.ts";
import type { GistServer, Revision } from "../../../gist/server/mod.ts";
import type { LeaderElectionRecord } from "../../../lock/mod.ts";

/** A record as the log holds it: what the file's JSON says, with no more reading than that. */
type Logged = Pick<LeaderElectionRecord, "holderIdentity" | "leaderTransitions" | "session">;

/** Everything that was ever in effect in a gist, told from the server's side by rules of its own. */
export class GistLog {
  readonly #server: GistServer;
  readonly #gist: string;
  readonly #protocol: Protocol;
  readonly #seen = new Set<string>();
  /** What took effect, oldest first; `undefined` where it is no record of an elector. */
  readonly entries: (Logged | undefined)[] = [];

  constructor(server: GistServer, gist: string, protocol: Protocol) {
    this.#server = server;
    this.#gist = gist;
    this.#protocol = protocol;
  }

  /** Takes in what was written since; returns it, oldest first. */
  readNew(): (Logged | undefined)[] {
    const revisions = this.#server.revisions(this.#gist);
    const fresh = revisions.findIndex(({ version }) => this.#seen.has(version));
    const news: (Logged | undefined)[] = [];
    for (let index = (fresh < 0 ? revisions.length : fresh) - 1; index >= 0; index--) {
      const revision = revisions[index];
      if (!revision) continue;
      this.#seen.add(revision.version);
      const before = revisions[index + 1];
      if (this.#isInEffect(revision, before)) news.push(readLogged(revision));
    }
    this.entries.push(...news);
    return news;
  }

  /** Where in the log this candidate, with this token, last was the holder; -1 where it never was. */
  lastOf(holder: string, token: number): number {
    return this.entries.findLastIndex((entry) =>
      entry?.holderIdentity === holder && entry.leaderTransitions === token
    );
  }

  /** Where in the log somebody last set the lock free by force; -1 where nobody did. */
  get freedAt(): number {
    return this.entries.findLastIndex((entry) => entry && isForced(entry));
  }

  /** Where in the log this candidate, with this token, first was the holder; -1 where it never was. */
  claimOf(holder: string, token: number): number {
    return this.entries.findIndex((entry) =>
      entry?.holderIdentity === holder && entry.leaderTransitions === token
    );
  }

  /** By git every commit that the branch came to is in effect; by rest one that follows what its writer had read. */
  #isInEffect(revision: Revision, before: Revision | undefined): boolean {
    const text = revision.files[DEFAULT_FILE];
    if (before !== undefined && before.files[DEFAULT_FILE] === text) return false;
    if (this.#protocol === "git" || before === undefined) return true;
    const base = textOf(text).base;
    return base === undefined || base === before.version;
  }
}

/** What the session of a forced release begins with here. */
export const FORCED = "forced-";

/** Whether an entry sets the lock free by force. */
export function isForced({ session }: Logged): boolean {
  return session?.startsWith(FORCED) ?? false;
}

function readLogged(revision: Revision): Logged | undefined {
  const { holderIdentity, leaderTransitions, session } = textOf(revision.files[DEFAULT_FILE]);
  if (typeof session !== "string") return undefined;
  return {
    holderIdentity: String(holderIdentity),
    leaderTransitions: Number(leaderTransitions),
    session,
  };
}

function textOf(text: string | undefined): Record<string, unknown> {
  try {
    const value = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
