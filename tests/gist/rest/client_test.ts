import assert from "node:assert/strict";
import { type GistOptions, readHistory } from "../../../gist/mod.ts";
import { GistClient } from "../../../gist/rest/client.ts";
import { RevisionLog } from "../../../gist/rest/revisions.ts";
import {
  FakeClock,
  type LockAccessError,
  type LockError,
  LockUnavailableError,
} from "../../../lock/mod.ts";

const ID = "aa5a315d61ae9438b18d";

/** A client that is always answered the same, and what it sent. */
function make(response: () => Response, options: Partial<GistOptions> = {}) {
  const sent: Request[] = [];
  const client = new GistClient({
    id: ID,
    file: "f",
    clock: new FakeClock(),
    fetch: (request) => {
      sent.push(request);
      return Promise.resolve(response());
    },
    ...options,
  });
  return { client, sent };
}

const ok = () => new Response('{"a":1}', { headers: { etag: 'W/"x"' } });

Deno.test("GistClient sends what the REST documentation asks for", async () => {
  const { client, sent } = make(ok, { token: "t0ken" });
  await client.request("PATCH", "/x", { body: { files: {} } });
  const [request] = sent;
  assert.equal(request?.url, `https://api.github.com/gists/${ID}/x`);
  assert.deepEqual(Object.fromEntries(request?.headers ?? []), {
    "accept": "application/vnd.github+json",
    "authorization": "Bearer t0ken",
    "content-type": "application/json",
    "user-agent": "multicluster-leader-election",
    "x-github-api-version": "2022-11-28",
  });
  assert.equal(await request?.text(), '{"files":{}}');
});

Deno.test("GistClient sends no authorization without a token, and no body with a GET", async () => {
  const { client, sent } = make(ok, { baseUrl: "https://ghes.example/api/v3/" });
  await client.request("GET", "");
  assert.equal(sent[0]?.url, `https://ghes.example/api/v3/gists/${ID}`);
  assert.equal(sent[0]?.headers.has("authorization"), false);
  assert.equal(sent[0]?.headers.has("content-type"), false);
  assert.equal(sent[0]?.body, null);
});

Deno.test("GistClient asks with an ETag, and 304 has no value", async () => {
  const { client, sent } = make(() => new Response(null, { status: 304 }));
  const answer = await client.request("GET", "", { etag: 'W/"x"' });
  assert.equal(sent[0]?.headers.get("if-none-match"), 'W/"x"');
  assert.deepEqual(answer, {
    status: 304,
    value: undefined,
    etag: 'W/"x"',
    hasNext: false,
    scopes: undefined,
  });
});

Deno.test("GistClient refuses a 304 that it did not ask for", async () => {
  const { client } = make(() => new Response(null, { status: 304 }));
  await assert.rejects(client.request("GET", ""), LockUnavailableError);
});

Deno.test("GistClient reports whether there is a next page, and keeps no ETag that could not be sent", async () => {
  const linked = (link: string, etag: string) => new Response("[]", { headers: { link, etag } });
  const next = make(() =>
    linked('<https://x?page=2>; rel="next", <https://x?page=9>; rel="last"', 'W/"x"')
  );
  const first = await next.client.request("GET", "/commits");
  assert.deepEqual([first.hasNext, first.etag], [true, 'W/"x"']);
  const last = make(() => linked('<https://x?page=1>; rel="prev"', `"${"x".repeat(300)}"`));
  const second = await last.client.request("GET", "/commits");
  assert.deepEqual([second.hasNext, second.etag], [false, undefined]);
});

const FAILURES: readonly [
  method: "GET" | "PATCH",
  status: number,
  code: LockError["code"],
  says: RegExp,
][] = [
  ["GET", 401, "ERR_LOCK_ACCESS", /read gist aa5a…\/f: the server does not know the token/],
  ["GET", 403, "ERR_LOCK_ACCESS", /scope "gist"/],
  ["GET", 404, "ERR_LOCK_ACCESS", /check the id, the base URL and the token/],
  ["PATCH", 401, "ERR_LOCK_ACCESS", /write gist aa5a…\/f: the server does not know the token/],
  ["PATCH", 403, "ERR_LOCK_ACCESS", /scope "gist"/],
  ["PATCH", 404, "ERR_LOCK_ACCESS", /belongs to another account .*; use a token of its owner/],
  ["GET", 400, "ERR_LOCK_UNAVAILABLE", /responded with status 400, "no \[secret\]";/],
  ["PATCH", 409, "ERR_LOCK_UNAVAILABLE", /responded with status 409/],
  ["PATCH", 422, "ERR_LOCK_UNAVAILABLE", /responded with status 422/],
  ["GET", 500, "ERR_LOCK_UNAVAILABLE", /responded with status 500/],
  ["PATCH", 502, "ERR_LOCK_UNAVAILABLE", /responded with status 502/],
];

for (const [method, status, code, says] of FAILURES) {
  Deno.test(`GistClient says what ${status} to a ${method} means`, async () => {
    const body = '{"message":"no t0ken"}';
    const { client } = make(() => new Response(body, { status }), { token: "t0ken" });
    await assert.rejects(client.request(method, ""), (error: LockAccessError) => {
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /t0ken/);
      if (code === "ERR_LOCK_ACCESS") assert.equal(error.status, status);
      return true;
    });
  });
}

Deno.test("GistClient says that a write needs a token where there is none", async () => {
  for (const status of [401, 403, 404]) {
    const { client } = make(() => new Response("{}", { status }));
    await assert.rejects(client.request("PATCH", ""), /no token was given/);
  }
});

Deno.test("GistClient refuses an answer that is no JSON", async () => {
  for (const body of ["", "<!DOCTYPE html>", '{"a":']) {
    const { client } = make(() => new Response(body));
    await assert.rejects(client.request("GET", ""), (error) => {
      return error instanceof LockUnavailableError && /is not JSON/.test(error.message);
    });
  }
});

Deno.test("GistClient reads a failure's page that is no JSON", async () => {
  const { client } = make(() => new Response("<!DOCTYPE html>", { status: 502 }));
  await assert.rejects(client.request("GET", ""), /responded with status 502;/);
});

Deno.test("GistClient and what it reads in parts send nothing once the signal has aborted", async () => {
  const reason = new Error("stop");
  const options = { signal: AbortSignal.abort(reason) };
  const { client, sent } = make(ok, { token: "t0ken" });
  await assert.rejects(client.request("GET", "", options), reason);
  await assert.rejects(client.requestUser(options), reason);
  await assert.rejects(new RevisionLog(client).successor("a", ["b"], options), reason);
  assert.deepEqual(sent, []);
  const fetch = () => assert.fail("nothing is sent");
  await assert.rejects(readHistory({ id: ID, clock: client.clock, fetch, ...options }), reason);
});
