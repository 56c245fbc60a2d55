import assert from "node:assert/strict";
import {
  type Fault,
  faults,
  GistServer,
  type GistServerOptions,
} from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";

const SIMPLE_USER = {
  login: "string",
  id: "integer",
  node_id: "string",
  avatar_url: "uri",
  gravatar_id: "string?",
  url: "uri",
  html_url: "uri",
  followers_url: "uri",
  following_url: "template",
  gists_url: "template",
  starred_url: "template",
  subscriptions_url: "uri",
  organizations_url: "uri",
  repos_url: "uri",
  events_url: "template",
  received_events_url: "uri",
  type: "string",
  site_admin: "boolean",
  "user_view_type?": "string",
};

/**
 * The fields of GitHub's published OpenAPI description (github/rest-api-description, `components.schemas`) that the answers
 * of the gist endpoints have. A `?` after a name: may be left out. A `?` after a type: may be null. `[]`: a list. `{}`: a map.
 *
 * Where the description requires no field at all (`gist-simple`, `gist-history`), its documented example has them all.
 */
const SCHEMAS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "simple-user": {
    ...SIMPLE_USER,
    "name?": "string?",
    "email?": "string?",
    "starred_at?": "string",
  },
  // Beside the fields of `simple-user`.
  "public-user": {
    ...SIMPLE_USER,
    name: "string?",
    company: "string?",
    blog: "string?",
    location: "string?",
    email: "string?",
    hireable: "boolean?",
    bio: "string?",
    public_repos: "integer",
    public_gists: "integer",
    followers: "integer",
    following: "integer",
    created_at: "date-time",
    updated_at: "date-time",
  },
  "gist-simple": {
    url: "uri",
    forks_url: "uri",
    commits_url: "uri",
    id: "string",
    node_id: "string",
    git_pull_url: "uri",
    git_push_url: "uri",
    html_url: "uri",
    files: "gist-file{}",
    public: "boolean",
    created_at: "date-time",
    updated_at: "date-time",
    description: "string?",
    comments: "integer",
    user: "string?",
    comments_url: "uri",
    owner: "simple-user",
    truncated: "boolean",
    forks: "gist-fork[]",
    "history?": "gist-commit[]",
    "comments_enabled?": "boolean",
  },
  // The description has no null here, but that is what GitHub says of a file whose language it does not know.
  "gist-file": {
    filename: "string",
    type: "string",
    language: "string?",
    raw_url: "uri",
    size: "integer",
    truncated: "boolean",
    content: "string",
    encoding: "string",
  },
  "gist-fork": {
    id: "string",
    url: "uri",
    user: "public-user",
    created_at: "date-time",
    updated_at: "date-time",
  },
  // `gist-history` has the same fields.
  "gist-commit": {
    user: "simple-user?",
    version: "string",
    committed_at: "date-time",
    change_status: "change-status",
    url: "uri",
  },
  "change-status": { total: "integer", additions: "integer", deletions: "integer" },
  "basic-error": {
    message: "string",
    documentation_url: "uri",
    status: "string",
    "url?": "uri",
    "errors?": "string[]",
  },
  "validation-error": {
    message: "string",
    documentation_url: "uri",
    status: "string",
    errors: "validation-error-item[]",
  },
  "validation-error-item": {
    code: "string",
    "resource?": "string",
    "field?": "string",
    "message?": "string",
  },
};

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: (value) => Number.isSafeInteger(value),
  uri: (value) => typeof value === "string" && URL.canParse(value) && !/[{}]/.test(value),
  template: (value) => typeof value === "string" && URL.canParse(value.replace(/\{.*/, "")),
  "date-time": (value) =>
    typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
};

/** What breaks the schema. Fields that it does not know count, too: a field with a misspelt name is one. */
function faultsOf(value: unknown, type: string, at: string): string[] {
  if (type.endsWith("?")) return value === null ? [] : faultsOf(value, type.slice(0, -1), at);
  if (type.endsWith("[]")) {
    if (!Array.isArray(value)) return [`${at} is not a list`];
    return value.flatMap((item, index) => faultsOf(item, type.slice(0, -2), `${at}[${index}]`));
  }
  if (typeof value === "object" && value !== null && type.endsWith("{}")) {
    return Object.entries(value).flatMap(([name, item]) =>
      faultsOf(item, type.slice(0, -2), `${at}.${name}`)
    );
  }
  const isScalar = SCALARS[type];
  if (isScalar) return isScalar(value) ? [] : [`${at} is not of type ${type}`];
  const schema = SCHEMAS[type];
  if (!schema) throw new Error(`No schema ${type}: add it to the table`);
  if (typeof value !== "object" || value === null) return [`${at} is not an object`];
  const fields = new Map(Object.entries(value));
  const found = Object.entries(schema).flatMap(([key, fieldType]) => {
    const name = key.replace(/\?$/, "");
    if (!fields.has(name)) return key === name ? [`${at}.${name} is missing`] : [];
    const broken = faultsOf(fields.get(name), fieldType, `${at}.${name}`);
    fields.delete(name);
    return broken;
  });
  return [...found, ...[...fields.keys()].map((name) => `${at}.${name} is unknown`)];
}

interface Ask {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly path?: string;
  readonly headers?: Record<string, string>;
}

function setUp(options: GistServerOptions = {}) {
  const clock = new FakeClock();
  const server = new GistServer({ clock, tokens: { "other-token": "other" }, ...options });
  const id = server.createGist({ "a.json": "{}", b: "1" });
  const version = server.editGist(id, { b: "2" });
  const ask = async (
    { method = "GET", token = "local-token", body, path = `/gists/${id}`, headers }: Ask,
  ) => {
    const response = await server.fetch(
      new Request(`https://api.github.com${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: {
          "user-agent": "test",
          ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      }),
    );
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
    return { status: response.status, value: await response.json() };
  };
  return { clock, server, id, version, ask };
}

const EDIT = { files: { b: { content: "3" } } };

Deno.test("every answer has the fields that GitHub's OpenAPI description requires", async (t) => {
  type World = ReturnType<typeof setUp>;
  const cases: [name: string, ask: Ask | ((world: World) => Ask), status: number, type: string][] =
    [
      ["GET a gist", {}, 200, "gist-simple"],
      ["GET without a token", { token: "" }, 200, "gist-simple"],
      [
        "GET a gist without a commit",
        ({ server }) => ({ path: `/gists/${server.createGist({})}` }),
        200,
        "gist-simple",
      ],
      [
        "GET a revision",
        ({ id, version }) => ({ path: `/gists/${id}/${version}` }),
        200,
        "gist-simple",
      ],
      ["GET the commits", ({ id }) => ({ path: `/gists/${id}/commits` }), 200, "gist-commit[]"],
      [
        "GET a page of commits",
        ({ id }) => ({ path: `/gists/${id}/commits?per_page=1&page=2` }),
        200,
        "gist-commit[]",
      ],
      ["GET the user", { path: "/user" }, 200, "public-user"],
      ["PATCH a file", { method: "PATCH", body: EDIT }, 200, "gist-simple"],
      ["PATCH a description", { method: "PATCH", body: { description: "d" } }, 200, "gist-simple"],
      [
        "POST",
        { method: "POST", path: "/gists", token: "other-token", body: EDIT },
        201,
        "gist-simple",
      ],
      ["400 for a body that is not an object", { method: "PATCH", body: [] }, 400, "basic-error"],
      [
        "400 for a conditional write",
        { method: "PATCH", body: EDIT, headers: { "if-match": "*" } },
        400,
        "basic-error",
      ],
      ["401 for a bad token", { token: "bad" }, 401, "basic-error"],
      ["401 without a token", { method: "PATCH", token: "", body: EDIT }, 401, "basic-error"],
      ["404", { path: "/gists/00" }, 404, "basic-error"],
      ["422", { method: "PATCH", body: {} }, 422, "validation-error"],
      ["422 for a new gist", { method: "POST", path: "/gists", body: {} }, 422, "validation-error"],
    ];
  for (const [name, request, status, type] of cases) {
    await t.step(name, async () => {
      const world = setUp();
      const answer = await world.ask(typeof request === "function" ? request(world) : request);
      assert.equal(answer.status, status);
      assert.deepEqual(faultsOf(answer.value, type, "answer"), []);
    });
  }
});

Deno.test("an answer over a rate limit has the fields that GitHub's OpenAPI description requires", async (t) => {
  for (const limits of [{ requestsPerHour: 0 }, { creationsPerMinute: 1 }]) {
    await t.step(Object.keys(limits).join(), async () => {
      const { ask } = setUp({ limits });
      await ask({ method: "PATCH", body: EDIT });
      const { status, value } = await ask({ method: "PATCH", body: EDIT });
      assert.equal(status, 403);
      assert.deepEqual(faultsOf(value, "basic-error", "answer"), []);
    });
  }
});

Deno.test("409 for writes that overlap has the fields that GitHub's OpenAPI description requires", async () => {
  const { clock, ask } = setUp({ writeDuration: 100 });
  const first = ask({ method: "PATCH", body: EDIT });
  const { status, value } = await ask({ method: "PATCH", body: EDIT });
  await clock.advance(100);
  await first;
  assert.equal(status, 409);
  assert.deepEqual(faultsOf(value, "basic-error", "answer"), []);
});

Deno.test("an answer that a fault makes has the fields that GitHub's OpenAPI description requires", async (t) => {
  const cases: [name: string, fault: Fault, type: string][] = [
    ["refused", faults.refused(404, "Not Found"), "basic-error"],
    ["conflict", faults.conflict(), "basic-error"],
    ["validationFailed", faults.validationFailed(), "validation-error"],
    ["primaryRateLimit", faults.primaryRateLimit(1_000), "basic-error"],
    ["secondaryRateLimit", faults.secondaryRateLimit(), "basic-error"],
    ["redirect", faults.redirect("https://api.github.com/gists/1"), "basic-error"],
    ["withoutHistory", faults.withoutHistory(), "gist-simple"],
    ["staleRead", faults.staleRead(), "gist-simple"],
    ["historyBehind", faults.historyBehind(), "gist-simple"],
    ["textBehind", faults.textBehind(), "gist-simple"],
  ];
  for (const [name, fault, type] of cases) {
    for (const request of [{}, { method: "PATCH", body: EDIT }]) {
      await t.step(`${name} on ${request.method ?? "GET"}`, async () => {
        const { server, ask } = setUp();
        server.inject(fault);
        const { value } = await ask(request);
        assert.deepEqual(faultsOf(value, type, "answer"), []);
      });
    }
  }
});

Deno.test("a revision that is not there yet has the fields that GitHub's OpenAPI description requires", async (t) => {
  for (const status of [404, 422] as const) {
    await t.step(String(status), async () => {
      const { server, id, version, ask } = setUp();
      server.inject(faults.notYet(status));
      const answer = await ask({ path: `/gists/${id}/${version}` });
      assert.equal(answer.status, status);
      assert.deepEqual(faultsOf(answer.value, "basic-error", "answer"), []);
    });
  }
});

Deno.test("every user has a number of its own, the same in every answer", async () => {
  const { ask } = setUp();
  const user = async (token: string) => (await ask({ path: "/user", token })).value;
  const own = (await ask({})).value;
  const other = (await ask({ method: "POST", path: "/gists", token: "other-token", body: EDIT }))
    .value;
  assert.deepEqual(own.history.map(({ user }: { user: unknown }) => user), [own.owner, own.owner]);
  assert.equal(other.owner.login, "other");
  assert.equal((await user("local-token")).id, own.owner.id);
  assert.equal((await user("other-token")).id, other.owner.id);
  assert.notEqual(other.owner.id, own.owner.id);
  assert.notEqual(other.owner.node_id, own.owner.node_id);
});
