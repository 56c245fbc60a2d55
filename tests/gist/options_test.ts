import assert from "node:assert/strict";
import { checkBaseUrl, checkRequestTimeout } from "../../store/http/base_url.ts";
import { checkFileName, checkGistId, checkToken, describeGist } from "../../gist/options.ts";
import { checkIdentity } from "../../lock/mod.ts";

function refuses(check: (value: unknown) => unknown, values: readonly unknown[], rule: RegExp) {
  for (const value of values) {
    const kind = typeof value === "string" || typeof value === "number" ? RangeError : TypeError;
    assert.throws(() => check(value), (error) => {
      assert.ok(error instanceof kind, `${String(value)}: ${error}`);
      assert.match(error.message, rule);
      assert.doesNotMatch(error.message, /[\n\r]/);
      return true;
    });
  }
}

Deno.test("checkGistId() takes hexadecimal digits only", () => {
  assert.equal(checkGistId("AA5a315d61ae9438b18d"), "aa5a315d61ae9438b18d");
  assert.equal(checkGistId("1"), "1");
  assert.equal(checkGistId("f".repeat(64)), "f".repeat(64));
  const wrong = ["", "../x", "a/b", "a%2f", "xyz", "a\n", "é", "f".repeat(65), "a?b", null, 1n];
  refuses(checkGistId, wrong, /^id must be /);
  refuses(checkGistId, [undefined], /^No id: pass the gist's id$/);
  refuses(checkGistId, [null], /^id must be a string, got null$/);
});

Deno.test("checkFileName() takes the names that a gist's file can have", () => {
  for (const name of ["a", "leader-election.json", "__proto__", "ä ö", "…", "a".repeat(255)]) {
    assert.equal(checkFileName(name), name);
  }
  const wrong = ["", "a/b", "/", "..", ".", "a\nb", "a\u0000", "\u007f", "a".repeat(256), {}];
  refuses(checkFileName, wrong, /^file must be /);
});

Deno.test("checkBaseUrl() takes https, and http on this machine only", () => {
  const right: [given: string, used: string][] = [
    ["https://api.github.com", "https://api.github.com"],
    ["https://api.github.com/", "https://api.github.com"],
    ["https://ghes.example/api/v3//", "https://ghes.example/api/v3"],
    ["https://ghes.example:8443/api/v3", "https://ghes.example:8443/api/v3"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://127.9.9.9", "http://127.9.9.9"],
    ["http://localhost:1/", "http://localhost:1"],
    ["http://[::1]:8080/api/v3/", "http://[::1]:8080/api/v3"],
  ];
  for (const [given, used] of right) assert.equal(checkBaseUrl(given), used);
  const wrong = [
    "http://api.github.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://128.0.0.1",
    "http://[::2]",
    "http://0.0.0.0",
    "ftp://api.github.com",
    "file:///etc/passwd",
    "https://user@api.github.com",
    "https://user:s3cret@api.github.com",
    "https://api.github.com?a=s3cret",
    "https://api.github.com/?",
    "https://api.github.com#s3cret",
  ];
  refuses(checkBaseUrl, wrong, /^baseUrl must be /);
  refuses(checkBaseUrl, wrong, /^(?!.*s3cret)/);
  assert.throws(() => checkBaseUrl("not a url s3cret"), (error) => {
    return error instanceof TypeError && !error.message.includes("s3cret");
  });
  refuses((url) => checkBaseUrl(url, "endpoint"), wrong, /^endpoint must be /);
  assert.throws(() => checkBaseUrl("not a url", "endpoint"), {
    message: /^endpoint must be a URL/,
  });
  refuses(checkBaseUrl, [undefined, null], /a string/);
});

Deno.test("checkToken() takes visible ASCII, and never quotes it", () => {
  for (const token of ["t", `ghp_${"a".repeat(36)}`, "github_pat_11AA_b", "!~", "x".repeat(255)]) {
    assert.equal(checkToken(token), token);
  }
  const wrong = [
    "",
    "s3cret\n",
    "s3cret\r\nx: y",
    " s3cret",
    "s3 cret",
    "s3cret\u00e9",
    "s3cret\u{1f511}",
    "s3cret\0",
    `s3cret${"x".repeat(250)}`,
    "ghs_s3cret",
    { s3cret: 1 },
  ];
  refuses(checkToken, wrong, /^token must be (?!.*s3cret)/);
  refuses(checkToken, [undefined], /^No token: pass a token /);
  assert.throws(() => checkToken("s3cret\n"), /position 7 of 7; .* line break at its end$/);
});

Deno.test("checkIdentity() takes 1 to 128 characters without control characters", () => {
  for (const identity of ["a", "eu-west-1 (pod 7)", "名", "a".repeat(128)]) {
    assert.equal(checkIdentity(identity), identity);
  }
  refuses(checkIdentity, ["", "a\n", "\u0085", "a".repeat(129), 1n], /^identity must be /);
});

Deno.test("checkRequestTimeout() takes what a timer can count", () => {
  for (const ms of [0.5, 1, 10_000, 2 ** 31 - 1]) assert.equal(checkRequestTimeout(ms), ms);
  const wrong = [0, -1, NaN, Infinity, 2 ** 31, "10"];
  for (const ms of wrong) {
    assert.throws(() => checkRequestTimeout(ms), typeof ms === "number" ? RangeError : TypeError);
  }
});

Deno.test("describeGist() does not show the whole id, which is all that it takes to read a secret gist", () => {
  assert.equal(
    describeGist("aa5a315d61ae9438b18d", "a\u202eb.json"),
    "gist aa5a…/a\\u{202e}b.json",
  );
});
