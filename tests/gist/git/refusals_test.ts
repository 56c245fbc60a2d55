/** What a git server says when it refuses is passed on: only it knows why. */

import assert from "node:assert/strict";
import { LockAccessError, LockUnavailableError } from "../../../lock/mod.ts";
import { BASIC, errorOf, GIST, GOOD, recorded, TOKEN } from "./canned.ts";

const SSO =
  "The `acme` organization has enabled or enforced SAML SSO. To access this repository, visit " +
  "https://github.com/enterprises/acme/sso and try your request again.";
const IP =
  "Although you appear to have the correct authorization credentials, the `acme` organization " +
  "has an IP allow list enabled, and 1.2.3.4 is not permitted to access it.";

const SAID: readonly [what: string, type: string | undefined, body: string, quoted: string][] = [
  ["text", "text/plain; charset=utf-8", SSO, SSO],
  ["text that says nothing of its type", undefined, IP, IP],
  [
    "lines of git",
    "text/plain",
    "remote: Your account is suspended.\nremote:  Ask support.\nfatal: no\n",
    "Your account is suspended. Ask support. fatal: no",
  ],
  ["JSON", "application/json", JSON.stringify({ message: IP, documentation_url: "x" }), IP],
  ["colours", "text/plain", "\x1b[31mno\x1b[0m\u202e", "\\u{1b}[31mno\\u{1b}[0m\\u{202e}"],
  ["a long text", "text/plain", "x".repeat(5_000), `${"x".repeat(300)}…`],
  [
    "the gist's id",
    "text/plain",
    `Permission to ${GIST}.git denied to bob.`,
    "Permission to [secret].git denied to bob.",
  ],
  ["the token", "text/plain", `Bad token ${TOKEN}`, "Bad token [secret]"],
  ["the token in base64", "text/plain", `Bad ${BASIC.slice(6)}`, "Bad [secret]"],
  ["the header", "text/plain", `Bad ${BASIC}`, "(withheld, as it quotes headers)"],
];

const UNSAID: readonly [what: string, type: string | undefined, body: string][] = [
  ["nothing", "text/plain", ""],
  ["spaces", "text/plain", " \n "],
  ["a page", "text/html; charset=utf-8", "<!DOCTYPE html><p>Log in"],
  ["a page that is called text", "text/plain", "\n <html><p>Log in"],
  ["a page of no type", undefined, "<!DOCTYPE html><p>Log in"],
  ["JSON without a message", "application/json", '{"error":"x"}'],
  ["JSON whose message is no text", "application/json", '{"message":{"a":1}}'],
  ["JSON that is null", "application/json", "null"],
];

function respond(status: number, type: string | undefined, body: string): Response {
  const headers: HeadersInit = type === undefined ? {} : { "content-type": type };
  const bytes = new TextEncoder().encode(body);
  return new Response(bytes, { status, headers });
}

async function refusal(part: "refs" | "upload" | "receive", response: Response): Promise<Error> {
  const { store, answers } = recorded({ ...GOOD });
  const seen = part === "receive" ? await store.read() : undefined;
  answers[part] = response;
  return await errorOf(seen ? store.compareAndSwap("{}", seen) : store.read());
}

/** What each status means, and what to do about it. */
const MEANINGS: readonly [status: number, reason: RegExp, advice: RegExp][] = [
  [401, /does not accept the token \(/, /use a valid one/],
  [403, /does not allow it \(/, /scope "gist".*fine-grained/],
  [404, /this token cannot read it \(/, /check the id/],
];

for (const [status, reason, advice] of MEANINGS) {
  for (const [what, type, body, quoted] of SAID) {
    Deno.test(`GitStore passes on ${what} with status ${status}`, async () => {
      for (const part of ["refs", "upload", "receive"] as const) {
        const error = await refusal(part, respond(status, type, body));
        assert.ok(error instanceof LockAccessError, String(error));
        assert.equal(error.status, status);
        assert.ok(error.message.includes(`(status ${status}, "${quoted}"); `), error.message);
        assert.match(error.message, reason);
        assert.match(error.message, advice);
      }
    });
  }
  for (const [what, type, body] of UNSAID) {
    Deno.test(`GitStore adds nothing to status ${status} with ${what}`, async () => {
      const error = await refusal("refs", respond(status, type, body));
      assert.ok(error instanceof LockAccessError, String(error));
      assert.ok(error.message.includes(`(status ${status}); `), error.message);
    });
  }
}

Deno.test("GitStore passes on what a server says that is unavailable", async () => {
  const error = await refusal("refs", respond(500, "text/plain", "GitHub is down for maintenance"));
  assert.ok(error instanceof LockUnavailableError, String(error));
  assert.match(error.message, /status 500, "GitHub is down for maintenance"; try/);
});
