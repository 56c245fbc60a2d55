import assert from "node:assert/strict";
import { serveGists } from "../../gist/server/mod.ts";
import { findProgram, run } from "../support/programs.ts";

const curl = await findProgram("curl", "the tests of the gist server with curl");

Deno.test({
  name: "GistServer answers curl as the REST documentation describes",
  ignore: !curl,
  async fn(t) {
    await using served = serveGists();
    const { url } = served;
    const ask = async (path: string, ...args: string[]) => {
      const ran = await run(curl ?? "", [
        ...["--silent", "--include", "--max-time", "60", "-L"],
        ...["-H", "Accept: application/vnd.github+json"],
        ...["-H", "X-GitHub-Api-Version: 2022-11-28"],
        ...args,
        `${url}${path}`,
      ], { env: { NO_PROXY: "*" } });
      const [head = "", ...rest] = ran?.stdout.split("\r\n\r\n") ?? [];
      const body = rest.join("\r\n\r\n");
      const header = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1]?.trim();
      // deno-lint-ignore no-explicit-any -- answers are asked for whatever they are expected to hold
      const json = () => JSON.parse(body) as any;
      return { status: Number(head.split(" ")[1]), body, header, json };
    };
    const token = ["-H", "Authorization: Bearer local-token"];
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
      const body = JSON.stringify({ files: { "b.txt": { content: "second" } } });
      const { status, json } = await ask(`/gists/${id}`, "-X", "PATCH", ...token, "-d", body);
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(json().files), ["README.md", "b.txt"]);
      assert.equal(json().history.length, 2);
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
