import { type CallOptions, LockUnavailableError } from "../lock/mod.ts";
import { readGist } from "./gist_answer.ts";
import { inEffect } from "./in_effect.ts";
import { checkFileName, DEFAULT_FILE, describeGist } from "./options.ts";
import { GistClient, type GistClientOptions } from "./rest_client.ts";

/** One revision of a gist's file, as a history shows it. */
export interface HistoryEntry {
  /** Names the revision. */
  readonly version: string;
  /** When it was committed, by the server's clock, in milliseconds since the Unix epoch; whole seconds. */
  readonly committedAt: number;
  /** The file's text; `undefined` where the file is not there. */
  readonly content: string | undefined;
  /** Whether it is in effect; `undefined` where that depends on a revision that was not read. */
  readonly isInEffect: boolean | undefined;
}

/** Options of {@linkcode readHistory}. */
export interface ReadHistoryOptions extends GistClientOptions, CallOptions {
  /**
   * The file that holds the record.
   *
   * @default {"leader-election.json"}
   */
  readonly file?: string;
  /**
   * How many revisions to read at the most, the newest first. Each costs a request.
   *
   * @default {100}
   */
  readonly limit?: number;
}

/** The most revisions that one page of the API lists. */
const PAGE_SIZE = 100;

/**
 * Reads the newest revisions of a gist through the REST API, oldest first, for people to look at.
 *
 * Candidates that use the protocol `git` keep the history one revision long.
 *
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If an option has a wrong value.
 * @throws {LockError} If the gist cannot be read.
 */
export async function readHistory(options: ReadHistoryOptions): Promise<HistoryEntry[]> {
  const { limit = PAGE_SIZE, signal } = options;
  const file = checkFileName(options.file ?? DEFAULT_FILE);
  const where = describeGist(options.id, file);
  const client = new GistClient(options);
  const commits = await listCommits(client, where, limit, signal);
  const contents = new Map<string, string | undefined>();
  for (const { version } of commits) {
    const { value } = await client.request("GET", `/${version}`, where, { signal });
    contents.set(version, readGist(value, file).content);
  }
  return commits.map(({ version, committedAt }, index) => {
    const content = contents.get(version);
    const before = commits[index + 1];
    const isFirst = before === undefined && commits.length < limit;
    return {
      version,
      committedAt,
      content,
      isInEffect: before || isFirst
        ? inEffect(
          { version, predecessor: before?.version, content },
          before && { content: contents.get(before.version) },
        ) === true
        : undefined,
    };
  }).toReversed();
}

interface Commit {
  readonly version: string;
  readonly committedAt: number;
}

/** The newest revisions, newest first. One that is added between two pages is listed once. */
async function listCommits(
  client: GistClient,
  where: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Commit[]> {
  const commits = new Map<string, Commit>();
  for (let page = 1; commits.size < limit; page++) {
    const path = `/commits?per_page=${PAGE_SIZE}&page=${page}`;
    const { value, hasNext } = await client.request("GET", path, where, { signal });
    for (const commit of readCommits(value)) commits.set(commit.version, commit);
    if (!hasNext) break;
  }
  return [...commits.values()].slice(0, limit);
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
