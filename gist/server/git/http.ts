import { gunzipSync } from "node:zlib";
import type { Bytes } from "../../git/objects/bytes.ts";
import { GitFormatError } from "../../git/objects/errors.ts";
import type { GitService } from "../../git/wire/refs.ts";
import { identify } from "../limits/accounts.ts";
import { text } from "../rest/respond.ts";
import type { ProceedOptions } from "../faults/fault.ts";
import { encodeAdvertisement } from "./refs.ts";
import { answerFetch } from "./fetch.ts";
import { answerPush, parsePushRequest } from "./push.ts";
import { plainPath, type ReceivedRequest } from "../request.ts";
import { type Gist, type Site, touch } from "../site.ts";

/** The longest request body once inflated, in bytes. */
const MAX_REQUEST_BYTES = 256 * 1_048_576;

/** Responds to a request of git's smart HTTP protocol, version 0, as GitHub does for `https://gist.github.com/ID.git`. */
export async function answerGit(
  site: Site,
  request: ReceivedRequest,
  { staleBy = 0 }: ProceedOptions,
): Promise<Response> {
  const [, id = "", path = ""] =
    /^\/(?:[^/]+\/)?([^/]+)\.git\/(.*)$/.exec(plainPath(request.url)) ?? [];
  const isPoll = request.method === "GET" && path === "info/refs";
  const service = isPoll ? request.url.searchParams.get("service") : path;
  if (!isService(service) || (!isPoll && request.method !== "POST")) {
    return text(403, "Please upgrade your git client.\n");
  }
  const gist = site.gists.get(id);
  const refusal = refuseAccess(site, request, service, gist);
  if (refusal || !gist) return refusal ?? text(404, "Repository not found.\n");
  try {
    return await serve(site, gist, service, request, staleBy);
  } catch (error) {
    if (!(error instanceof GitFormatError)) throw error;
    return text(400, `${error.message}\n`);
  }
}

async function serve(
  site: Site,
  gist: Gist,
  service: GitService,
  request: ReceivedRequest,
  staleBy: number,
): Promise<Response> {
  const { repository } = gist;
  if (request.method === "GET") {
    return gitAnswer(`${service}-advertisement`, encodeAdvertisement(service, repository, staleBy));
  }
  const body = inflate(request);
  if (service === "git-upload-pack") {
    return gitAnswer(`${service}-result`, answerFetch(repository, body, staleBy));
  }
  const push = parsePushRequest(body);
  if (site.writeDuration > 0) await site.clock.sleep(site.writeDuration);
  // There is no await from here on: of two pushes from the same id, the second finds the ref moved.
  const { answer, moved } = answerPush(repository, push);
  if (moved) touch(site, gist);
  return gitAnswer(`${service}-result`, answer);
}

/** Everyone who has the id may read a gist; only its owner may push. */
function refuseAccess(
  { accounts }: Site,
  { headers }: ReceivedRequest,
  service: GitService,
  gist: Gist | undefined,
): Response | undefined {
  const { login, bad } = identify(headers, accounts);
  if (bad) return askForToken("Invalid username or token.\n");
  if (service === "git-upload-pack" || (gist && gist.owner === login)) return undefined;
  if (login === undefined) return askForToken("Authentication required.\n");
  return gist && text(403, `Permission to ${gist.id}.git denied to ${login}.\n`);
}

function askForToken(message: string): Response {
  return text(401, message, { "www-authenticate": 'Basic realm="GitHub"' });
}

function gitAnswer(type: string, body: Bytes): Response {
  return new Response(body, {
    headers: { "content-type": `application/x-${type}`, "cache-control": "no-cache" },
  });
}

/** Git compresses long requests. */
function inflate({ headers, body }: ReceivedRequest): Uint8Array {
  if (headers.get("content-encoding") !== "gzip") return body;
  try {
    return gunzipSync(body, { maxOutputLength: MAX_REQUEST_BYTES });
  } catch (cause) {
    throw new GitFormatError("the request cannot be inflated", { cause });
  }
}

function isService(name: string | null): name is GitService {
  return name === "git-upload-pack" || name === "git-receive-pack";
}
