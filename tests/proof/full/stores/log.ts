import type { LeaderElectionRecord } from "../../../../lock/mod.ts";

/** A record as the log holds it: what the file's JSON says, with no more reading than that. */
export type Logged = Pick<
  LeaderElectionRecord,
  | "holderIdentity"
  | "leaderTransitions"
  | "session"
  | "sequence"
  | "preferredHolder"
  | "requestedBy"
>;

/** Everything that was ever in effect in a place, told from the server's side by rules of its own. */
export class Log {
  /** What took effect, oldest first; `undefined` where it is no record of an elector. */
  readonly entries: (Logged | undefined)[] = [];
  /** Returns the texts that took effect since, oldest first. */
  readonly #takeNew: () => readonly (string | undefined)[];

  constructor(takeNew: () => readonly (string | undefined)[]) {
    this.#takeNew = takeNew;
  }

  /** Takes in what was written since; returns it, oldest first. */
  readNew(): (Logged | undefined)[] {
    const news = this.#takeNew().map(readLogged);
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
}

/** What the session of a forced release begins with here. */
export const FORCED = "forced-";

/** Whether an entry sets the lock free by force. */
export function isForced({ session }: Logged): boolean {
  return session?.startsWith(FORCED) ?? false;
}

/** The JSON of a text, if it is an object. */
export function objectOf(text: string | undefined): Record<string, unknown> {
  try {
    const value = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function readLogged(text: string | undefined): Logged | undefined {
  const { holderIdentity, leaderTransitions, session, sequence, preferredHolder, requestedBy } =
    objectOf(text);
  if (typeof session !== "string") return undefined;
  return {
    holderIdentity: String(holderIdentity),
    leaderTransitions: Number(leaderTransitions),
    session,
    sequence: Number(sequence),
    preferredHolder: String(preferredHolder ?? ""),
    requestedBy: requestedBy === undefined ? undefined : String(requestedBy),
  };
}
