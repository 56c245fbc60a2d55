import { type CallOptions, LockAccessError, LockUnavailableError } from "../../lock/mod.ts";
import { type GistAnswer, readGist } from "./response.ts";
import type { GistClient, GistResponse } from "./client.ts";

/**
 * Reads a file at one revision, by the revision's own name. Only this proves that a content belongs to a revision, and only
 * if that revision is the newest in the response's history (`history` is optional).
 *
 * @throws {LockUnavailableError} If the server does not have the revision, or not yet.
 * @throws {LockError} If the request fails; see {@linkcode GistClient.request}.
 */
export async function readRevision(
  gist: GistClient,
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
  gist: GistClient,
  version: string,
  { signal }: CallOptions,
): Promise<GistResponse> {
  try {
    return await gist.request("GET", `/${version}`, { signal });
  } catch (error) {
    if (!(error instanceof LockAccessError) || error.status !== 404) throw error;
    // A replica that lags behind: this says nothing about the token or the gist.
    throw new LockUnavailableError(
      `Cannot read revision ${version} of ${gist.where}: the server does not have it yet; read again`,
      { cause: error },
    );
  }
}
