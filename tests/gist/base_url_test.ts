import assert from "node:assert/strict";
import { GistLock, type GistLockOptions } from "../../gist/mod.ts";

/** The address of the first request that a lock by git makes. */
async function firstUrl(options: Partial<GistLockOptions>): Promise<string> {
  const urls: string[] = [];
  const lock = new GistLock({
    id: "deadbeef",
    token: "a-token",
    identity: "a",
    protocol: "git",
    fetch: (request) => {
      urls.push(request.url);
      return Promise.resolve(new Response("no", { status: 400 }));
    },
    ...options,
  });
  await assert.rejects(lock.get());
  return urls[0] ?? "";
}

const API = "https://ghe.example.com/api/v3";

Deno.test("GistLock by git asks the repositories that belong to the base URL", async () => {
  assert.match(await firstUrl({}), /^https:\/\/gist\.github\.com\/deadbeef/);
  assert.match(await firstUrl({ baseUrl: API }), /^https:\/\/ghe\.example\.com\/gist\/deadbeef/);
});

Deno.test("GistLock with git uses the given address, whatever the base URL is", async () => {
  const gitBaseUrl = "https://gists.example.com";
  const expected = /^https:\/\/gists\.example\.com\/deadbeef/;
  assert.match(await firstUrl({ gitBaseUrl }), expected);
  assert.match(await firstUrl({ gitBaseUrl, baseUrl: API }), expected);
});

Deno.test("GistLock by git names the address that it refuses", async () => {
  const http = "http://10.0.0.1";
  await assert.rejects(
    firstUrl({ gitBaseUrl: http, baseUrl: API }),
    /^RangeError: gitBaseUrl must/,
  );
  await assert.rejects(firstUrl({ gitBaseUrl: "x" }), /^TypeError: gitBaseUrl must be a URL/);
  await assert.rejects(firstUrl({ baseUrl: http }), /^RangeError: baseUrl must/);
});

Deno.test("GistLock by git says that it needs a token", () => {
  assert.throws(() => new GistLock({ id: "deadbeef", identity: "a" }), {
    name: "TypeError",
    message: /^No token: pass a token/,
  });
});
