import assert from "node:assert/strict";
import { GistServer, type GistServerOptions } from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";
import { type Ask, ask as askOf, ORIGIN, requestOf, write } from "./ask.ts";

/** A server with a gist of these files. */
function setUp(files: Record<string, string> = { a: "1" }, options: GistServerOptions = {}) {
  const clock = new FakeClock();
  let seed = 0;
  const random = () => (seed = (seed * 5 + 3) % 16) / 16;
  const server = new GistServer({ clock, random, tokens: { "other-token": "other" }, ...options });
  const id = server.createGist(files, { description: "d" });
  const gist = `/gists/${id}`;
  const ask = (path = gist, request?: Ask) => askOf(server, path, request);
  const texts = () => server.revisions(id).map(({ files }) => files.a);
  return { clock, server, id, gist, ask, texts };
}

/** The names of the revisions in a list. */
function namesOf(history: readonly { version: string }[]): string[] {
  return history.map(({ version }) => version);
}

Deno.test("GET /gists/{id} answers in the documented shape", async () => {
  const { id, ask } = setUp({ "a.json": "{}\n", "b": "one\ntwo\n" });

  const { status, headers, json } = await ask();

  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "application/json; charset=utf-8");
  assert.equal(headers.get("date"), "Fri, 02 Jan 2026 03:04:05 GMT");
  const user = {
    login: "local",
    id: 633310746,
    node_id: "MDQ6VXNlcjYzMzMxMDc0Ng==",
    avatar_url: `${ORIGIN}/avatars/u/633310746?v=4`,
    gravatar_id: "",
    url: `${ORIGIN}/users/local`,
    html_url: `${ORIGIN}/local`,
    followers_url: `${ORIGIN}/users/local/followers`,
    following_url: `${ORIGIN}/users/local/following{/other_user}`,
    gists_url: `${ORIGIN}/users/local/gists{/gist_id}`,
    starred_url: `${ORIGIN}/users/local/starred{/owner}{/repo}`,
    subscriptions_url: `${ORIGIN}/users/local/subscriptions`,
    organizations_url: `${ORIGIN}/users/local/orgs`,
    repos_url: `${ORIGIN}/users/local/repos`,
    events_url: `${ORIGIN}/users/local/events{/privacy}`,
    received_events_url: `${ORIGIN}/users/local/received_events`,
    type: "User",
    site_admin: false,
    user_view_type: "public",
  };
  // The commit's id is what git makes of the same files, author and time.
  const version = "734aa533650ce0d971961db1c1492d68ec40fe12";
  assert.deepEqual(json, {
    url: `${ORIGIN}/gists/${id}`,
    forks_url: `${ORIGIN}/gists/${id}/forks`,
    commits_url: `${ORIGIN}/gists/${id}/commits`,
    id,
    node_id: btoa(`04:Gist${id}`),
    git_pull_url: `${ORIGIN}/${id}.git`,
    git_push_url: `${ORIGIN}/${id}.git`,
    html_url: `${ORIGIN}/${id}`,
    files: {
      "a.json": {
        filename: "a.json",
        type: "application/json",
        language: "JSON",
        raw_url: `${ORIGIN}/local/${id}/raw/0967ef424bce6791893e9a57bb952f80fd536e93/a.json`,
        size: 3,
        truncated: false,
        content: "{}\n",
        encoding: "utf-8",
      },
      b: {
        filename: "b",
        type: "text/plain",
        language: null,
        raw_url: `${ORIGIN}/local/${id}/raw/814f4a422927b82f5f8a43f8fab6d3839e3983f2/b`,
        size: 8,
        truncated: false,
        content: "one\ntwo\n",
        encoding: "utf-8",
      },
    },
    public: false,
    created_at: "2026-01-02T03:04:05Z",
    updated_at: "2026-01-02T03:04:05Z",
    description: "d",
    comments: 0,
    user: null,
    comments_url: `${ORIGIN}/gists/${id}/comments`,
    owner: user,
    forks: [],
    history: [{
      user,
      version,
      committed_at: "2026-01-02T03:04:05Z",
      change_status: { total: 3, additions: 3, deletions: 0 },
      url: `${ORIGIN}/gists/${id}/${version}`,
    }],
    truncated: false,
  });
});

Deno.test("POST /gists makes a gist of the token's account", async () => {
  const { ask } = setUp();

  const made = await ask("/gists", {
    method: "POST",
    token: "other-token",
    body: { description: "hello", public: true, files: { "a.txt": { content: "1" } } },
  });
  const read = await ask(`/gists/${made.json.id}`, { token: null });

  assert.equal(made.status, 201);
  assert.equal(made.headers.get("location"), `${ORIGIN}/gists/${made.json.id}`);
  assert.match(made.json.id, /^[0-9a-f]{32}$/);
  assert.equal(made.json.owner.login, "other");
  assert.equal(made.json.public, true);
  assert.deepEqual(read.json, made.json);
});

Deno.test("PATCH /gists/{id} makes a revision and answers with it", async (t) => {
  type Files = Record<string, string>;
  type Edits = Record<string, unknown>;
  const cases: [name: string, edits: Edits, files: Files, additions: number, deletions: number][] =
    [
      ["replaces a file, the others stay", { a: { content: "2" } }, { a: "2", b: "x" }, 1, 1],
      ["adds a file", { c: { content: "3" } }, { a: "1", b: "x", c: "3" }, 1, 0],
      [
        "counts lines that repeat",
        { a: { content: "1\n1\n1\n" } },
        { a: "1\n1\n1\n", b: "x" },
        2,
        0,
      ],
      ["deletes a file by null", { b: null }, { a: "1" }, 0, 1],
      ["deletes a file of which nothing is said", { b: {} }, { a: "1" }, 0, 1],
      ["renames a file", { a: { filename: "z" } }, { b: "x", z: "1" }, 1, 1],
      ["renames and rewrites", { a: { filename: "z", content: "9" } }, { b: "x", z: "9" }, 1, 1],
    ];
  for (const [name, edits, files, additions, deletions] of cases) {
    await t.step(name, async () => {
      const { clock, server, id, gist, ask } = setUp({ a: "1", b: "x" });
      const [first] = server.revisions(id);
      clock.skip(5_000);

      const { status, json } = await ask(gist, { method: "PATCH", body: { files: edits } });

      assert.equal(status, 200);
      const contents = Object.entries<{ content: string }>(json.files)
        .map(([file, { content }]) => [file, content]);
      assert.deepEqual(Object.fromEntries(contents), files);
      const total = additions + deletions;
      assert.deepEqual(json.history[0].change_status, { total, additions, deletions });
      assert.equal(json.history[1].version, first?.version);
      assert.equal(json.history.length, 2);
      assert.equal(json.updated_at, "2026-01-02T03:04:10Z");
      assert.deepEqual(server.revisions(id)[0], {
        version: json.history[0].version,
        committedAt: Date.UTC(2026, 0, 2, 3, 4, 10),
        files,
      });
    });
  }
});

Deno.test("PATCH /gists/{id} of the description makes no revision, but another ETag", async () => {
  const { gist, ask } = setUp();
  const etag = (await ask()).headers.get("etag");

  const { json } = await ask(gist, { method: "PATCH", body: { description: "new" } });

  assert.equal(json.description, "new");
  assert.equal(json.history.length, 1);
  assert.notEqual((await ask()).headers.get("etag"), etag);
});

Deno.test("PATCH /gists/{id} with the same content makes no revision", async () => {
  const { gist, ask } = setUp();
  const { status, json } = await ask(gist, write("1"));
  assert.deepEqual([status, json.history.length], [200, 1]);
});

Deno.test("refusals have GitHub's codes and messages", async (t) => {
  const { id, server, gist, ask } = setUp();
  const edit = (files: unknown) => ({ method: "PATCH", body: { files } });
  const good = write("2");
  const cases: Record<string, Record<string, [path: string, ask?: Ask]>> = {
    "401 Bad credentials": {
      "a bad token": [gist, { token: "wrong" }],
    },
    "401 Requires authentication": {
      "no token on POST": ["/gists", { ...good, method: "POST", token: null }],
      "no token on PATCH": [gist, { ...good, token: null }],
    },
    "404 Not Found": {
      "an unknown id": ["/gists/00"],
      "an unknown revision": [`${gist}/${"0".repeat(40)}`],
      "an unknown path": ["/nothing"],
      "PATCH of an unknown id": ["/gists/00", good],
      "PATCH by another account": [gist, { ...good, token: "other-token" }],
      "DELETE by another account": [gist, { method: "DELETE", token: "other-token" }],
    },
    "400 Problems parsing JSON": {
      "no JSON": [gist, { method: "PATCH", body: "{" }],
    },
    "400 Body should be a JSON object": {
      "no object": [gist, { method: "PATCH", body: "[]" }],
    },
    "400 Bad Request": {
      "If-Match": [gist, { ...good, headers: { "if-match": '"x"' } }],
      "If-Unmodified-Since": [gist, { ...good, headers: { "if-unmodified-since": "now" } }],
    },
    "422 Validation Failed": {
      "nothing to do": [gist, { method: "PATCH", body: {} }],
      "an empty file": [gist, write("")],
      "content that is no text": [gist, edit({ a: { content: 1 } })],
      "a name with a slash": [gist, edit({ "a/b": { content: "1" } })],
      "a rename to git's own folder": [gist, edit({ a: { filename: ".git" } })],
      "no file left": [gist, edit({ a: null })],
      "files that are no object": [gist, edit([])],
      "a new gist without files": ["/gists", { method: "POST", body: { files: {} } }],
    },
  };
  for (const [refusal, requests] of Object.entries(cases)) {
    for (const [name, [path, request]] of Object.entries(requests)) {
      await t.step(name, async () => {
        const answer = await ask(path, request);
        assert.equal(`${answer.status} ${answer.json.message}`, refusal);
        assert.equal(answer.json.status, String(answer.status));
        assert.equal(server.revisions(id).length, 1);
        assert.deepEqual(server.revisions(id)[0]?.files, { a: "1" });
      });
    }
  }
});

Deno.test("a conditional write is refused with a sentence about it", async () => {
  const { gist, ask } = setUp();
  const { json } = await ask(gist, { ...write("2"), headers: { "if-match": "*" } });
  assert.deepEqual(json.errors, [
    "Conditional request headers are not allowed in unsafe requests unless supported by the endpoint",
  ]);
});

Deno.test("a request without a User-Agent is refused as text", async () => {
  const { server } = setUp();
  const response = await server.fetch(new Request(`${ORIGIN}/gists/00`));
  assert.equal(response.status, 403);
  assert.match(await response.text(), /make sure your request has a User-Agent header/);
});

Deno.test("a token is known by each scheme that clients send it in", async (t) => {
  const { gist, ask } = setUp();
  const basic = `Basic ${btoa("x-access-token:local-token")}`;
  const known = ["Bearer local-token", "token local-token", "bearer local-token", basic];
  for (const authorization of known) {
    await t.step(authorization, async () => {
      const { headers } = await ask(gist, { headers: { authorization } });
      assert.equal(headers.get("x-ratelimit-limit"), "5000");
    });
  }
  await t.step("a user name is no token", async () => {
    const authorization = `Basic ${btoa("local-token:")}`;
    assert.equal((await ask(gist, { headers: { authorization } })).status, 401);
  });
});

Deno.test("a conditional read is answered 304 until the gist changes, in either form of the ETag", async () => {
  const { server, id, gist, ask } = setUp();
  const compressed = { "accept-encoding": "gzip" };
  const strong = (await ask()).headers.get("etag") ?? "";
  const weak = (await ask(gist, { headers: compressed })).headers.get("etag") ?? "";
  const headers = { "if-none-match": strong };

  const again = await ask(gist, { headers: { "if-none-match": weak } });
  const otherAccept = await ask(gist, { headers: { ...headers, accept: "x/y" } });
  const otherToken = await ask(gist, { headers, token: "other-token" });
  server.editGist(id, { a: "2" });
  const changed = await ask(gist, { headers });

  assert.match(strong, /^"[0-9a-f]{64}"$/);
  assert.equal(weak, `W/${strong}`);
  assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", strong]);
  assert.deepEqual([otherAccept.status, otherToken.status, changed.status], [200, 200, 200]);
});

Deno.test("GET /gists/{id}/{sha} answers with that revision and what came before it", async () => {
  const { server, id, gist, ask } = setUp();
  const first = server.revisions(id)[0]?.version;
  const second = server.editGist(id, { a: "2" });
  server.editGist(id, { a: "3" });

  const { json } = await ask(`${gist}/${second}`);

  assert.equal(json.files.a.content, "2");
  assert.deepEqual(namesOf(json.history), [second, first]);
});

Deno.test("GET /gists/{id}/commits is paged, newest first", async () => {
  const { clock, server, id, gist, ask } = setUp({ a: "0" });
  for (let edit = 1; edit < 105; edit++) {
    clock.skip(1_000);
    server.editGist(id, { a: String(edit) });
  }
  const versions = namesOf(server.revisions(id));
  const listed = async (query: string) => {
    const { json, headers } = await ask(`${gist}/commits${query}`);
    return { ids: namesOf(json), link: headers.get("link"), keys: Object.keys(json[0] ?? {}) };
  };

  const first = await listed("");
  const last = await listed("?per_page=30&page=4");
  const large = await listed("?per_page=1000");
  const url = `${ORIGIN}/gists/${id}/commits?per_page=30&page=`;

  assert.equal(versions.length, 105);
  assert.deepEqual(first.ids, versions.slice(0, 30));
  assert.equal(first.link, `<${url}2>; rel="next", <${url}4>; rel="last"`);
  assert.deepEqual(first.keys, ["user", "version", "committed_at", "change_status", "url"]);
  assert.deepEqual(last.ids, versions.slice(90));
  assert.equal(last.link, `<${url}3>; rel="prev", <${url}1>; rel="first"`);
  assert.deepEqual(large.ids, versions.slice(0, 100));
  assert.deepEqual((await listed("?page=5")).ids, []);
  assert.deepEqual((await listed("?page=0&per_page=x")).ids, first.ids);
});

Deno.test("an answer lists no more revisions than its limit", async () => {
  const { server, id, ask } = setUp({ a: "0" }, { historyLength: 2 });
  for (const a of ["1", "2", "3"]) server.editGist(id, { a });
  const { json } = await ask();
  assert.deepEqual(namesOf(json.history), namesOf(server.revisions(id)).slice(0, 2));
});

Deno.test("a file's content is cut off at 1 MB, and whole where its raw_url points", async () => {
  const content = "x".repeat(1_000_001);
  const { ask } = setUp({ a: content });

  const { json } = await ask();

  assert.equal(json.files.a.truncated, true);
  assert.equal(json.files.a.size, 1_000_001);
  assert.equal(json.files.a.content, content.slice(0, 1_000_000));
  const raw = await ask(new URL(json.files.a.raw_url).pathname);
  assert.equal(raw.text, content);
});

Deno.test("DELETE /gists/{id} leaves nothing", async () => {
  const { gist, ask } = setUp();
  const { status, text } = await ask(gist, { method: "DELETE" });
  assert.deepEqual([status, text], [204, ""]);
  assert.equal((await ask()).status, 404);
});

Deno.test("a gist without a commit has no files and no history", async () => {
  const { json } = await setUp({}).ask();
  assert.deepEqual([json.files, json.history], [{}, []]);
});

Deno.test("GitHub Enterprise Server's paths lead to the same gists", async () => {
  const { id, gist, ask } = setUp();
  assert.equal((await ask(`/api/v3${gist}`)).json.id, id);
});

Deno.test("PATCHes that overlap in time: the second is answered 409 and changes nothing", async () => {
  const { clock, gist, ask, texts } = setUp({ a: "0" }, { writeDuration: 300 });

  const first = ask(gist, write("1"));
  await clock.advance(299);
  const second = await ask(gist, write("2"));
  assert.deepEqual(texts(), ["0"]);
  await clock.advance(1);
  const third = ask(gist, write("3"));
  await clock.advance(300);

  assert.deepEqual([(await first).status, second.status, (await third).status], [200, 409, 200]);
  assert.equal(second.json.message, "Gist cannot be updated.");
  assert.deepEqual(texts(), ["3", "1", "0"]);
});

Deno.test("two PATCHes that do not overlap both apply, and the second hides the first", async () => {
  const { gist, ask, texts } = setUp({ a: "0" });
  for (const content of ["1", "2"]) await ask(gist, write(content));
  assert.deepEqual(texts(), ["2", "1", "0"]);
});

Deno.test("fetch rejects with the signal's reason, and what had begun goes on", async () => {
  const { clock, server, gist, texts } = setUp({ a: "0" }, { writeDuration: 100 });
  const caller = new AbortController();
  const { signal } = caller;
  const patch = () => server.fetch(requestOf(gist, { ...write("1"), signal }));

  const outcome = assert.rejects(patch(), /given up/);
  await clock.advance(50);
  caller.abort(new Error("given up"));
  await outcome;
  await clock.advance(50);
  assert.deepEqual(texts(), ["1", "0"]);

  server.resetCounts();
  await assert.rejects(patch(), /given up/);
  await clock.advance(100);
  assert.equal(server.counts.writes, 0);
});

Deno.test("counts show requests by kind, and bytes", async () => {
  const { server, gist, ask } = setUp();
  const body = JSON.stringify(write("2").body);

  const read = await ask();
  await ask(gist, { headers: { "if-none-match": read.headers.get("etag") ?? "" } });
  const written = await ask(gist, { method: "PATCH", body });
  const missing = await ask("/gists/00");

  assert.deepEqual(server.counts, {
    reads: 2,
    notModified: 1,
    writes: 1,
    gitPolls: 0,
    gitFetches: 0,
    gitPushes: 0,
    refused: 1,
    bytesReceived: body.length,
    bytesSent: read.text.length + written.text.length + missing.text.length,
  });
});

Deno.test("a server's description holds no token", () => {
  const server = new GistServer({ token: "secret-token", tokens: { "secret-other": "o" } });
  assert.doesNotMatch(Deno.inspect(server, { depth: 9, showHidden: true }), /secret/);
  assert.doesNotMatch(JSON.stringify(server), /secret/);
});
