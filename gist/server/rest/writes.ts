import { json, RefusedRequest } from "./respond.ts";
import { invalid, readEdit } from "./edit.ts";
import { type Call, gistAt, ownGist, requireLogin, shownBy } from "./call.ts";
import { addGist, commitEntries, editEntries, type Gist, type Site, touch } from "../site.ts";

/** `POST /gists` */
export function createGist(call: Call): Response {
  const owner = requireLogin(call);
  const edit = readEdit(call.request.body);
  const files = [...edit.files].filter(([, file]) => file?.content !== undefined);
  if (files.length === 0) throw invalid("files", "missing_field");
  const { site } = call;
  const gist = addGist(site, {
    owner,
    branch: "main",
    public: edit.public,
    description: edit.description ?? null,
  });
  commitEntries(site, gist, editEntries(gist, files).values());
  const location = `${call.request.url.origin}/gists/${gist.id}`;
  return json(201, gistAt(call, gist, shownBy(call, gist)), { location });
}

/** `PATCH /gists/{id}` */
export async function updateGist(call: Call, id: string): Promise<Response> {
  const { headers, body } = call.request;
  if (headers.has("if-match") || headers.has("if-unmodified-since")) {
    throw new RefusedRequest(400, "Bad Request", { errors: [CONDITIONAL_WRITE] });
  }
  const gist = ownGist(call, id);
  const edit = readEdit(body);
  if (edit.description === undefined && edit.files.size === 0) {
    throw invalid("files", "missing_field");
  }
  await occupy(call.site, gist, () => {
    const entries = editEntries(gist, edit.files);
    if (entries.size === 0) throw invalid("files", "missing_field");
    if (edit.description !== undefined) gist.description = edit.description;
    if (edit.files.size > 0) commitEntries(call.site, gist, entries.values());
    else touch(call.site, gist);
  });
  if (call.answerAfter > 0) await call.site.clock.sleep(call.answerAfter);
  return json(200, gistAt(call, gist, shownBy(call, gist)));
}

/** Holds the write lock of the gist for `writeDuration`. Concurrent writes are refused with 409. */
async function occupy(site: Site, gist: Gist, write: () => void): Promise<void> {
  if (gist.writing) throw new RefusedRequest(409, "Gist cannot be updated.");
  gist.writing = true;
  try {
    if (site.writeDuration > 0) await site.clock.sleep(site.writeDuration);
    write();
  } finally {
    gist.writing = false;
  }
}

/** `DELETE /gists/{id}` */
export function deleteGist(call: Call, id: string): Response {
  call.site.gists.delete(ownGist(call, id).id);
  return new Response(null, { status: 204 });
}

const CONDITIONAL_WRITE =
  "Conditional request headers are not allowed in unsafe requests unless supported by the endpoint";
