/** Whether a token may push is found out without a write. */

import assert from "node:assert/strict";
import { encodeText } from "../../../gist/git/objects/bytes.ts";
import { GitStore } from "../../../gist/git/store.ts";
import { encodePktLines, FLUSH } from "../../../gist/git/wire/pkt_line.ts";
import { GistServer, LOCAL_TOKEN } from "../../../gist/server/mod.ts";
import {
  FakeClock,
  LockAccessError,
  LockUnavailableError,
  RateLimitError,
} from "../../../lock/mod.ts";
import { advertisement, errorOf, GIST, recorded, WRITE } from "./canned.ts";

const FILE = "leader-election.json";

/** What `GET info/refs?service=git-receive-pack` answers with. */
const MAY_PUSH = encodePktLines([
  "# service=git-receive-pack\n",
  FLUSH,
  `${WRITE.commitId} refs/heads/main\0report-status\n`,
  FLUSH,
]);

function local(tokens: Record<string, string> = {}) {
  const server = new GistServer({ clock: new FakeClock(), tokens });
  const id = server.createGist({ [FILE]: "{}" });
  const store = (token: string, gist = id) =>
    new GitStore({ id: gist, token, clock: new FakeClock(), fetch: server.fetch });
  return { server, id, store };
}

Deno.test("GitStore.checkAccess() passes the owner's token by one request, and writes nothing", async () => {
  const { store, answers, paths } = recorded({ refs: MAY_PUSH });
  await store.checkAccess();
  assert.deepEqual(paths(), ["GET .git/info/refs?service=git-receive-pack"]);
  answers.refs = encodePktLines(["# service=git-receive-pack\n", FLUSH, FLUSH]);
  await store.checkAccess();

  const { server, id, store: localStore } = local();
  const before = server.revisions(id);
  await localStore(LOCAL_TOKEN).checkAccess();
  assert.deepEqual(server.revisions(id), before);
  assert.equal(server.counts.gitPushes, 0);
});

Deno.test("GitStore.checkAccess() refuses another account's token, which reads all right", async () => {
  const { server, id, store } = local({ "other-token": "mallory" });
  const other = store("other-token");
  assert.equal((await other.read()).content, "{}");
  const error = await errorOf(other.checkAccess());
  assert.ok(error instanceof LockAccessError, String(error));
  assert.equal(error.status, 403);
  assert.match(error.message, /^Cannot write gist .*\(status 403, ".*the scope "gist"/);
  assert.match(error.message, /denied to mallory/);
  assert.ok(!error.message.includes(id), error.message);
  assert.equal(server.revisions(id).length, 1);
});

Deno.test("GitStore.checkAccess() refuses a token that the server does not know, and a gist that is not there", async () => {
  const { store } = local();
  const unknown = await errorOf(store("wrong-token").checkAccess());
  assert.ok(unknown instanceof LockAccessError && unknown.status === 401, String(unknown));
  const signal = AbortSignal.abort("stop");
  assert.equal(await errorOf(store(LOCAL_TOKEN).checkAccess({ signal })), "stop");
  const missing = await errorOf(store(LOCAL_TOKEN, GIST).checkAccess());
  assert.ok(missing instanceof LockAccessError && missing.status === 404, String(missing));
});

Deno.test("the local gist server shows only the owner where to push", async () => {
  const { server, id } = local({ "other-token": "mallory" });
  const basic = (token: string) => `Basic ${btoa(`x-access-token:${token}`)}`;
  const callers: [authorization: string | undefined, status: number][] = [
    [undefined, 401],
    [basic("wrong-token"), 401],
    [basic("other-token"), 403],
    [basic(LOCAL_TOKEN), 200],
  ];
  for (const [authorization, status] of callers) {
    const url = `http://127.0.0.1/${id}.git/info/refs?service=git-receive-pack`;
    const headers = { "user-agent": "git/2.0", ...(authorization && { authorization }) };
    const response = await server.fetch(new Request(url, { headers }));
    assert.equal(response.status, status, authorization);
    const text = await response.text();
    assert.equal(text.includes("refs/heads/"), status === 200, text);
  }
});

Deno.test("GitStore.checkAccess() takes for a yes only what git's receive-pack says", async () => {
  const page = { headers: { "content-type": "text/html" } };
  const answers: [what: string, refs: Uint8Array | Response, expected: unknown][] = [
    ["a login page", new Response("<html>Log in", page), LockAccessError],
    ["a login page that is called text", new Response("<!DOCTYPE html>Log in"), LockAccessError],
    ["the other service", advertisement(WRITE.commitId), LockUnavailableError],
    ["nothing", new Uint8Array(), LockUnavailableError],
    [
      "the first line alone",
      encodePktLines(["# service=git-receive-pack\n"]),
      LockUnavailableError,
    ],
    ["half of the refs", MAY_PUSH.subarray(0, -4), LockUnavailableError],
    ["JSON", new Response('{"message":"hello"}'), LockUnavailableError],
    ["words", encodeText("You may push."), LockUnavailableError],
    ["204", new Response(null, { status: 204 }), LockUnavailableError],
    [
      "a redirect to a login page",
      Response.redirect("https://login.example/"),
      LockUnavailableError,
    ],
    ["500", new Response("", { status: 500 }), LockUnavailableError],
    ["403", new Response("no", { status: 403 }), LockAccessError],
    ["a limit", new Response("rate limit exceeded", { status: 403 }), RateLimitError],
  ];
  for (const [what, refs, expected] of answers) {
    const error = await errorOf(recorded({ refs }).store.checkAccess());
    assert.ok(error instanceof (expected as typeof Error), `${what}: ${error}`);
  }
});
