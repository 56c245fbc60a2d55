import { RefusedRequest } from "./respond.ts";
import { gistJson, type Shown } from "./json.ts";
import type { ProceedOptions } from "../faults/fault.ts";
import type { ReceivedRequest } from "../request.ts";
import type { Gist, Site } from "../site.ts";

/** A request to the REST API. */
export interface Call extends Required<{ [K in keyof ProceedOptions]: number }> {
  readonly site: Site;
  readonly request: ReceivedRequest;
  /** The account; `undefined` without a token. */
  readonly login: string | undefined;
}

/** @throws {RefusedRequest} 401 without a token. */
export function requireLogin({ login }: Call): string {
  if (login === undefined) throw new RefusedRequest(401, "Requires authentication");
  return login;
}

/** @throws {RefusedRequest} 404 if the gist does not exist. */
export function findGist({ site }: Call, id: string): Gist {
  const gist = site.gists.get(id);
  if (!gist) throw notFound();
  return gist;
}

/** Returns the gist if the caller owns it; otherwise 404, although the caller may read it. */
export function ownGist(call: Call, id: string): Gist {
  const login = requireLogin(call);
  const gist = findGist(call, id);
  if (gist.owner !== login) throw notFound();
  return gist;
}

/** GitHub's response about everything that does not exist, or that the caller may not access. */
export function notFound(): RefusedRequest {
  return new RefusedRequest(404, "Not Found");
}

/** Returns the revisions that a response about the gist shows. */
export function shownBy({ staleBy, historyStaleBy }: Call, { repository }: Gist): Shown {
  return { files: repository.head(staleBy), history: repository.head(historyStaleBy) };
}

export function gistAt({ site, request }: Call, gist: Gist, shown: Shown): unknown {
  const options = { origin: request.url.origin, historyLength: site.historyLength };
  return gistJson(gist, shown, options);
}
