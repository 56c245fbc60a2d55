import { type CallOptions, LockAccessError, LockUnavailableError } from "../../lock/mod.ts";
import { type GistAnswer, readGist } from "./response.ts";
import { GistClient, type GistResponse } from "./client.ts";
import {
  checkFileName,
  checkGistId,
  DEFAULT_FILE,
  describeGist,
  type GistOptions,
} from "../options.ts";

/** A file of a gist, and how errors name it. */
export interface GistFile {
  readonly client: GistClient;
  readonly file: string;
  /** Names the file in errors; see `describeGist`. */
  readonly where: string;
}

/** Opens a file of a gist. Sends nothing. */
export function openFile(options: GistOptions): GistFile {
  const client = new GistClient(options);
  const file = checkFileName(options.file ?? DEFAULT_FILE);
  return { client, file, where: describeGist(checkGistId(options.id), file) };
}

/**
 * Reads a file at one revision, by the revision's own name. Only this proves that a content belongs to a revision, and only
 * if that revision is the newest in the response's history (`history` is optional).
 *
 * @throws {LockUnavailableError} If the server does not have the revision, or not yet.
 * @throws {LockError} If the request fails; see {@linkcode GistClient.request}.
 */
export async function readRevision(
  gist: GistFile,
  version: string,
  options: CallOptions,
): Promise<GistAnswer> {
  const { value } = await request(gist, version, options);
  const answer = readGist(value, gist.file);
  const found = answer.history?.[0] ?? version;
  if (found === version) return answer;
  throw new LockUnavailableError(
    `Cannot read revision ${version} of ${gist.where}: the server returned ${found} instead; read again`,
  );
}

async function request(
  { client, where }: GistFile,
  version: string,
  { signal }: CallOptions,
): Promise<GistResponse> {
  try {
    return await client.request("GET", `/${version}`, where, { signal });
  } catch (error) {
    if (!(error instanceof LockAccessError) || error.status !== 404) throw error;
    // A replica that lags behind: this says nothing about the token or the gist.
    throw new LockUnavailableError(
      `Cannot read revision ${version} of ${where}: the server does not have it yet; read again`,
      { cause: error },
    );
  }
}
