import assert from "node:assert/strict";
import { redact } from "../../../store/http/redact.ts";

const TOKEN = 'ghp_S3cret/+"S3cret';

const WITHHELD = [
  'bad header "Authorization: Bearer s3c\\u0072et"',
  'Headers { "authorization": "Basic eDpz" }',
  "{authorization:x}",
  '[["authorization", "x"]]',
  "authorization=abc",
  "Authorization => abc",
  'invalid header value: "s3c\\u0072et" for authorization',
  "the authorization header is bad: s3c%72et",
  "basic eDpzM2NyZXQ= is wrong",
  "Basic  eDpzM2NyZXQ",
  "bearer 's3cr%65t'",
  'BEARER "s3cr3t"',
  "two lines\nAuthorization: x",
];

for (const text of WITHHELD) {
  Deno.test(`redact() withholds ${JSON.stringify(text)}, which quotes a header`, () => {
    assert.equal(redact(text, [TOKEN]), "(withheld, as it quotes headers)");
  });
}

const KEPT = [
  "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list " +
  "enabled, and your IP address 1.2.3.4 is not permitted to access this resource.",
  "Resource protected by organization SAML SSO enforcement. You must grant your Personal Access token access",
  "Sorry. Your account was suspended.",
  "Requires authorization",
  "This needs authorization.",
  "Basic authentication is not supported",
  "Bearer authentication is required, basically",
  "Support for password authentication was removed on August 13, 2021.",
];

for (const text of KEPT) {
  Deno.test(`redact() keeps ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.equal(redact(text, [TOKEN], 300), text);
  });
}

Deno.test("redact() hides a secret in plain text, URLs, JSON and base64, the longer of two first", () => {
  const forms = [TOKEN, encodeURIComponent(TOKEN), JSON.stringify(TOKEN).slice(1, -1), btoa(TOKEN)];
  for (const form of forms) assert.equal(redact(`a ${form} b`, [TOKEN]), "a [secret] b");
  assert.equal(redact("a abcdef b", ["abc", "abcdef"]), "a [secret] b");
  assert.equal(redact("abc", [""]), "abc");
});

Deno.test("redact() escapes control characters and cuts after redacting", () => {
  assert.equal(redact("a\u001b[2J\nb", []), "a\\u{1b}[2J\\u{a}b");
  assert.equal(redact(`1234567${TOKEN}`, [TOKEN], 12), "1234567[secr…");
});

Deno.test("redact() ends soon for a long text, whatever it repeats", () => {
  // A search from each word to the end would take hours.
  for (const word of ["header ", "authorization "]) {
    const text = word.repeat(600_000);
    assert.equal(redact(text, [TOKEN], text.length), text);
  }
});
