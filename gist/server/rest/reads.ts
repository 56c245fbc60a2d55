import { createHash } from "node:crypto";
import { json } from "./respond.ts";
import { historyJson, type Shown } from "./json.ts";
import { type Call, findGist, gistAt, notFound, requireLogin, shownBy } from "./call.ts";
import type { Gist } from "../site.ts";
import { wholeUserJson } from "./user_json.ts";

/** `GET /user` */
export function getUser(call: Call): Response {
  return json(200, wholeUserJson(requireLogin(call), call.request.url));
}

/** `GET /gists/{id}` */
export function getGist(call: Call, id: string): Response {
  const gist = findGist(call, id);
  const shown = shownBy(call, gist);
  return unlessKnown(call, gist, shown, () => gistAt(call, gist, shown));
}

/**
 * `GET /gists/{id}/{sha}`
 *
 * The files are those of the revision. The history may be of another instant.
 */
export function getRevision(call: Call, id: string, revision: string): Response {
  const gist = findGist(call, id);
  const { repository } = gist;
  if (!repository.commit(revision)) throw notFound();
  const behind = call.historyStaleBy - call.staleBy;
  const shown = { files: revision, history: repository.movedFrom(revision, behind) };
  return unlessKnown(call, gist, shown, () => gistAt(call, gist, shown));
}

/**
 * `GET /gists/{id}/commits`
 *
 * The number of pages in the `Link` header may be of another instant.
 */
export function listCommits(call: Call, id: string): Response {
  const gist = findGist(call, id);
  const { origin, searchParams } = call.request.url;
  const page = readPage(searchParams);
  const shown = shownBy(call, gist);
  const count = gist.repository.history(shown.files).reduce((sum) => sum + 1, 0);
  const options = { origin, historyLength: page.size };
  const response = unlessKnown(
    call,
    gist,
    shown,
    () => historyJson(gist, shown.history, options, (page.number - 1) * page.size),
  );
  const link = pageLinks(`${origin}/gists/${gist.id}/commits`, page, count);
  if (link !== "") response.headers.set("link", link);
  return response;
}

/** The `raw_url` of a file: its whole content. */
export function getRawFile(call: Call, id: string, blob: string): Response {
  const object = findGist(call, id).repository.object(blob);
  if (object?.type !== "blob") throw notFound();
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return new Response(object.body.slice(), { headers });
}

/** Responds with the value, or with 304 if the ETag matches. ETags depend on account and `Accept`; with gzip they are weak. */
function unlessKnown(
  { request: { headers, url }, login }: Call,
  gist: Gist,
  shown: Shown,
  value: () => unknown,
): Response {
  const state = [url.href, gist.edits, shown.files, shown.history, login, headers.get("accept")]
    .join("\n");
  const strong = `"${createHash("sha256").update(state).digest("hex")}"`;
  const etag = headers.get("accept-encoding")?.includes("gzip") ? `W/${strong}` : strong;
  const answerHeaders = {
    etag,
    "cache-control": login === undefined ? "public, max-age=60" : "private, max-age=60",
    vary: "Accept, Authorization, Cookie, Accept-Encoding",
  };
  const known = (headers.get("if-none-match") ?? "").split(",").map((tag) =>
    tag.trim().replace(/^W\//, "")
  );
  return known.includes(strong) || known.includes("*")
    ? new Response(null, { status: 304, headers: answerHeaders })
    : json(200, value(), answerHeaders);
}

interface Page {
  /** Counted from 1. */
  readonly number: number;
  /** The number of entries on each page. */
  readonly size: number;
}

/** Reads `page` and `per_page`, which is 1 to 100, by default 30. */
function readPage(parameters: URLSearchParams): Page {
  const read = (name: string, otherwise: number) => {
    const number = Math.trunc(Number(parameters.get(name)));
    return number >= 1 ? number : otherwise;
  };
  return { number: read("page", 1), size: Math.min(read("per_page", 30), 100) };
}

/** Returns the `Link` header of a page; empty if there is only one page. */
function pageLinks(url: string, { number, size }: Page, count: number): string {
  const last = Math.max(1, Math.ceil(count / size));
  const links = [
    ...(number > 1 ? [["prev", number - 1]] : []),
    ...(number < last ? [["next", number + 1], ["last", last]] : []),
    ...(number > 1 ? [["first", 1]] : []),
  ];
  return links.map(([relation, page]) =>
    `<${url}?per_page=${size}&page=${page}>; rel="${relation}"`
  ).join(", ");
}
