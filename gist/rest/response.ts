import { LockUnavailableError, MAX_RECORD_BYTES } from "../../lock/mod.ts";

/** What one answer of the API says about one file of a gist. */
export interface GistAnswer {
  /** The file's text, cut where it is too long for a record; `undefined` where the file is not there. */
  readonly content: string | undefined;
  /** The revisions, newest first; `undefined` where the answer has none. Its end need not be the first revision. */
  readonly history: readonly string[] | undefined;
}

/** The JSON of a body; `undefined` if it is something else. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/**
 * Reads a gist's JSON, which may be anything.
 *
 * @throws {LockUnavailableError} If it has not the documented shape.
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

/** The login of an account; `undefined` if the answer has none. */
export function readLogin(value: unknown): string | undefined {
  const login = member(value, "login");
  return typeof login === "string" && login !== "" ? login : undefined;
}

/** The login of the account that owns a gist; `undefined` if the answer has none. */
export function readOwner(value: unknown): string | undefined {
  return readLogin(member(value, "owner"));
}

/**
 * Reads a list of revisions.
 *
 * @throws {LockUnavailableError} If it has not the documented shape.
 */
export function readVersions(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw unreadable("the history");
  return value.map((entry) => {
    const version = member(entry, "version");
    // It becomes part of a path.
    if (typeof version !== "string" || !/^[0-9a-f]{4,64}$/.test(version)) {
      throw unreadable("a revision");
    }
    return version;
  });
}

function readContent(files: unknown, file: string): string | undefined {
  if (typeof files !== "object" || files === null) throw unreadable("the list of files");
  const entry = member(files, file);
  if (entry === undefined || entry === null) return undefined;
  const content = member(entry, "content");
  const isTruncated = member(entry, "truncated") === true;
  if (typeof content !== "string" && !isTruncated) throw unreadable("the file");
  const text = typeof content === "string" ? content.slice(0, MAX_RECORD_BYTES + 1) : "";
  // A part of a text could pass for a whole record: it is made too long to be one.
  return isTruncated ? text.padEnd(MAX_RECORD_BYTES + 1) : text;
}

/** A value's own member, so that nothing inherited can pass for an answer. */
function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function unreadable(what: string): LockUnavailableError {
  return new LockUnavailableError(
    `Cannot read the answer as ${what} must be as the gist API documents it: check that the base URL is one of that API`,
  );
}
