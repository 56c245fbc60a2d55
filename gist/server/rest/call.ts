import { RefusedRequest } from "./respond.ts";
import { gistJson, type Shown } from "./json.ts";
import type { ReceivedRequest } from "../request.ts";
import type { Gist, Site } from "../site.ts";

/** One request on its way through the REST API. */
export interface Call {
  /** The gists. */
  readonly site: Site;
  /** What came. */
  readonly request: ReceivedRequest;
  /** Who asks; `undefined` without a token. */
  readonly login: string | undefined;
  /** How many moves of the branch the answer is behind. */
  readonly staleBy: number;
  /** How many moves of the branch the history in the answer is behind. */
  readonly historyStaleBy: number;
  /** How long after a write its answer is put together, in milliseconds. */
  readonly answerAfter: number;
}

/**
 * Who asks.
 *
 * @throws {RefusedRequest} 401 without a token.
 */
export function requireLogin({ login }: Call): string {
  if (login === undefined) throw new RefusedRequest(401, "Requires authentication");
  return login;
}

/**
 * The gist of that id.
 *
 * @throws {RefusedRequest} 404 where there is none.
 */
export function findGist({ site }: Call, id: string): Gist {
  const gist = site.gists.get(id);
  if (!gist) throw notFound();
  return gist;
}

/** The gist, if the caller may write it. Somebody else's is not found, though it can be read. */
export function ownGist(call: Call, id: string): Gist {
  const login = requireLogin(call);
  const gist = findGist(call, id);
  if (gist.owner !== login) throw notFound();
  return gist;
}

/** What GitHub says of everything that is not there, or not for the caller. */
export function notFound(): RefusedRequest {
  return new RefusedRequest(404, "Not Found");
}

/** Which revisions an answer about the gist shows. */
export function shownBy({ staleBy, historyStaleBy }: Call, { repository }: Gist): Shown {
  return { files: repository.head(staleBy), history: repository.head(historyStaleBy) };
}

/** A gist as the API shows it. */
export function gistAt({ site, request }: Call, gist: Gist, shown: Shown): unknown {
  const options = { origin: request.url.origin, historyLength: site.historyLength };
  return gistJson(gist, shown, options);
}
