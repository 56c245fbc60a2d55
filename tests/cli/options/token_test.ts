import assert from "node:assert/strict";
import { findToken } from "../../../cli/options/token.ts";

function sources(env: Record<string, string>, files: Record<string, string> = {}) {
  return {
    env: (name: string) => env[name],
    readFile(path: string) {
      const text = files[path];
      if (text === undefined) throw new Deno.errors.NotFound(path);
      return text;
    },
  };
}

const FILES = { "/home/a/github_api_token.txt": " from-file\n" };

Deno.test("findToken() prefers GITHUB_TOKEN, then GITHUB_API_TOKEN, then the file", () => {
  const env = { GITHUB_TOKEN: "one", GITHUB_API_TOKEN: "two", HOME: "/home/a" };
  assert.deepEqual(findToken(sources(env, FILES)), { token: "one", source: "GITHUB_TOKEN" });
  assert.deepEqual(findToken(sources({ ...env, GITHUB_TOKEN: "" }, FILES)), {
    token: "two",
    source: "GITHUB_API_TOKEN",
  });
  assert.deepEqual(findToken(sources({ HOME: "/home/a" }, FILES)), {
    token: "from-file",
    source: "~/github_api_token.txt",
  });
});

Deno.test("findToken() looks for the file where Windows keeps home directories, too", () => {
  assert.equal(findToken(sources({ USERPROFILE: "/home/a" }, FILES))?.token, "from-file");
});

Deno.test("findToken() finds nothing without a variable, a home, a file, or text in it", () => {
  assert.equal(findToken(sources({}, FILES)), undefined);
  assert.equal(findToken(sources({ HOME: "/home/b" }, FILES)), undefined);
  const empty = { "/home/a/github_api_token.txt": "\n" };
  assert.equal(findToken(sources({ HOME: "/home/a" }, empty)), undefined);
});

Deno.test("findToken() does not hide that the file cannot be read", () => {
  const denied = {
    ...sources({ HOME: "/home/a" }),
    readFile: () => {
      throw new Deno.errors.PermissionDenied("no");
    },
  };
  assert.throws(() => findToken(denied), Deno.errors.PermissionDenied);
});
