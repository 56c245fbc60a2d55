/** With every proxy variable set, no request to this machine goes to the proxy: it would be shown the access token. */

import assert from "node:assert/strict";
import { LOCAL_TOKEN, serveGists } from "../../gist/server/mod.ts";
import { until, World } from "../support/elector_process.ts";
import { RecordingProxy } from "../support/recording_proxy.ts";
import { DENO, Reader } from "../support/runtimes.ts";

Deno.test("a lock on this machine is read without the proxy, by each protocol", async () => {
  await using proxy = new RecordingProxy();
  await using served = serveGists();
  const id = served.server.createGist({ "leader-election.json": "{}" });
  for (const host of ["127.0.0.1", "localhost"]) {
    for (const protocol of ["git", "rest"] as const) {
      const baseUrl = served.url.replace("127.0.0.1", host);
      const options = { id, token: LOCAL_TOKEN, baseUrl, protocol };
      await using reader = new Reader(DENO, options, proxy.env());
      assert.deepEqual(await reader.read(), ["ok"]);
    }
  }
  assert.deepEqual(proxy.received, []);
});

Deno.test("a lock elsewhere is asked for by the proxy, without a token that could be read there", async () => {
  await using proxy = new RecordingProxy();
  const options = { id: "00", token: LOCAL_TOKEN, baseUrl: "https://gists.test" };
  await using reader = new Reader(DENO, options, proxy.env());
  assert.match((await reader.read())[0] ?? "", /Cannot reach gists\.test: the proxy failed/);
  assert.match(proxy.received.join(), /^CONNECT gists\.test:443 /);
  assert.ok(!proxy.received.join().includes(LOCAL_TOKEN));
});

Deno.test("the program asks this machine without the proxy: the gist, and a candidate that is to resign", async () => {
  await using proxy = new RecordingProxy();
  await using world = new World();
  const serve = world.elector(["serve", "--http=0", "--identity=one"], proxy.env());
  await until(() => world.holder === "one", () => "the leader");
  const status = world.elector(["status"], proxy.env());
  assert.equal(await status.code, 0);
  const [, address = ""] = /http:\/\/([\d.:]+)/.exec(serve.stderr.join("\n")) ?? [];
  const resign = world.elector(["resign", `--http=${address}`, "--wait=100ms"], proxy.env());
  assert.equal(await resign.code, 75);
  assert.match(resign.stdout.join("\n"), /^one steps down/);
  assert.deepEqual(proxy.received, []);
});
