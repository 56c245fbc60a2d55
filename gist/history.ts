import { type CallOptions, LockUnavailableError, type Quota } from "../lock/mod.ts";
import { inEffect } from "./rest/in_effect.ts";
import { checkFileName, DEFAULT_FILE, describeGist, type GistOptions } from "./options.ts";
import { type GistFile, readRevision } from "./rest/read_revision.ts";
import { GistClient } from "./rest/client.ts";

/** One revision of a gist's file, as a history shows it. */
export interface HistoryEntry {
  /** Names the revision. */
  readonly version: string;
  /** When it was committed, by the server's clock, in milliseconds since the Unix epoch; whole seconds. */
  readonly committedAt: number;
  /** The file's text; `undefined` if the file is not there. */
  readonly content: string | undefined;
  /** Whether it is in effect; `undefined` if that depends on a revision that was not read. */
  readonly isInEffect: boolean | undefined;
}

/** Options of {@linkcode readHistory}. */
export interface ReadHistoryOptions extends GistOptions, CallOptions {
  /**
   * How many revisions to read at most, the newest first. Each costs a request of the quota that the candidates share.
   *
   * @default {100}
   */
  readonly limit?: number | undefined;
  /**
   * How many requests of the quota to leave to the candidates: reading stops when no more are left, and returns what it has.
   * Servers that name no quota are read without regard to it.
   *
   * @default {500} what a leader needs in an hour by default, and a takeover; 0 without a token, whose quota is another
   */
  readonly reserve?: number | undefined;
  /** Called once if reading stops early, with what is left of the quota. */
  readonly onReserve?: ((left: Quota) => void) | undefined;
}

/** The most revisions that one page of the API lists. */
const PAGE_SIZE = 100;
/** Two requests for each renewal, 240 of which are in an hour by default, and some for a takeover. */
const DEFAULT_RESERVE = 500;

/**
 * Reads the newest revisions of a gist through the REST API, oldest first, for people to look at: one request for each, one
 * after the other, as many at once would run into GitHub's limits for a minute.
 *
 * Candidates that use the protocol `git` keep the history one revision long.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has a wrong value.
 * @throws {LockError} If the gist cannot be read.
 */
export async function readHistory(options: ReadHistoryOptions): Promise<HistoryEntry[]> {
  const { limit = PAGE_SIZE, onReserve } = options;
  const file = checkFileName(options.file ?? DEFAULT_FILE);
  const client = new GistClient(options);
  const gist = { client, file, where: describeGist(options.id, file) };
  const reserve = checkReserve(options.reserve ?? (client.hasToken ? DEFAULT_RESERVE : 0));
  /** What is left of the quota, if that is no more than the reserve. */
  const reached = () => {
    const quota = client.quota();
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

/** Returns what was read, oldest first, and whether it is in effect where that is known. */
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
    const verdict = isLinked &&
      inEffect({ version, predecessor: before?.version, content }, predecessor);
    const isKnown = isLinked && verdict !== "needs predecessor";
    return { version, committedAt, content, isInEffect: isKnown ? verdict === true : undefined };
  }).toReversed();
}

function checkReserve(reserve: number): number {
  if (reserve >= 0) return reserve;
  throw new RangeError(`reserve must be a number of requests, 0 or more, got ${reserve}`);
}

interface Commit {
  readonly version: string;
  readonly committedAt: number;
}

/** A list of revisions, newest first. */
interface Listed {
  readonly commits: readonly Commit[];
  /** Whether it ends with the first revision. */
  readonly isWhole: boolean;
  /** Whether there would have been more within the limit. */
  readonly isCut: boolean;
}

/** Lists the newest revisions. One that is added between two pages is listed once. */
async function listCommits(
  { client, where }: GistFile,
  limit: number,
  mustStop: () => boolean,
  { signal }: CallOptions,
): Promise<Listed> {
  const commits = new Map<string, Commit>();
  let hasMore = true;
  let isCut = false;
  for (let page = 1; hasMore && !isCut && commits.size < limit; page++) {
    const path = `/commits?per_page=${PAGE_SIZE}&page=${page}`;
    const { value, hasNext } = await client.request("GET", path, where, { signal });
    for (const commit of readCommits(value)) commits.set(commit.version, commit);
    hasMore = hasNext;
    isCut = hasMore && commits.size < limit && mustStop();
  }
  const isWhole = !hasMore && commits.size <= limit;
  return { commits: [...commits.values()].slice(0, limit), isWhole, isCut };
}

function readCommits(value: unknown): Commit[] {
  if (!Array.isArray(value)) throw unreadable();
  return value.map((entry) => {
    const { version, committed_at: time } = Object(entry);
    const committedAt = typeof time === "string" ? Date.parse(time) : NaN;
    // It becomes part of a path.
    if (typeof version !== "string" || !/^[0-9a-f]{4,64}$/.test(version)) throw unreadable();
    if (!Number.isFinite(committedAt)) throw unreadable();
    return { version, committedAt };
  });
}

function unreadable(): LockUnavailableError {
  return new LockUnavailableError(
    "Cannot read the history as it must have the documented shape: check that the base URL is one of the gist API",
  );
}
