import assert from "node:assert/strict";
import {
  type Fault,
  faults,
  GistServer,
  type GistServerOptions,
} from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";
import { type Ask, ask as askOf } from "./ask.ts";

/** Fields by their type: the names, separated by spaces. */
type Fields = Readonly<Record<string, string>>;

const SIMPLE_USER: Fields = {
  string: "login node_id type user_view_type?",
  integer: "id",
  uri: "avatar_url url html_url followers_url subscriptions_url organizations_url repos_url " +
    "received_events_url",
  "string?": "gravatar_id",
  template: "following_url gists_url starred_url events_url",
  boolean: "site_admin",
};

/**
 * The fields of GitHub's published OpenAPI description (github/rest-api-description, `components.schemas`) that the answers
 * of the gist endpoints have. A `?` after a name: may be left out. A `?` after a type: may be null. `[]`: a list. `{}`: a map.
 *
 * Where the description requires no field at all (`gist-simple`, `gist-history`), its documented example has them all.
 */
const SCHEMAS: Readonly<Record<string, readonly Fields[]>> = {
  "simple-user": [SIMPLE_USER, { "string?": "name? email?", string: "starred_at?" }],
  // Beside the fields of `simple-user`.
  "public-user": [SIMPLE_USER, {
    "string?": "name company blog location email bio",
    "boolean?": "hireable",
    integer: "public_repos public_gists followers following",
    "date-time": "created_at updated_at",
  }],
  "gist-simple": [{
    uri: "url forks_url commits_url git_pull_url git_push_url html_url comments_url",
    string: "id node_id",
    "gist-file{}": "files",
    boolean: "public truncated comments_enabled?",
    "date-time": "created_at updated_at",
    "string?": "description user",
    integer: "comments",
    "simple-user": "owner",
    "gist-fork[]": "forks",
    "gist-commit[]": "history?",
  }],
  // The description has no null here, but that is what GitHub says of a file whose language it does not know.
  "gist-file": [{
    string: "filename type content encoding",
    "string?": "language",
    uri: "raw_url",
    integer: "size",
    boolean: "truncated",
  }],
  "gist-fork": [{
    string: "id",
    uri: "url",
    "public-user": "user",
    "date-time": "created_at updated_at",
  }],
  // `gist-history` has the same fields.
  "gist-commit": [{
    "simple-user?": "user",
    string: "version",
    "date-time": "committed_at",
    "change-status": "change_status",
    uri: "url",
  }],
  "change-status": [{ integer: "total additions deletions" }],
  "basic-error": [{
    string: "message status",
    uri: "documentation_url url?",
    "string[]": "errors?",
  }],
  "validation-error": [{
    string: "message status",
    uri: "documentation_url",
    "validation-error-item[]": "errors",
  }],
  "validation-error-item": [{ string: "code resource? field? message?" }],
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
  const typed = schema.flatMap(Object.entries).flatMap(([fieldType, names]) =>
    names.split(" ").map((key: string) => [key, fieldType])
  );
  const found = typed.flatMap(([key, fieldType]) => {
    const name = key.replace(/\?$/, "");
    if (!fields.has(name)) return key === name ? [`${at}.${name} is missing`] : [];
    const broken = faultsOf(fields.get(name), fieldType, `${at}.${name}`);
    fields.delete(name);
    return broken;
  });
  return [...found, ...[...fields.keys()].map((name) => `${at}.${name} is unknown`)];
}

function setUp(options: GistServerOptions = {}) {
  const clock = new FakeClock();
  const server = new GistServer({ clock, tokens: { "other-token": "other" }, ...options });
  const id = server.createGist({ "a.json": "{}", b: "1" });
  const version = server.editGist(id, { b: "2" });
  const gist = `/gists/${id}`;
  const ask = (path = gist, options?: Ask) => askOf(server, path, options);
  return { clock, server, gist, version, ask };
}

/** Checks the answer: its status, and the fields of its schema. */
function check({ status, headers, json }: Awaited<ReturnType<typeof askOf>>, expected: string) {
  const [code, type = ""] = expected.split(" ");
  assert.equal(String(status), code);
  assert.match(headers.get("content-type") ?? "", /^application\/json/);
  assert.deepEqual(faultsOf(json, type, "answer"), []);
}

const EDIT = { method: "PATCH", body: { files: { b: { content: "3" } } } };

Deno.test("every answer has the fields that GitHub's OpenAPI description requires", async (t) => {
  const { server, gist, version } = setUp();
  const patch = (body: unknown) => ({ method: "PATCH", body });
  const post: Ask = { ...EDIT, method: "POST" };
  const cases: Record<string, Record<string, [path: string, request?: Ask]>> = {
    "200 gist-simple": {
      "GET a gist": [gist],
      "GET without a token": [gist, { token: null }],
      "GET a gist without a commit": [`/gists/${server.createGist({})}`],
      "GET a revision": [`${gist}/${version}`],
      "PATCH a file": [gist, EDIT],
      "PATCH a description": [gist, patch({ description: "d" })],
    },
    "200 gist-commit[]": {
      "GET the commits": [`${gist}/commits`],
      "GET a page of commits": [`${gist}/commits?per_page=1&page=2`],
    },
    "200 public-user": { "GET the user": ["/user"] },
    "201 gist-simple": { "POST": ["/gists", { ...post, token: "other-token" }] },
    "400 basic-error": {
      "400 for a body that is not an object": [gist, patch([])],
      "400 for a conditional write": [gist, { ...EDIT, headers: { "if-match": "*" } }],
    },
    "401 basic-error": {
      "401 for a bad token": [gist, { token: "bad" }],
      "401 without a token": [gist, { ...EDIT, token: null }],
    },
    "404 basic-error": { "404": ["/gists/00"] },
    "422 validation-error": {
      "422": [gist, patch({})],
      "422 for a new gist": ["/gists", { ...post, body: {} }],
    },
  };
  for (const [expected, requests] of Object.entries(cases)) {
    for (const [name, [path, request]] of Object.entries(requests)) {
      await t.step(name, async () => check(await askOf(server, path, request), expected));
    }
  }
});

Deno.test("an answer over a rate limit has the fields that GitHub's OpenAPI description requires", async (t) => {
  for (const limits of [{ requestsPerHour: 0 }, { creationsPerMinute: 1 }]) {
    await t.step(Object.keys(limits).join(), async () => {
      const { gist, ask } = setUp({ limits });
      await ask(gist, EDIT);
      check(await ask(gist, EDIT), "403 basic-error");
    });
  }
});

Deno.test("409 for writes that overlap has the fields that GitHub's OpenAPI description requires", async () => {
  const { clock, gist, ask } = setUp({ writeDuration: 100 });
  const first = ask(gist, EDIT);
  check(await ask(gist, EDIT), "409 basic-error");
  await clock.advance(100);
  await first;
});

Deno.test("an answer that a fault makes has the fields that GitHub's OpenAPI description requires", async (t) => {
  const cases: [name: string, fault: Fault, expected: string][] = [
    ["refused", faults.refused(404, "Not Found"), "404 basic-error"],
    ["conflict", faults.conflict(), "409 basic-error"],
    ["validationFailed", faults.validationFailed(), "422 validation-error"],
    ["primaryRateLimit", faults.primaryRateLimit(1_000), "403 basic-error"],
    ["secondaryRateLimit", faults.secondaryRateLimit(), "403 basic-error"],
    ["redirect", faults.redirect("https://api.github.com/gists/1"), "301 basic-error"],
    ["withoutHistory", faults.withoutHistory(), "200 gist-simple"],
    ["staleRead", faults.staleRead(), "200 gist-simple"],
    ["historyBehind", faults.historyBehind(), "200 gist-simple"],
    ["textBehind", faults.textBehind(), "200 gist-simple"],
  ];
  for (const [name, fault, expected] of cases) {
    for (const request of [{ method: "GET" }, EDIT]) {
      await t.step(`${name} on ${request.method}`, async () => {
        const { server, gist, ask } = setUp();
        server.inject(fault);
        check(await ask(gist, request), expected);
      });
    }
  }
  for (const status of [404, 422] as const) {
    await t.step(`notYet with ${status}`, async () => {
      const { server, gist, version, ask } = setUp();
      server.inject(faults.notYet(status));
      check(await ask(`${gist}/${version}`), `${status} basic-error`);
    });
  }
});

Deno.test("every user has a number of its own, the same in every answer", async () => {
  const { ask } = setUp();
  const user = async (token: string) => (await ask("/user", { token })).json;
  const own = (await ask()).json;
  const other = (await ask("/gists", { ...EDIT, method: "POST", token: "other-token" })).json;
  assert.deepEqual(own.history.map(({ user }: { user: unknown }) => user), [own.owner, own.owner]);
  assert.equal(other.owner.login, "other");
  assert.equal((await user("local-token")).id, own.owner.id);
  assert.equal((await user("other-token")).id, other.owner.id);
  assert.notEqual(other.owner.id, own.owner.id);
  assert.notEqual(other.owner.node_id, own.owner.node_id);
});
