/** The default network of each runtime, in a process of its own. */

import assert from "node:assert/strict";
import { LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { hasOpenssl } from "../support/certificates.ts";
import { DENO, hasNode, NODE, Reader } from "../support/runtimes.ts";
import { TlsGists } from "../support/tls_gists.ts";

const RUNTIMES = [[DENO, hasOpenssl], [NODE, hasOpenssl && await hasNode()]] as const;

function readerOf(gists: TlsGists, runtime: typeof DENO, requestTimeout: number): Reader {
  const { gist: id, url: baseUrl, certificates: { caFile } } = gists;
  const env = { DENO_CERT: caFile, NODE_EXTRA_CA_CERTS: caFile, NO_PROXY: "127.0.0.1" };
  return new Reader(runtime, { id, token: LOCAL_TOKEN, baseUrl, requestTimeout }, env);
}

/** Freezes the connections that there are, and counts the reads that time out until one is answered. */
async function timeoutsAfterFreeze(gists: TlsGists, reader: Reader): Promise<number> {
  gists.proxy.freeze();
  for (let timeouts = 0;; timeouts++) {
    const [result = ""] = await reader.read();
    if (result === "ok") return timeouts;
    assert.match(result, /^LockUnavailableError: Cannot reach .* within 1500 ms$/);
    assert.ok(timeouts < 5, "it does not get over it");
  }
}

for (const [runtime, isThere] of RUNTIMES) {
  Deno.test({
    name: `${runtime.name} uses no connection again on which a request timed out`,
    ignore: !isThere,
    fn: async () => {
      await using gists = await TlsGists.start();
      await using reader = readerOf(gists, runtime, 1_500);
      // A busy machine may be slow at first.
      while ((await reader.read())[0] !== "ok");
      for (let count = 0; count < 2; count++) {
        const connections = gists.proxy.working;
        const timeouts = await timeoutsAfterFreeze(gists, reader);
        // Deno's are all replaced at once; where each is dropped alone, a pool of two needs two time-outs.
        assert.ok(timeouts >= 1 && timeouts <= (runtime === DENO ? 1 : connections), `${timeouts}`);
      }
    },
  });
}

Deno.test({
  name: "Node's fetch speaks HTTP/1.1: requests at the same time need as many connections",
  ignore: !RUNTIMES[1][1],
  fn: async () => {
    await using gists = await TlsGists.start();
    await using reader = readerOf(gists, NODE, 20_000);
    const all = Promise.withResolvers<void>();
    let come = 0;
    gists.intercept = (request) => {
      if (++come === 3) all.resolve();
      return all.promise.then(() => gists.server.fetch(request));
    };
    const reading = reader.read(3);
    await all.promise;
    assert.equal(gists.proxy.working, 3);
    assert.deepEqual(await reading, ["ok", "ok", "ok"]);
  },
});
