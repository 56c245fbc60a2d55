import assert from "node:assert/strict";
import { serveGists } from "../../gist/server/mod.ts";

/** Runs curl and tells what it printed; `undefined` where there is no curl. */
async function curl(
  ...args: string[]
): Promise<{ head: string; body: string; status: number } | undefined> {
  try {
    const { stdout } = await new Deno.Command("curl", {
      args: ["--silent", "--include", "--max-time", "20", ...args],
      stdout: "piped",
      stderr: "null",
      env: { NO_PROXY: "*" },
    }).output();
    const [head = "", ...rest] = new TextDecoder().decode(stdout).split("\r\n\r\n");
    return { head, body: rest.join("\r\n\r\n"), status: Number(head.split(" ")[1]) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const hasCurl = await curl("--version") !== undefined;
if (!hasCurl) console.warn("skipped: the tests of the gist server with curl, as there is no curl");

Deno.test({
  name: "GistServer answers curl as the REST documentation describes",
  ignore: !hasCurl,
  async fn(t) {
    await using served = serveGists();
    const { url } = served;
    const ask = async (path: string, ...args: string[]) => {
      const answer = await curl(
        ...["-L", "-H", "Accept: application/vnd.github+json"],
        ...["-H", "X-GitHub-Api-Version: 2022-11-28"],
        ...args,
        `${url}${path}`,
      );
      assert(answer);
      const header = (name: string) =>
        new RegExp(`^${name}: (.*)$`, "im").exec(answer.head)?.[1]?.trim();
      // deno-lint-ignore no-explicit-any -- answers are asked for whatever they are expected to hold
      const json = () => JSON.parse(answer.body) as any;
      return { status: answer.status, body: answer.body, header, json };
    };
    const token = ["-H", "Authorization: Bearer local-token"];
    const files = (value: unknown) => JSON.stringify({ files: value });
    let id = "";
    let etag = "";

    await t.step("create", async () => {
      const body =
        '{"description":"Example of a gist","public":false,"files":{"README.md":{"content":"Hello World"}}}';
      const made = await ask("/gists", "-X", "POST", ...token, "-d", body);
      assert.equal(made.status, 201);
      id = made.json().id;
      assert.equal(made.header("location"), `${url}/gists/${id}`);
      assert.equal(made.json().url, `${url}/gists/${id}`);
    });
    await t.step("get, without a token as well", async () => {
      const read = await ask(`/gists/${id}`, ...token);
      assert.equal(read.status, 200);
      assert.equal(read.json().files["README.md"].content, "Hello World");
      assert.equal(read.header("content-type"), "application/json; charset=utf-8");
      assert.equal(read.header("x-ratelimit-limit"), "5000");
      etag = read.header("etag") ?? "";
      assert.equal((await ask(`/gists/${id}`)).header("x-ratelimit-limit"), "60");
    });
    await t.step("conditional get", async () => {
      const { status, body } = await ask(`/gists/${id}`, ...token, "-H", `If-None-Match: ${etag}`);
      assert.deepEqual([status, body], [304, ""]);
    });
    await t.step("patch", async () => {
      const body = files({ "b.txt": { content: "second" } });
      const { status, json } = await ask(`/gists/${id}`, "-X", "PATCH", ...token, "-d", body);
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(json().files), ["README.md", "b.txt"]);
      assert.equal(json().history.length, 2);
    });
    await t.step("list commits, and get a revision", async () => {
      const commits = await ask(`/gists/${id}/commits?per_page=1`, ...token);
      assert.equal(commits.header("link")?.includes('rel="next"'), true);
      const [first] = (await ask(`/gists/${id}/commits?per_page=1&page=2`, ...token)).json();
      const revision = await ask(`/gists/${id}/${first.version}`, ...token);
      assert.deepEqual(Object.keys(revision.json().files), ["README.md"]);
    });
    await t.step("delete a file", async () => {
      const body = files({ "b.txt": null });
      const { json } = await ask(`/gists/${id}`, "-X", "PATCH", ...token, "-d", body);
      assert.deepEqual(Object.keys(json().files), ["README.md"]);
    });
    await t.step("a bad token", async () => {
      const { status, json } = await ask(`/gists/${id}`, "-H", "Authorization: Bearer wrong");
      assert.deepEqual([status, json().message], [401, "Bad credentials"]);
    });
    await t.step("an unknown id", async () => {
      const { status, json } = await ask("/gists/0123456789", ...token);
      assert.deepEqual([status, json().message], [404, "Not Found"]);
    });
    await t.step("bad JSON", async () => {
      const { status, json } = await ask(`/gists/${id}`, "-X", "PATCH", ...token, "-d", "{");
      assert.deepEqual([status, json().message], [400, "Problems parsing JSON"]);
    });
    await t.step("If-Match", async () => {
      const conditional = ["-H", `If-Match: ${etag}`, "-d", files({ a: { content: "x" } })];
      const { status } = await ask(`/gists/${id}`, "-X", "PATCH", ...token, ...conditional);
      assert.equal(status, 400);
    });
    await t.step("no User-Agent", async () => {
      assert.equal((await ask(`/gists/${id}`, "-H", "User-Agent:")).status, 403);
    });
    await t.step("delete", async () => {
      assert.equal((await ask(`/gists/${id}`, "-X", "DELETE", ...token)).status, 204);
      assert.equal((await ask(`/gists/${id}`, ...token)).status, 404);
    });
  },
});
