import { refuse, RefusedRequest } from "../rest/respond.ts";
import type { Fault, ProceedOptions } from "./fault.ts";
import { plainPath, type ReceivedRequest } from "../request.ts";

/** A replica responds that lags by `by` moves of the gist's branch. */
export function staleRead(by = 1): Fault {
  return (_request, proceed) => proceed({ staleBy: by });
}

/** Options of faults whose response mixes two instants; see {@linkcode ProceedOptions}. */
export type TwoInstantsOptions = Pick<ProceedOptions, "answerAfter">;

/**
 * The history in the response is `by` moves of the gist's branch older than the content.
 *
 * - GET of a gist: the newest content, with a history that does not have its revision yet.
 * - PATCH: the written content, with a history that does not have the write yet. With `answerAfter`, the content that another
 *   writer wrote meanwhile, with a history that begins with this write.
 * - GET of a revision by its name: its own content, with the history of an earlier revision.
 * - The list of commits: lacks the newest, although the `Link` header counts them.
 *
 * A read by git has no such parts, as it gets the content by the id of a commit.
 */
export function historyBehind(by = 1, options: TwoInstantsOptions = {}): Fault {
  return (_request, proceed) => proceed({ ...options, staleBy: 0, historyStaleBy: by });
}

/**
 * The content in the response is `by` moves of the gist's branch older than the history: the reverse of
 * {@linkcode historyBehind}.
 *
 * - GET of a gist: an earlier content, with a history that begins with the newest revision.
 * - PATCH: the content that the write replaced, with a history that begins with the write. With `answerAfter`, the written
 *   content, with a history that begins with what another writer wrote meanwhile.
 * - GET of a revision by its name: its own content, with the history of a later revision.
 * - The list of commits: complete, although the `Link` header does not count the newest.
 */
export function textBehind(by = 1, options: TwoInstantsOptions = {}): Fault {
  return (_request, proceed) => proceed({ ...options, staleBy: by, historyStaleBy: 0 });
}

/**
 * A revision that is requested by its name does not exist yet, although another response has shown it: 404, or 422. Other
 * requests succeed; see {@linkcode asksByName}.
 */
export function notYet(status: 404 | 422 = 404): Fault {
  return async (request, proceed) => {
    if (!asksByName(request)) return await proceed();
    const version = plainPath(request.url).split("/").at(-1);
    const message = status === 404 ? "Not Found" : `No commit found for SHA: ${version}`;
    return refuse(new RefusedRequest(status, message));
  };
}

/** Whether a request is for one revision by its name: for `when` of {@linkcode GistServer.inject}. */
export function asksByName({ method, url }: ReceivedRequest): boolean {
  return method === "GET" && /^\/gists\/[^/]+\/[0-9a-f]{40}$/.test(plainPath(url));
}
