import { type CallOptions, LockAccessError, LockUnavailableError } from "../../lock/mod.ts";
import { type GistAnswer, readGist } from "./response.ts";
import type { GistClient, GistResponse } from "./client.ts";

/** A file of a gist, and how errors name it. */
export interface GistFile {
  /** Asks the server. */
  readonly client: GistClient;
  /** The file. */
  readonly file: string;
  /** Names the file in errors; see `describeGist`. */
  readonly where: string;
}

/**
 * Reads a file at one revision, by the revision's own name. Only so does a text belong to a revision for certain, and only
 * where the newest revision that the answer shows is the one that was asked for. (An answer may show none: `history` is
 * optional.)
 *
 * @throws {LockUnavailableError} If the server does not show that revision, or not yet.
 * @throws {LockError} If the server cannot be asked; see {@linkcode GistClient.request}.
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
    `Cannot read revision ${version} of ${gist.where} as the server showed ${found} in its place: read again`,
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
    // A replica that is behind: this says nothing of the token, and nothing of the gist.
    throw new LockUnavailableError(
      `Cannot read revision ${version} of ${where} as the server does not show it yet: read again`,
      { cause: error },
    );
  }
}
