import { refuse, RefusedRequest } from "../rest/respond.ts";
import type { Fault } from "./fault.ts";
import { plainPath, type ReceivedRequest } from "../request.ts";

/** A replica answers that is `by` moves of the gist's branch behind. */
export function staleRead(by = 1): Fault {
  return (_request, proceed) => proceed({ staleBy: by });
}

/** Options of the faults whose answer is put together from two instants. */
export interface TwoInstantsOptions {
  /**
   * How long after a PATCH took effect its answer is put together, in milliseconds: what others write meanwhile is in it.
   *
   * @default {0}
   */
  readonly answerAfter?: number | undefined;
}

/**
 * The answer's history is `by` moves of the gist's branch older than its text, as with a history from a replica.
 *
 * - GET of a gist: the newest text, beside a history that does not show its revision yet.
 * - PATCH: the text that was written, beside a history that does not show the write yet. With `answerAfter`, the text that
 *   another wrote meanwhile, beside a history that ends with this write.
 * - GET of a revision by its name: its own text, beside the history of an earlier revision.
 * - The list of commits: lacks the newest, though the `Link` header counts them.
 *
 * A read by git has no such parts: its text comes by the name of a commit.
 */
export function historyBehind(by = 1, options: TwoInstantsOptions = {}): Fault {
  return (_request, proceed) => proceed({ ...options, staleBy: 0, historyStaleBy: by });
}

/**
 * The answer's text is `by` moves of the gist's branch older than its history, as with a text from a replica: the mirror
 * image of {@linkcode historyBehind}.
 *
 * - GET of a gist: an earlier text, beside a history that begins with the newest revision.
 * - PATCH: the text that the write replaced, beside a history that begins with the write. With `answerAfter`, the text that
 *   was written, beside a history that begins with what another wrote meanwhile.
 * - GET of a revision by its name: its own text, beside the history of a later revision.
 * - The list of commits: complete, though the `Link` header does not count the newest. Where other reads are stale and this
 *   one is not, the list is ahead of them.
 */
export function textBehind(by = 1, options: TwoInstantsOptions = {}): Fault {
  return (_request, proceed) => proceed({ ...options, staleBy: by, historyStaleBy: 0 });
}

/**
 * A revision that is asked for by its name is not there yet, though a list or the answer to a write has shown it: 404, or
 * 422. Other requests are answered; see {@linkcode asksByName}.
 */
export function notYet(status: 404 | 422 = 404): Fault {
  return async (request, proceed) => {
    if (!asksByName(request)) return await proceed();
    const version = plainPath(request.url).split("/").at(-1);
    const message = status === 404 ? "Not Found" : `No commit found for SHA: ${version}`;
    return refuse(new RefusedRequest(status, message));
  };
}

/** Whether a request asks the REST API for one revision by its name: for `when` of {@linkcode GistServer.inject}. */
export function asksByName({ method, url }: ReceivedRequest): boolean {
  return method === "GET" && /^\/gists\/[^/]+\/[0-9a-f]{40}$/.test(plainPath(url));
}
