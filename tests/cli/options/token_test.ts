import assert from "node:assert/strict";
import { findToken, openToken } from "../../../cli/options/token.ts";

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
  assert.equal(findToken(sources(env, FILES)), "one");
  assert.equal(findToken(sources({ ...env, GITHUB_TOKEN: "" }, FILES)), "two");
  assert.equal(findToken(sources({ HOME: "/home/a" }, FILES)), "from-file");
});

Deno.test("findToken() looks for the file where Windows keeps home directories, too", () => {
  assert.equal(findToken(sources({ USERPROFILE: "/home/a" }, FILES)), "from-file");
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

/** Files in memory that can be replaced. */
function rotating(env: Record<string, string>, files: Record<string, string>) {
  const { env: read, readFile } = sources(env, files);
  return { env: read, readFile, readAgain: async (path: string) => await readFile(path) };
}

function called(token: string | (() => string | Promise<string>)): () => Promise<string> {
  assert.ok(typeof token === "function", "it must be read again");
  return async () => await token();
}

Deno.test("openToken() reads a file again at each call, and says what is wrong with it", async () => {
  const files: Record<string, string> = { "/t": "one\n" };
  const token = called(openToken("/t", () => {}, rotating({ GITHUB_TOKEN: "two" }, files)));
  assert.equal(await token(), "one");
  files["/t"] = " three ";
  assert.equal(await token(), "three");
  files["/t"] = "\n";
  await assert.rejects(token, /^Error: the token file "\/t" is empty$/);
  delete files["/t"];
  await assert.rejects(token, /^Error: the token file "\/t" cannot be used: it does not exist$/);
});

Deno.test("openToken() reads the file in the home directory again, and no variable", async () => {
  const files = { ...FILES };
  const token = called(openToken(undefined, () => {}, rotating({ HOME: "/home/a" }, files)));
  files["/home/a/github_api_token.txt"] = "newer\n";
  assert.equal(await token(), "newer");
  const env = { GITHUB_API_TOKEN: "one", HOME: "/home/a" };
  assert.equal(openToken(undefined, () => {}, rotating(env, FILES)), "one");
});

Deno.test("openToken() checks the token at once", () => {
  const refuse = (token: string) => {
    throw new RangeError(`refused ${token}`);
  };
  const open = (text: string) => () => openToken("/t", refuse, rotating({}, { "/t": text }));
  assert.throws(open(" \n"), /^CommandError: No access token/);
  assert.throws(open("one "), /^RangeError: refused one$/);
});
