import { LockUnavailableError, MAX_RECORD_BYTES } from "../../lock/mod.ts";
import { member } from "../json.ts";

/** One file of a gist, as a response shows it. */
export interface GistAnswer {
  /** The file's content, cut off if it is too long for a record; `undefined` if the file does not exist. */
  readonly content: string | undefined;
  /** The newest revisions, newest first; `undefined` if the response has none. */
  readonly history: readonly string[] | undefined;
}

/**
 * Reads a gist's JSON, which may have any shape.
 *
 * @throws {LockUnavailableError} If it does not have the documented one.
 */
export function readGist(value: unknown, file: string): GistAnswer {
  const history = member(value, "history");
  const isMissing = history === undefined || history === null ||
    (Array.isArray(history) && history.length === 0);
  return {
    content: readContent(member(value, "files"), file),
    history: isMissing ? undefined : readVersions(history),
  };
}

export function readLogin(value: unknown): string | undefined {
  const login = member(value, "login");
  return typeof login === "string" && login !== "" ? login : undefined;
}

export function readOwner(value: unknown): string | undefined {
  return readLogin(member(value, "owner"));
}

/** One revision in a list. */
export interface ListedRevision {
  readonly version: string;
  /** Milliseconds since the Unix epoch; `NaN` if the list does not say. */
  readonly committedAt: number;
}

/**
 * Reads a list of revisions.
 *
 * @throws {LockUnavailableError} If it does not have the documented shape.
 */
export function readRevisions(value: unknown): ListedRevision[] {
  if (!Array.isArray(value)) throw unreadable("the history");
  return value.map((entry) => {
    const [version, time] = [member(entry, "version"), member(entry, "committed_at")];
    // It becomes part of a path.
    if (typeof version !== "string" || !/^[0-9a-f]{4,64}$/.test(version)) {
      throw unreadable("a revision");
    }
    return { version, committedAt: typeof time === "string" ? Date.parse(time) : NaN };
  });
}

/** Reads the names in a list of revisions, as {@linkcode readRevisions} does. */
export function readVersions(value: unknown): readonly string[] {
  return readRevisions(value).map(({ version }) => version);
}

function readContent(files: unknown, file: string): string | undefined {
  if (typeof files !== "object" || files === null) throw unreadable("the list of files");
  const entry = member(files, file);
  if (entry === undefined || entry === null) return undefined;
  const content = member(entry, "content");
  const isTruncated = member(entry, "truncated") === true;
  if (typeof content !== "string" && !isTruncated) throw unreadable("the file");
  const text = typeof content === "string" ? content.slice(0, MAX_RECORD_BYTES + 1) : "";
  // Part of a text could be a valid record: pad it to more than the longest record.
  return isTruncated ? text.padEnd(MAX_RECORD_BYTES + 1) : text;
}

export function unreadable(what: string): LockUnavailableError {
  return new LockUnavailableError(
    `Cannot read the response: ${what} does not have the documented shape; check that the base URL is that of the gist API`,
  );
}
