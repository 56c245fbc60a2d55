/** The errors of a lock when Deno's own network fails, in a process with its own permissions. */

import assert from "node:assert/strict";
import { LOCAL_TOKEN } from "../../../gist/server/mod.ts";
import { hasOpenssl } from "../../support/certificates.ts";
import { DENO, Reader } from "../../support/runtimes.ts";
import { TlsGists } from "../../support/tls_gists.ts";

const ID = "0123456789abcdef0123456789abcdef";

const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
const NO_PROXIES = Object.fromEntries(
  PROXIES.flatMap((name) => [[name, ""], [name.toLowerCase(), ""]]),
);

/** Reads a lock in a separate process and returns the result. */
async function read(baseUrl: string, args = DENO.args): Promise<string> {
  const options = { id: ID, token: LOCAL_TOKEN, baseUrl };
  await using reader = new Reader({ ...DENO, args }, options, NO_PROXIES);
  const [result = ""] = await reader.read();
  assert.ok(!result.includes(ID) && !result.includes(LOCAL_TOKEN), result);
  return result;
}

Deno.test("GistLock reports a refused connection, an unknown host and a missing permission", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  assert.match(
    await read(`http://127.0.0.1:${port}`),
    new RegExp(`Cannot reach 127\\.0\\.0\\.1:${port}: connection refused \\(`),
  );
  assert.match(
    await read("https://no-such-host.invalid"),
    /Cannot reach no-such-host\.invalid: DNS lookup failed \(/,
  );
  const args = DENO.args.filter((arg) => arg !== "--allow-net");
  assert.match(
    await read("https://gists.test", args),
    /Cannot reach gists\.test: no network permission: run Deno with --allow-net=gists\.test$/,
  );
  assert.match(
    await read(`http://127.0.0.1:${port}`, args),
    new RegExp(`run Deno with --allow-net=127\\.0\\.0\\.1:${port}$`),
  );
});

Deno.test({
  name: "GistLock says that it does not know who signed the certificate",
  ignore: !hasOpenssl,
  fn: async () => {
    await using gists = await TlsGists.start();
    assert.match(
      await read(gists.url),
      /: unknown certificate authority: trust it with DENO_CERT /,
    );
  },
});
