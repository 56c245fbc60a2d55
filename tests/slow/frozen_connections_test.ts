/** Connections that are dead without being closed, by HTTP/2: the default network gets over them with one time-out. */

import assert from "node:assert/strict";
import { GistLock, type GistLockOptions, type Protocol } from "../../gist/mod.ts";
import { LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { LockUnavailableError, UnknownOutcomeError } from "../../lock/mod.ts";
import { Network } from "../../lock/network.ts";
import { held } from "../contract/world.ts";
import { hasOpenssl } from "../support/certificates.ts";
import { TlsGists } from "../support/tls_gists.ts";

/** Long enough for a busy machine to respond. */
const TIMEOUT = 1_500;

/** The network as in `lock/system.ts`, but for the certificate authority. */
class TestNetwork extends Network implements Disposable {
  readonly #shared: Deno.HttpClient;

  constructor({ certificates }: TlsGists) {
    const caCerts = [certificates.ca];
    const shared = Deno.createHttpClient({ caCerts });
    super({
      fetch: (request, init) =>
        fetch(request, { client: (init?.client ?? shared) as Deno.HttpClient }),
      createHttpClient: (options) => Deno.createHttpClient({ ...options, caCerts }),
    });
    this.#shared = shared;
  }

  [Symbol.dispose](): void {
    this.close();
    this.#shared.close();
  }
}

function lockOf(gists: TlsGists, options: Partial<GistLockOptions>): GistLock {
  return new GistLock({
    ...{ id: gists.gist, token: LOCAL_TOKEN, identity: "a", baseUrl: gists.url },
    requestTimeout: TIMEOUT,
    ...options,
  });
}

function testTls(name: string, test: (gists: TlsGists) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasOpenssl,
    fn: async () => {
      await using gists = await TlsGists.start();
      await test(gists);
    },
  });
}
/** A request that is given up after a while, as a person's program would do. */
const patient = (url: string) => new Request(url, { signal: AbortSignal.timeout(TIMEOUT) });

testTls(
  "the fault: by fetch alone, each request on a frozen HTTP/2 connection times out",
  async (gists) => {
    const caCerts = [gists.certificates.ca];
    const url = `${gists.url}/gists/${gists.gist}`;
    const statusBy = async (client: Deno.HttpClient) => {
      const response = await fetch(patient(url), { client });
      await response.body?.cancel();
      return response.status;
    };
    using client = Deno.createHttpClient({ caCerts });
    assert.equal(await statusBy(client), 200);
    assert.equal(await statusBy(client), 200);
    assert.equal(gists.proxy.working, 1);
    gists.proxy.freeze();
    for (let count = 0; count < 3; count++) {
      await assert.rejects(statusBy(client), { name: "TimeoutError" });
    }
    using another = Deno.createHttpClient({ caCerts });
    assert.equal(await statusBy(another), 200);
  },
);

/** Three ways to give a request up. */
const ENDS: readonly [what: string, options: { requestTimeout: number; callTimeout?: number }][] = [
  ["its own time-out", { requestTimeout: TIMEOUT }],
  ["its caller's signal", { requestTimeout: 10 * TIMEOUT, callTimeout: TIMEOUT }],
];

for (const protocol of ["git", "rest"] satisfies Protocol[]) {
  for (const [what, { requestTimeout, callTimeout }] of ENDS) {
    testTls(
      `by ${protocol}, the request after one that ${what} ended on a frozen connection is answered`,
      async (gists) => {
        using network = new TestNetwork(gists);
        const lock = lockOf(gists, { protocol, requestTimeout, fetch: network.fetch });
        const signal = () => callTimeout && { signal: AbortSignal.timeout(callTimeout) };
        let seen = await lock.get();
        // The first time by HTTP/2, then by HTTP/1.1.
        for (let count = 0; count < 3; count++) {
          gists.proxy.freeze();
          await assert.rejects(lock.get(signal() || {}));
          seen = await lock.get();
        }
        assert.ok(seen);
        gists.proxy.freeze();
        const expected = callTimeout ? { name: "TimeoutError" } : UnknownOutcomeError;
        await assert.rejects(lock.update(held("a"), seen, signal() || {}), expected);
        seen = await lock.get();
        assert.ok(seen);
        assert.ok((await lock.update(held("a", 1), seen)).own);
      },
    );
  }

  testTls(
    `by ${protocol}, a response that freezes half-way frees the next request`,
    async (gists) => {
      using network = new TestNetwork(gists);
      const lock = lockOf(gists, { protocol, fetch: network.fetch });
      await lock.get();
      for (let count = 0; count < 2; count++) {
        const begun = Promise.withResolvers<void>();
        gists.intercept = () => {
          gists.intercept = () => undefined;
          const body = new ReadableStream({
            start: (controller) => {
              controller.enqueue(new TextEncoder().encode("001e"));
              begun.resolve();
            },
          });
          return Promise.resolve(new Response(body));
        };
        const reading = lock.get();
        reading.catch(() => {});
        await begun.promise;
        gists.proxy.freeze();
        await assert.rejects(reading, LockUnavailableError);
        assert.ok(await lock.get());
      }
    },
  );
}

/** Answers none of `count` requests before all of them have come. */
function together(gists: TlsGists, count: number): void {
  const all = Promise.withResolvers<void>();
  let come = 0;
  gists.intercept = (request) => {
    if (++come === count) {
      gists.intercept = () => undefined;
      all.resolve();
    }
    return all.promise.then(() => gists.server.fetch(request));
  };
}

testTls("one time-out is enough for all connections that are idle in the pool", async (gists) => {
  using network = new TestNetwork(gists);
  const lock = lockOf(gists, { protocol: "git", fetch: network.fetch });
  gists.intercept = () => new Promise(() => {});
  await assert.rejects(lock.get(), LockUnavailableError);
  const before = gists.proxy.working;
  together(gists, 3);
  const url = `${gists.url}/gists/${gists.gist}`;
  const responses = await Promise.all([1, 2, 3].map(() => network.fetch(new Request(url))));
  for (const response of responses) await response.text();
  assert.ok(gists.proxy.working >= before + 3);
  gists.proxy.freeze();
  await assert.rejects(lock.get(), LockUnavailableError);
  assert.ok(await lock.get());
});

testTls(
  "a request in flight is answered, although another is given up meanwhile",
  async (gists) => {
    using network = new TestNetwork(gists);
    const lock = lockOf(gists, { protocol: "git", requestTimeout: 60_000, fetch: network.fetch });
    for (let count = 0; count < 2; count++) {
      const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      gists.intercept = (request) => {
        gists.intercept = () => new Promise(() => {});
        arrived.resolve();
        return answer.promise.then(() => gists.server.fetch(request));
      };
      const inFlight = lock.get();
      await arrived.promise;
      await assert.rejects(lock.get({ signal: AbortSignal.timeout(TIMEOUT) }));
      gists.intercept = () => undefined;
      assert.ok(await lock.get());
      answer.resolve();
      assert.ok(await inFlight);
    }
  },
);
