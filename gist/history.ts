import type { CallOptions, Quota } from "../lock/mod.ts";
import { inEffect } from "./rest/in_effect.ts";
import type { GistOptions } from "./options.ts";
import { GistClient } from "./rest/client.ts";
import { readRevision } from "./rest/read_revision.ts";
import { type ListedRevision, readRevisions, unreadable } from "./rest/response.ts";

/** One revision of a gist's file. */
export interface HistoryEntry {
  /** The name of the revision. */
  readonly version: string;
  /** When it was committed, by the server's clock, in milliseconds since the Unix epoch; whole seconds. */
  readonly committedAt: number;
  /** The file's content; `undefined` if the file does not exist. */
  readonly content: string | undefined;
  /** Whether it is in effect; `undefined` if that depends on a revision that was not read. */
  readonly isInEffect: boolean | undefined;
}

/** Options of {@linkcode readHistory}. */
export interface ReadHistoryOptions extends GistOptions, CallOptions {
  /**
   * The most revisions to read, the newest first. Each costs one request of the quota that the candidates share.
   *
   * @default {100}
   */
  readonly limit?: number | undefined;
  /**
   * The requests of the quota to leave to the candidates: when no more than these remain, reading stops and returns what it
   * has. Ignored if the server reports no quota.
   *
   * @default {500} enough for a leader for one hour by default, and a takeover; 0 without a token, which has its own quota
   */
  readonly reserve?: number | undefined;
  /** Called once if reading stops early, with the remaining quota. */
  readonly onReserve?: ((left: Quota) => void) | undefined;
}

/** The largest page of the API. */
const PAGE_SIZE = 100;
/** Two requests for each of 240 renewals an hour by default, and some for a takeover. */
const DEFAULT_RESERVE = 500;

/**
 * Reads the newest revisions of a gist by the REST API and returns them oldest first. Sends one request for each revision,
 * one after another, as many at once would exceed GitHub's limits.
 *
 * Candidates that use the protocol `git` keep the history one revision long.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has an invalid value.
 * @throws {LockError} If the gist cannot be read.
 */
export async function readHistory(options: ReadHistoryOptions): Promise<HistoryEntry[]> {
  const { limit = PAGE_SIZE, onReserve } = options;
  const gist = new GistClient(options);
  const reserve = checkReserve(options.reserve ?? (gist.hasToken ? DEFAULT_RESERVE : 0));
  /** Returns the quota if only the reserve is left of it. */
  const reached = () => {
    const quota = gist.quota();
    return quota && quota.remaining <= reserve ? quota : undefined;
  };
  const list = await listCommits(gist, limit, () => reached() !== undefined, options);
  const contents = new Map<string, string | undefined>();
  for (const { version } of list.commits) {
    if (reached()) break;
    contents.set(version, (await readRevision(gist, version, options)).content);
  }
  const left = reached();
  const isShort = list.isCut || contents.size < list.commits.length;
  if (left && isShort) onReserve?.(left);
  return entriesOf(list, contents);
}

/** Returns the revisions that were read, oldest first. */
function entriesOf(
  { commits, isWhole }: Listed,
  contents: ReadonlyMap<string, string | undefined>,
): HistoryEntry[] {
  return commits.slice(0, contents.size).map(({ version, committedAt }, index) => {
    const content = contents.get(version);
    const before = commits[index + 1];
    const isLinked = before !== undefined || isWhole;
    const predecessor = before && contents.has(before.version)
      ? { content: contents.get(before.version) }
      : undefined;
    const result = isLinked &&
      inEffect({ version, predecessor: before?.version, content }, predecessor);
    const isKnown = isLinked && result !== "needs predecessor";
    return { version, committedAt, content, isInEffect: isKnown ? result === true : undefined };
  }).toReversed();
}

function checkReserve(reserve: number): number {
  if (reserve >= 0) return reserve;
  throw new RangeError(`reserve must be a number of requests, 0 or more, got ${reserve}`);
}

/** A list of revisions, newest first. */
interface Listed {
  readonly commits: readonly ListedRevision[];
  /** Whether it ends with the first revision. */
  readonly isWhole: boolean;
  /** Whether listing stopped before the limit. */
  readonly isCut: boolean;
}

/** Lists the newest revisions. If a revision is added between two pages, none is listed twice. */
async function listCommits(
  gist: GistClient,
  limit: number,
  mustStop: () => boolean,
  { signal }: CallOptions,
): Promise<Listed> {
  const commits = new Map<string, ListedRevision>();
  let hasMore = true;
  let isCut = false;
  for (let page = 1; hasMore && !isCut && commits.size < limit; page++) {
    const path = `/commits?per_page=${PAGE_SIZE}&page=${page}`;
    const { value, hasNext } = await gist.request("GET", path, { signal });
    for (const commit of readRevisions(value)) {
      if (!Number.isFinite(commit.committedAt)) throw unreadable("the time of a revision");
      commits.set(commit.version, commit);
    }
    hasMore = hasNext;
    isCut = hasMore && commits.size < limit && mustStop();
  }
  const isWhole = !hasMore && commits.size <= limit;
  return { commits: [...commits.values()].slice(0, limit), isWhole, isCut };
}
