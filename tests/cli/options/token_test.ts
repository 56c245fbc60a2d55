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

async function withFile(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await test(path);
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}

Deno.test("openToken() reads a file again at each call, and says what is wrong with it", async () => {
  await withFile(async (path) => {
    await Deno.writeTextFile(path, "one\n");
    const token = openToken(path, () => {});
    if (typeof token !== "function") throw new Error("it must be a function");
    await Deno.writeTextFile(path, " two ");
    assert.equal(await token(), "two");
    await Deno.writeTextFile(path, "\n");
    await assert.rejects(async () => await token(), /^Error: the token file ".*" is empty$/);
    await Deno.remove(path);
    await assert.rejects(
      async () => await token(),
      /^Error: .* cannot be used: it does not exist$/,
    );
  });
});

Deno.test("openToken() checks the file at once", async () => {
  await withFile(async (path) => {
    const refuse = (token: string) => {
      throw new RangeError(`refused ${token}`);
    };
    assert.throws(() => openToken(path, refuse), /^CommandError: No access token/);
    await Deno.writeTextFile(path, "one ");
    assert.throws(() => openToken(path, refuse), /^RangeError: refused one$/);
  });
});
