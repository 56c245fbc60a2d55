import { identify } from "../limits/accounts.ts";
import { refuse, RefusedRequest, retryAfter, text } from "./respond.ts";
import type { ProceedOptions } from "../faults/fault.ts";
import { plainPath, type ReceivedRequest } from "../request.ts";
import { type Call, notFound } from "./call.ts";
import { getGist, getRawFile, getRevision, getUser, listCommits } from "./reads.ts";
import { createGist, deleteGist, updateGist } from "./writes.ts";
import type { Site } from "../site.ts";

type Endpoint = (call: Call, id: string, rest: string) => Response | Promise<Response>;

const ENDPOINTS: readonly (readonly [method: string, path: RegExp, endpoint: Endpoint])[] = [
  ["GET", /^\/user$/, getUser],
  ["POST", /^\/gists$/, createGist],
  ["GET", /^\/gists\/([^/]+)$/, getGist],
  ["PATCH", /^\/gists\/([^/]+)$/, updateGist],
  ["DELETE", /^\/gists\/([^/]+)$/, deleteGist],
  ["GET", /^\/gists\/([^/]+)\/commits$/, listCommits],
  ["GET", /^\/gists\/([^/]+)\/([0-9a-f]{40})$/, getRevision],
  ["GET", /^\/[^/]+\/([^/]+)\/raw\/([0-9a-f]{40})\/[^/]+$/, getRawFile],
];

/** Responds to a request as the gist endpoints of GitHub's REST API do. */
export async function answerRest(
  site: Site,
  request: ReceivedRequest,
  { staleBy = 0, historyStaleBy = staleBy, answerAfter = 0 }: ProceedOptions,
): Promise<Response> {
  if (!request.headers.get("user-agent")) return text(403, USER_AGENT_MISSING);
  const caller = identify(request.headers, site.accounts);
  if (caller.bad) return refuse(new RefusedRequest(401, "Bad credentials"));
  const { login } = caller;
  const refusal = site.limiter.admit(login, request.method !== "GET");
  const response = refusal
    ? refuse(new RefusedRequest(403, refusal.message, {}, retryAfter(refusal.retryAfter)))
    : await route({ site, request, login, staleBy, historyStaleBy, answerAfter });
  if (response.status === 304 && login !== undefined) site.limiter.refund(login);
  response.headers.set("date", new Date(site.clock.wall()).toUTCString());
  for (const [name, value] of Object.entries(site.limiter.headers(login))) {
    response.headers.set(name, value);
  }
  return response;
}

async function route(call: Call): Promise<Response> {
  const path = plainPath(call.request.url);
  try {
    for (const [method, pattern, endpoint] of ENDPOINTS) {
      const match = method === call.request.method ? pattern.exec(path) : null;
      if (match) return await endpoint(call, match[1] ?? "", match[2] ?? "");
    }
    throw notFound();
  } catch (error) {
    if (error instanceof RefusedRequest) return refuse(error);
    throw error;
  }
}

const USER_AGENT_MISSING =
  "Request forbidden by administrative rules. Please make sure your request has a User-Agent header " +
  "(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). " +
  "Check https://developer.github.com for other possible causes.";
