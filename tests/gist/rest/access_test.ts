import assert from "node:assert/strict";
import { createGist, type GistLock } from "../../../gist/mod.ts";
import { type Fault, faults, GistServer, LOCAL_TOKEN } from "../../../gist/server/mod.ts";
import {
  LockAccessError,
  LockError,
  LockUnavailableError,
  RateLimitError,
} from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { getHeld, held } from "../../contract/world.ts";

function make(token: string = LOCAL_TOKEN, { owner = LOCAL_TOKEN } = {}) {
  const tokens = { "other-token": "Mallory" };
  const world = new LocalGistWorld("rest", "{}", { token: owner, tokens });
  return { server: world.server, id: world.id, lock: world.lock("a", { token }) };
}

const isUser = ({ url }: { url: URL }) => url.pathname.endsWith("/user");

/** Answers as the server does, with some headers more, or another body. */
const with_ =
  (headers: Record<string, string>, change = (body: unknown) => body): Fault =>
  async (_request, proceed) => {
    const response = await proceed();
    const all = { ...Object.fromEntries(response.headers), ...headers };
    const { status } = response;
    if (status !== 200) return new Response(null, { status, headers: all });
    return Response.json(change(await response.json()), { headers: all });
  };

async function refusal(lock: GistLock): Promise<LockAccessError> {
  const error: unknown = await lock.checkAccess().then(() => undefined, (error) => error);
  assert.ok(error instanceof LockAccessError, String(error));
  return error;
}

Deno.test("GistLock.checkAccess() passes the owner's token, writes nothing, and may be repeated", async () => {
  const { server, id, lock } = make();
  for (let time = 0; time < 3; time++) await lock.checkAccess();
  const seen = await getHeld(lock);
  await lock.checkAccess();
  assert.equal(server.counts.writes, 0);
  assert.equal(server.revisions(id).length, 1);
  // Repeated, it costs the question for the account alone.
  server.resetCounts();
  await lock.checkAccess();
  assert.deepEqual([server.counts.reads, server.counts.notModified], [1, 1]);
  await lock.update(held("a", 1), seen);
});

Deno.test("GistLock.checkAccess() names the gist's account, the token's account, and what to do", async () => {
  const { lock } = make("other-token");
  // It may read all right.
  await getHeld(lock);
  const { message } = await refusal(lock);
  assert.match(
    message,
    /^Cannot write gist \w{4}…\/leader-election.json: it belongs to the account "local" and the token to "Mallory"; use a token of "local"$/,
  );
});

Deno.test("GistLock.checkAccess() escapes what the server calls an account", async () => {
  const { server, lock } = make();
  server.inject(with_({}, () => ({ login: `\u001b[2J${"x".repeat(100)}` })), { when: isUser });
  const { message } = await refusal(lock);
  assert.match(message, /\\u\{1b\}\[2Jx/);
  assert.ok(message.length < 300);
});

Deno.test("GistLock.checkAccess() compares accounts in any case, and refuses only what it knows", async () => {
  for (const body of [{ login: "LOCAL" }, {}, { login: 7 }, [], null]) {
    const { server, lock } = make();
    server.inject(with_({}, () => body), { when: isUser });
    await lock.checkAccess();
  }
  for (const owner of [undefined, null, {}, { login: "" }]) {
    const { server, lock } = make("other-token");
    server.inject(with_({}, (body) => ({ ...body as object, owner })));
    await lock.checkAccess();
  }
});

Deno.test("GistLock.checkAccess() passes a token that may not ask for its account, and refuses a wrong one", async () => {
  for (const status of [403, 404]) {
    const { server, lock } = make("other-token");
    server.inject(faults.refused(status, "Resource not accessible"), { when: isUser });
    await lock.checkAccess();
  }
  for (const when of [isUser, () => true]) {
    const { server, lock } = make();
    server.inject(faults.refused(401, "Bad credentials"), { when });
    const error = await refusal(lock);
    assert.equal(error.status, 401);
    assert.match(error.message, /does not know the token/);
  }
  const { server, lock } = make("wrong");
  await refusal(lock);
  assert.equal(server.counts.writes, 0);
});

Deno.test("GistLock.checkAccess() says that it could not find out", async () => {
  const failures: [fault: Fault, kind: typeof RateLimitError | typeof LockUnavailableError][] = [
    [faults.secondaryRateLimit(), RateLimitError],
    [faults.serverError(), LockUnavailableError],
    [faults.requestLost(), LockUnavailableError],
  ];
  for (const [fault, kind] of failures) {
    const { server, lock } = make();
    server.inject(fault, { when: isUser });
    await assert.rejects(lock.checkAccess(), (error) => {
      return error instanceof kind && error instanceof LockError;
    });
  }
});

const SCOPES: readonly [scopes: string, token: string, says: RegExp | undefined][] = [
  ["gist", "ghp_a", undefined],
  ["repo, gist, read:org", "ghp_a", undefined],
  ["repo,gist", "ghp_a", undefined],
  ["repo, read:org", "ghp_a", /the token has only "repo, read:org"; .*scope "gist"/],
  ["gists", "ghp_a", /the token has only "gists"/],
  ["", "ghp_a", /the token has no scope; .*scope "gist"/],
  // These have permissions, which no header names.
  ["", "ghu_a", undefined],
  ["", "github_pat_a", undefined],
];

for (const [scopes, token, says] of SCOPES) {
  Deno.test(`GistLock.checkAccess() of ${token} with the scopes "${scopes}" ${says ? "refuses" : "passes"}`, async () => {
    for (const when of [isUser, () => true]) {
      const { server, lock } = make(token, { owner: token });
      server.inject(with_({ "x-oauth-scopes": scopes }), { when });
      if (says) assert.match((await refusal(lock)).message, says);
      else await lock.checkAccess();
    }
  });
}

Deno.test("GistLock.checkAccess() says that there is no token, and sends nothing", async () => {
  const world = new LocalGistWorld("rest", "{}");
  const lock = world.lock("a", { token: undefined });
  assert.match((await refusal(lock)).message, /no token was given/);
  assert.equal(world.server.counts.reads, 0);
});

// ---- The server's own sentence ----

const SENTENCES: readonly [status: number, sentence: string][] = [
  [
    403,
    "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
  ],
  [403, "Sorry. Your account was suspended. Please contact https://support.github.com."],
  [
    403,
    "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled.",
  ],
  [401, "Bad credentials: the token expired on 2026-01-02."],
  [404, "Not Found: this gist is blocked in your country."],
];

const CALLS: readonly [what: string, call: (lock: GistLock) => Promise<unknown>][] = [
  ["a read", (lock) => lock.get()],
  ["a write", async (lock) => await lock.update(held("a", 1), await getHeld(lock))],
];

for (const [status, sentence] of SENTENCES) {
  for (const [what, call] of CALLS) {
    Deno.test(`GistLock passes on what the server says with ${status} to ${what}: "${sentence.slice(0, 24)}"`, async () => {
      const { server, lock } = make();
      const kind = what === "a read" ? "read" as const : "write" as const;
      server.inject(faults.refused(status, sentence), { kind });
      await assert.rejects(call(lock), (error) => {
        assert.ok(error instanceof LockAccessError);
        assert.equal(error.status, status);
        assert.ok(error.message.includes(`(status ${status}, "${sentence}"); `), error.message);
        return true;
      });
    });
  }

  Deno.test(`createGist() passes on what the server says with ${status}: "${sentence.slice(0, 24)}"`, async () => {
    const server = new GistServer();
    server.inject(faults.refused(status, sentence));
    await assert.rejects(createGist({ token: LOCAL_TOKEN, fetch: server.fetch }), (error) => {
      assert.ok(error instanceof LockAccessError);
      assert.ok(error.message.includes(`(status ${status}, "${sentence}"); `), error.message);
      return true;
    });
  });
}

Deno.test("GistLock quotes a server without secrets, control characters, or more than a sentence", async () => {
  const token = "ghp_S3cretS3cretS3cretS3cret";
  const { server, id, lock } = make(token, { owner: token });
  const said = async (message: string) => {
    server.inject(faults.refused(403, message));
    return await lock.get().then(() => "", ({ message }) => message as string);
  };
  assert.match(await said(`No ${token} for ${id}`), /"No \[secret\] for \[secret\]"\);/);
  assert.match(await said("\u001b[2J\nForbidden\u202e"), /"\\u\{1b\}\[2J\\u\{a\}Forbidden/);
  assert.ok((await said("x".repeat(10_000))).length < 500);
  assert.match(await said(`{"authorization":"Bearer ${btoa(token)}"}`), /"\(withheld/);
  assert.match(await said(`Bearer ${btoa(token)}`), /"\(withheld/);
  assert.match(await said(" "), /\(status 403\);/);

  for (const message of [`No ${token}`, `Bearer ${btoa(token)}`]) {
    server.inject(faults.refused(422, message));
    await assert.rejects(createGist({ token, fetch: server.fetch }), {
      name: "LockUnavailableError",
      message: /status 422, "(No \[secret\]|\(withheld)/,
    });
  }
});
