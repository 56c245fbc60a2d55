import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { faults, GistServer, serveGists } from "../../../gist/server/mod.ts";
import { systemFetch } from "../../../lock/system.ts";

/** Asks a served gist server for a gist, and reads the answer. */
async function read(url: string, id: string, signal: AbortSignal | null = null): Promise<string> {
  const headers = { "user-agent": "test", authorization: "Bearer local-token" };
  const response = await systemFetch(new Request(`${url}/gists/${id}`, { headers, signal }));
  return await response.text();
}

function hasIPv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

for (const hostname of ["127.0.0.1", "::1"]) {
  Deno.test({
    name: `serveGists serves the server it is given on ${hostname}`,
    ignore: hostname === "::1" && !hasIPv6(),
    async fn() {
      const server = new GistServer();
      const id = server.createGist({ a: "1" });
      await using served = serveGists({ server, hostname });
      assert.equal(JSON.parse(await read(served.url, id)).files.a.content, "1");
      assert.equal(served.server, server);
    },
  });
}

Deno.test("serveGists does not say that it listens", async () => {
  const module = import.meta.resolve("../../../gist/server/mod.ts");
  const script = `import { serveGists } from "${module}"; await using _served = serveGists();`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
  }).output();
  assert.equal(success, true);
  assert.deepEqual([stdout.length, stderr.length], [0, 0]);
});

Deno.test("serveGists prints nothing, also when a network fault makes a caller fail", async () => {
  const methods = ["error", "warn", "info", "log", "debug"] as const;
  const before = { ...console };
  const printed: unknown[] = [];
  for (const method of methods) console[method] = (...args: unknown[]) => printed.push(args);
  try {
    await using served = serveGists();
    const id = served.server.createGist({ a: "1" });
    await read(served.url, id);
    served.server.inject(faults.answerLost());
    await assert.rejects(read(served.url, id));
  } finally {
    Object.assign(console, before);
  }
  assert.deepEqual(printed, []);
});

Deno.test("serveGists: a caller that hangs up, and a disposal under way, leave nothing behind", async () => {
  const served = serveGists();
  const id = served.server.createGist({ a: "1" });
  served.server.inject(faults.hanging(), { times: 2 });
  const caller = new AbortController();
  const first = assert.rejects(read(served.url, id, caller.signal), /given up/);
  const second = assert.rejects(read(served.url, id));
  while (served.server.pendingFaults > 0) await new Promise((resolve) => setImmediate(resolve));
  caller.abort(new Error("given up"));
  await first;
  await served[Symbol.asyncDispose]();
  await second;
});
