import assert from "node:assert/strict";
import { GistServer, type GistServerOptions } from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";

const ORIGIN = "https://api.github.com";

interface Ask {
  readonly method?: string;
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

function setUp(options: GistServerOptions = {}) {
  const clock = new FakeClock();
  let seed = 0;
  const random = () => (seed = (seed * 5 + 3) % 16) / 16;
  const server = new GistServer({ clock, random, tokens: { "other-token": "other" }, ...options });
  const ask = async (path: string, { method, token = "local-token", body, headers }: Ask = {}) => {
    const response = await server.fetch(
      new Request(`${ORIGIN}${path}`, {
        ...(method === undefined ? {} : { method }),
        ...(body === undefined
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        headers: {
          "user-agent": "test",
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      }),
    );
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return {
      status: response.status,
      headers: response.headers,
      text,
      // deno-lint-ignore no-explicit-any -- answers are asked for whatever they are expected to hold
      json: (isJson ? JSON.parse(text) : undefined) as any,
    };
  };
  return { clock, server, ask };
}

Deno.test("GET /gists/{id} answers in the documented shape", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ "a.json": "{}\n", "b": "one\ntwo\n" }, { description: "d" });

  const { status, headers, json } = await ask(`/gists/${id}`);

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
  const cases: [name: string, body: unknown, files: Record<string, string>, status: unknown][] = [
    ["replaces a file, the others stay", { files: { a: { content: "2" } } }, { a: "2", b: "x" }, {
      total: 2,
      additions: 1,
      deletions: 1,
    }],
    ["adds a file", { files: { c: { content: "3" } } }, { a: "1", b: "x", c: "3" }, {
      total: 1,
      additions: 1,
      deletions: 0,
    }],
    ["counts lines that repeat", { files: { a: { content: "1\n1\n1\n" } } }, {
      a: "1\n1\n1\n",
      b: "x",
    }, {
      total: 2,
      additions: 2,
      deletions: 0,
    }],
    ["deletes a file by null", { files: { b: null } }, { a: "1" }, {
      total: 1,
      additions: 0,
      deletions: 1,
    }],
    ["deletes a file of which nothing is said", { files: { b: {} } }, { a: "1" }, {
      total: 1,
      additions: 0,
      deletions: 1,
    }],
    ["renames a file", { files: { a: { filename: "z" } } }, { b: "x", z: "1" }, {
      total: 2,
      additions: 1,
      deletions: 1,
    }],
    [
      "renames and rewrites",
      { files: { a: { filename: "z", content: "9" } } },
      { b: "x", z: "9" },
      {
        total: 2,
        additions: 1,
        deletions: 1,
      },
    ],
  ];
  for (const [name, body, files, status] of cases) {
    await t.step(name, async () => {
      const { clock, server, ask } = setUp();
      const id = server.createGist({ a: "1", b: "x" });
      const [first] = server.revisions(id);
      clock.skip(5_000);

      const { status: code, json } = await ask(`/gists/${id}`, { method: "PATCH", body });

      assert.equal(code, 200);
      const contents = Object.entries<{ content: string }>(json.files)
        .map(([file, { content }]) => [file, content]);
      assert.deepEqual(Object.fromEntries(contents), files);
      assert.deepEqual(json.history[0].change_status, status);
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
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });
  const etag = (await ask(`/gists/${id}`)).headers.get("etag");

  const { json } = await ask(`/gists/${id}`, { method: "PATCH", body: { description: "new" } });

  assert.equal(json.description, "new");
  assert.equal(json.history.length, 1);
  assert.notEqual((await ask(`/gists/${id}`)).headers.get("etag"), etag);
});

Deno.test("PATCH /gists/{id} with the same content makes no revision", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });

  const { status, json } = await ask(`/gists/${id}`, {
    method: "PATCH",
    body: { files: { a: { content: "1" } } },
  });

  assert.equal(status, 200);
  assert.equal(json.history.length, 1);
});

Deno.test("refusals have GitHub's codes and messages", async (t) => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });
  const good = { files: { a: { content: "2" } } };
  const cases: [name: string, path: string, ask: Ask, status: number, message: string][] = [
    ["a bad token", `/gists/${id}`, { token: "wrong" }, 401, "Bad credentials"],
    [
      "no token on POST",
      "/gists",
      { method: "POST", token: null, body: good },
      401,
      "Requires authentication",
    ],
    [
      "no token on PATCH",
      `/gists/${id}`,
      { method: "PATCH", token: null, body: good },
      401,
      "Requires authentication",
    ],
    ["an unknown id", "/gists/00", {}, 404, "Not Found"],
    ["an unknown revision", `/gists/${id}/${"0".repeat(40)}`, {}, 404, "Not Found"],
    ["an unknown path", "/nothing", {}, 404, "Not Found"],
    ["PATCH of an unknown id", "/gists/00", { method: "PATCH", body: good }, 404, "Not Found"],
    [
      "PATCH by another account",
      `/gists/${id}`,
      { method: "PATCH", token: "other-token", body: good },
      404,
      "Not Found",
    ],
    [
      "DELETE by another account",
      `/gists/${id}`,
      { method: "DELETE", token: "other-token" },
      404,
      "Not Found",
    ],
    ["no JSON", `/gists/${id}`, { method: "PATCH", body: "{" }, 400, "Problems parsing JSON"],
    [
      "no object",
      `/gists/${id}`,
      { method: "PATCH", body: "[]" },
      400,
      "Body should be a JSON object",
    ],
    [
      "If-Match",
      `/gists/${id}`,
      { method: "PATCH", body: good, headers: { "if-match": '"x"' } },
      400,
      "Bad Request",
    ],
    [
      "If-Unmodified-Since",
      `/gists/${id}`,
      { method: "PATCH", body: good, headers: { "if-unmodified-since": "now" } },
      400,
      "Bad Request",
    ],
    ["nothing to do", `/gists/${id}`, { method: "PATCH", body: {} }, 422, "Validation Failed"],
    [
      "an empty file",
      `/gists/${id}`,
      { method: "PATCH", body: { files: { a: { content: "" } } } },
      422,
      "Validation Failed",
    ],
    [
      "content that is no text",
      `/gists/${id}`,
      { method: "PATCH", body: { files: { a: { content: 1 } } } },
      422,
      "Validation Failed",
    ],
    [
      "a name with a slash",
      `/gists/${id}`,
      { method: "PATCH", body: { files: { "a/b": { content: "1" } } } },
      422,
      "Validation Failed",
    ],
    [
      "a rename to git's own folder",
      `/gists/${id}`,
      { method: "PATCH", body: { files: { a: { filename: ".git" } } } },
      422,
      "Validation Failed",
    ],
    [
      "no file left",
      `/gists/${id}`,
      { method: "PATCH", body: { files: { a: null } } },
      422,
      "Validation Failed",
    ],
    [
      "files that are no object",
      `/gists/${id}`,
      { method: "PATCH", body: { files: [] } },
      422,
      "Validation Failed",
    ],
    [
      "a new gist without files",
      "/gists",
      { method: "POST", body: { files: {} } },
      422,
      "Validation Failed",
    ],
  ];
  for (const [name, path, request, status, message] of cases) {
    await t.step(name, async () => {
      const answer = await ask(path, request);
      assert.deepEqual([answer.status, answer.json.message], [status, message]);
      assert.equal(answer.json.status, String(status));
      assert.equal(server.revisions(id).length, 1);
      assert.deepEqual(server.revisions(id)[0]?.files, { a: "1" });
    });
  }
});

Deno.test("a conditional write is refused with a sentence about it", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });

  const { json } = await ask(`/gists/${id}`, {
    method: "PATCH",
    headers: { "if-match": "*" },
    body: { files: { a: { content: "2" } } },
  });

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
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });
  const basic = `Basic ${btoa("x-access-token:local-token")}`;
  for (
    const authorization of ["Bearer local-token", "token local-token", "bearer local-token", basic]
  ) {
    await t.step(authorization, async () => {
      const { headers } = await ask(`/gists/${id}`, { headers: { authorization } });
      assert.equal(headers.get("x-ratelimit-limit"), "5000");
    });
  }
  await t.step("a user name is no token", async () => {
    const authorization = `Basic ${btoa("local-token:")}`;
    assert.equal((await ask(`/gists/${id}`, { headers: { authorization } })).status, 401);
  });
});

Deno.test("a conditional read is answered 304 until the gist changes, in either form of the ETag", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });
  const compressed = { "accept-encoding": "gzip" };
  const strong = (await ask(`/gists/${id}`)).headers.get("etag") ?? "";
  const weak = (await ask(`/gists/${id}`, { headers: compressed })).headers.get("etag") ?? "";

  const again = await ask(`/gists/${id}`, { headers: { "if-none-match": weak } });
  const otherAccept = await ask(`/gists/${id}`, {
    headers: { "if-none-match": strong, accept: "x/y" },
  });
  const otherToken = await ask(`/gists/${id}`, {
    headers: { "if-none-match": strong },
    token: "other-token",
  });
  server.editGist(id, { a: "2" });
  const changed = await ask(`/gists/${id}`, { headers: { "if-none-match": strong } });

  assert.match(strong, /^"[0-9a-f]{64}"$/);
  assert.equal(weak, `W/${strong}`);
  assert.deepEqual([again.status, again.text, again.headers.get("etag")], [304, "", strong]);
  assert.deepEqual([otherAccept.status, otherToken.status, changed.status], [200, 200, 200]);
});

Deno.test("GET /gists/{id}/{sha} answers with that revision and what came before it", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });
  const first = server.revisions(id)[0]?.version;
  const second = server.editGist(id, { a: "2" });
  server.editGist(id, { a: "3" });

  const { json } = await ask(`/gists/${id}/${second}`);

  assert.equal(json.files.a.content, "2");
  assert.deepEqual(json.history.map(({ version }: { version: string }) => version), [
    second,
    first,
  ]);
});

Deno.test("GET /gists/{id}/commits is paged, newest first", async () => {
  const { clock, server, ask } = setUp();
  const id = server.createGist({ a: "0" });
  for (let edit = 1; edit < 105; edit++) {
    clock.skip(1_000);
    server.editGist(id, { a: String(edit) });
  }
  const versions = server.revisions(id).map(({ version }) => version);
  const listed = async (query: string) => {
    const { json, headers } = await ask(`/gists/${id}/commits${query}`);
    const ids: string[] = json.map(({ version }: { version: string }) => version);
    return { ids, link: headers.get("link"), keys: Object.keys(json[0] ?? {}) };
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

Deno.test("an answer lists no more revisions than it is told to", async () => {
  const { server, ask } = setUp({ historyLength: 2 });
  const id = server.createGist({ a: "0" });
  for (const a of ["1", "2", "3"]) server.editGist(id, { a });
  const versions = server.revisions(id).map(({ version }) => version);

  const { json } = await ask(`/gists/${id}`);

  assert.deepEqual(
    json.history.map(({ version }: { version: string }) => version),
    versions.slice(0, 2),
  );
});

Deno.test("a file's content is cut off at 1 MB, and whole where its raw_url points", async () => {
  const { server, ask } = setUp();
  const content = "x".repeat(1_000_001);
  const id = server.createGist({ a: content });

  const { json } = await ask(`/gists/${id}`);

  assert.equal(json.files.a.truncated, true);
  assert.equal(json.files.a.size, 1_000_001);
  assert.equal(json.files.a.content, content.slice(0, 1_000_000));
  const raw = await ask(new URL(json.files.a.raw_url).pathname);
  assert.equal(raw.text, content);
});

Deno.test("DELETE /gists/{id} leaves nothing", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });

  const { status, text } = await ask(`/gists/${id}`, { method: "DELETE" });

  assert.deepEqual([status, text], [204, ""]);
  assert.equal((await ask(`/gists/${id}`)).status, 404);
});

Deno.test("a gist without a commit has no files and no history", async () => {
  const { server, ask } = setUp();
  const { json } = await ask(`/gists/${server.createGist({})}`);
  assert.deepEqual([json.files, json.history], [{}, []]);
});

Deno.test("GitHub Enterprise Server's paths lead to the same gists", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });
  assert.equal((await ask(`/api/v3/gists/${id}`)).json.id, id);
});

Deno.test("PATCHes that overlap in time: the second is answered 409 and changes nothing", async () => {
  const { clock, server, ask } = setUp({ writeDuration: 300 });
  const id = server.createGist({ a: "0" });
  const patch = (content: string) =>
    ask(`/gists/${id}`, { method: "PATCH", body: { files: { a: { content } } } });

  const first = patch("1");
  await clock.advance(299);
  const second = await patch("2");
  assert.equal(server.revisions(id).length, 1);
  await clock.advance(1);
  const third = patch("3");
  await clock.advance(300);

  assert.deepEqual([(await first).status, second.status, (await third).status], [200, 409, 200]);
  assert.equal(second.json.message, "Gist cannot be updated.");
  assert.deepEqual(server.revisions(id).map(({ files }) => files.a), ["3", "1", "0"]);
});

Deno.test("two PATCHes that do not overlap both apply, and the second hides the first", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "0" });
  for (const content of ["1", "2"]) {
    await ask(`/gists/${id}`, { method: "PATCH", body: { files: { a: { content } } } });
  }
  assert.deepEqual(server.revisions(id).map(({ files }) => files.a), ["2", "1", "0"]);
});

Deno.test("fetch rejects with the signal's reason, and what had begun goes on", async () => {
  const { clock, server } = setUp({ writeDuration: 100 });
  const id = server.createGist({ a: "0" });
  const caller = new AbortController();
  const patch = () =>
    server.fetch(
      new Request(`${ORIGIN}/gists/${id}`, {
        method: "PATCH",
        body: JSON.stringify({ files: { a: { content: "1" } } }),
        headers: { "user-agent": "test", authorization: "Bearer local-token" },
        signal: caller.signal,
      }),
    );

  const outcome = assert.rejects(patch(), /given up/);
  await clock.advance(50);
  caller.abort(new Error("given up"));
  await outcome;
  await clock.advance(50);
  assert.deepEqual(server.revisions(id).map(({ files }) => files.a), ["1", "0"]);

  server.resetCounts();
  await assert.rejects(patch(), /given up/);
  await clock.advance(100);
  assert.equal(server.counts.writes, 0);
});

Deno.test("counts tell requests by kind, and bytes", async () => {
  const { server, ask } = setUp();
  const id = server.createGist({ a: "1" });
  const body = JSON.stringify({ files: { a: { content: "2" } } });

  const read = await ask(`/gists/${id}`);
  await ask(`/gists/${id}`, { headers: { "if-none-match": read.headers.get("etag") ?? "" } });
  const write = await ask(`/gists/${id}`, { method: "PATCH", body });
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
    bytesSent: read.text.length + write.text.length + missing.text.length,
  });
});

Deno.test("a server's description holds no token", () => {
  const server = new GistServer({ token: "secret-token", tokens: { "secret-other": "o" } });
  assert.doesNotMatch(Deno.inspect(server, { depth: 9, showHidden: true }), /secret/);
  assert.doesNotMatch(JSON.stringify(server), /secret/);
});
