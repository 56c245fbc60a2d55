import assert from "node:assert/strict";
import { GistLock, type GistLockOptions, type Protocol } from "../../gist/mod.ts";
import { type Fault, faults, GistServer } from "../../gist/server/mod.ts";
import { FakeClock, type Fetch, LockError } from "../../lock/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { KINDS } from "../contract/gist_world.ts";
import { held, settle } from "../contract/world.ts";

const TOKEN = "ghp_S3cretS3cretS3cretS3cret";
const BASIC = btoa(`x-access-token:${TOKEN}`);

/** Every way in which an error, or anything else, may reach a log. */
function everythingShown(value: unknown): string {
  const shown = [String(value), Deno.inspect(value, { depth: 20, showHidden: true })];
  shown.push(JSON.stringify(value) ?? "");
  for (let error = value; error instanceof Error; error = error.cause) {
    shown.push(
      error.message,
      error.stack ?? "",
      JSON.stringify(error, Object.getOwnPropertyNames(error)),
    );
  }
  return shown.join("\n");
}

function assertHidden(value: unknown): void {
  const shown = everythingShown(value);
  for (const secret of [TOKEN, "S3cret", btoa(TOKEN), BASIC]) {
    assert.ok(!shown.includes(secret), `the token is shown: ${shown}`);
  }
}

/** One clear sentence, without line breaks and without anything that could move a cursor. */
function assertClear(error: unknown): void {
  assert.ok(error instanceof Error);
  assert.match(error.message, /^[A-Z]\P{Cc}{20,400}$/u);
}

const PROTOCOLS: readonly Protocol[] = ["git", "rest"];

function makeWorld(protocol: Protocol) {
  const clock = new FakeClock();
  const server = new GistServer({ clock, token: TOKEN });
  const id = server.createGist({ "leader-election.json": "{}" });
  const options = { id, token: TOKEN, identity: "a", protocol, clock, fetch: server.fetch };
  return { clock, server, options };
}

const WRONG_OPTIONS: readonly [what: string, options: Partial<GistLockOptions>][] = [
  ["a token with a line break at its end", { token: `${TOKEN}\n` }],
  ["a token with a line break inside", { token: `${TOKEN}\r\nx-other: ${TOKEN}` }],
  ["a token in quotes and spaces", { token: `" ${TOKEN} "` }],
  ["a token that is too long", { token: TOKEN.repeat(20) }],
  ["an app installation token", { token: TOKEN.replace("ghp_", "ghs_") }],
  ["a gist id that leads elsewhere", { id: "../x" }],
  ["an http base URL elsewhere", { baseUrl: "http://api.github.com" }],
  ["a token in the base URL", { baseUrl: `https://${TOKEN}@api.github.com` }],
  ["a token in the base URL's query", { baseUrl: `https://api.github.com?token=${TOKEN}` }],
  ["a base URL that is none", { baseUrl: TOKEN }],
];

for (const protocol of PROTOCOLS) {
  for (const [what, wrong] of WRONG_OPTIONS) {
    Deno.test(`GistLock by ${protocol} refuses ${what} in one sentence that does not quote the token`, () => {
      const { options } = makeWorld(protocol);
      assert.throws(() => new GistLock({ ...options, ...wrong }), (error: Error) => {
        assert.match(error.message, /^\w+ must be [\P{Cc}]{4,400}, got [\P{Cc}]{1,400}$/u);
        assertHidden(error);
        return true;
      });
    });
  }
}

/** fetch quotes headers in its own errors, in more than one way. */
const quoting = (message: string): Fault => () =>
  Promise.reject(new TypeError(message, { cause: new Error(message) }));

const FAILURES: readonly [what: string, fault: Fault][] = [
  ["301 to another host", faults.redirect(`https://evil.example/?token=${TOKEN}`)],
  ["308 to an address with the token", faults.redirect(`https://${TOKEN}@evil.example/`, 308)],
  ["a 5 MB answer", faults.giantAnswer(5_000_000)],
  ["a page", faults.htmlAnswer()],
  ["401 that echoes the token", faults.refused(401, `Bad token ${TOKEN}`)],
  ["403 that echoes the token", faults.refused(403, `Bad token ${TOKEN}`)],
  ["404 that echoes the token", faults.refused(404, `Bad token ${TOKEN}`)],
  ["409 that echoes the token", faults.refused(409, `Bad token ${TOKEN}`)],
  ["422 that echoes the token", faults.refused(422, `Bearer ${TOKEN}`)],
  ["500 that echoes the token", faults.refused(500, `Bad token\n\u001b[2J ${TOKEN}`)],
  ["a primary rate limit", faults.primaryRateLimit(60_000)],
  ["a secondary rate limit", faults.secondaryRateLimit()],
  ["a network failure", faults.requestLost()],
  ["a time-out", faults.hanging()],
  ["a failure that quotes the token", quoting(`invalid header value: "${TOKEN}"`)],
  ["a failure that quotes all headers", quoting(`Headers { "authorization": "Bearer ${TOKEN}" }`)],
  ["a failure that quotes Basic", quoting(`Authorization: Basic ${btoa(TOKEN)}`)],
  ["a failure that quotes what git sends", quoting(`cannot send ${BASIC} of ${TOKEN}`)],
];

for (const protocol of PROTOCOLS) {
  for (const verb of ["read", "write"] as const) {
    for (const [what, fault] of FAILURES) {
      Deno.test(`GistLock by ${protocol} makes one sentence of ${what} to a ${verb}, without the token`, async () => {
        const { clock, server, options } = makeWorld(protocol);
        const lock = new GistLock(options);
        const seen = await lock.get();
        assert.ok(seen);
        server.inject(fault, { kind: KINDS[protocol][verb] });
        const call = verb === "read" ? lock.get() : lock.update(held("a"), seen);
        await assert.rejects(settle(clock, call), (error) => {
          assert.ok(error instanceof LockError, String(error));
          for (let cause: unknown = error; cause instanceof LockError; cause = cause.cause) {
            assertClear(cause);
          }
          assertHidden(error);
          return true;
        });
        assert.equal(server.pendingFaults, 0);
        assertHidden(lock);
      });
    }
  }

  Deno.test(`GistLock by ${protocol} shows no token when it is printed`, () => {
    const lock = new GistLock(makeWorld(protocol).options);
    for (const shown of [lock, lock.describe(), { ...lock }]) assertHidden(shown);
  });

  Deno.test(`GistLock by ${protocol} writes no token into a gist`, async () => {
    const { server, options } = makeWorld(protocol);
    const lock = new GistLock(options);
    const seen = await lock.get();
    assert.ok(seen);
    await lock.update(held("a"), seen);
    assertHidden(server.revisions(options.id));
  });

  Deno.test(`GistLock by ${protocol} hides the token from the errors of the real fetch`, async () => {
    const { options } = makeWorld(protocol);
    const refusing = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = refusing.addr;
    refusing.close();
    const fetch: Fetch = systemFetch;
    const lock = new GistLock({ ...options, fetch, baseUrl: `http://127.0.0.1:${port}` });
    await assert.rejects(lock.get(), (error) => {
      assert.ok(error instanceof LockError);
      assert.equal(error.code, "ERR_LOCK_UNAVAILABLE");
      assertHidden(error);
      return true;
    });
  });
}
