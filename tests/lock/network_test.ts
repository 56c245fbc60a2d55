import assert from "node:assert/strict";
import { type HttpClient, type HttpClientOptions, Network } from "../../lock/network.ts";

/** Clients that are made, and the requests that go through each. */
class Runtime {
  readonly clients: (HttpClient & { readonly options: HttpClientOptions; isOpen: boolean })[] = [];
  /** The clients of the requests, by their numbers; `undefined` for the one that the program shares. */
  readonly used: (number | undefined)[] = [];
  respond = (_request: Request): Promise<Response> => Promise.resolve(new Response("ok"));

  readonly createHttpClient = (options: HttpClientOptions): HttpClient => {
    const client = { options, isOpen: true, close: () => void (client.isOpen = false) };
    this.clients.push(client);
    return client;
  };

  readonly fetch = (request: Request, init?: { readonly client: HttpClient }) => {
    const at = this.clients.findIndex((client) => client === init?.client);
    assert.ok(this.clients[at]?.isOpen ?? true, "a request goes through a closed client");
    this.used.push(init === undefined ? undefined : at);
    return this.respond(request);
  };

  open(): number[] {
    return this.clients.flatMap(({ isOpen }, index) => isOpen ? [index] : []);
  }
}

const FAR = "https://api.example/gists/1";

function request(url = FAR) {
  const controller = new AbortController();
  return {
    request: new Request(url, { signal: controller.signal }),
    giveUp: () => controller.abort("too late"),
  };
}

Deno.test("Network opens nothing of its own while no request is given up", async () => {
  const runtime = new Runtime();
  const network = new Network(runtime);
  for (let count = 0; count < 3; count++) await network.fetch(request().request);
  assert.deepEqual(runtime.used, [undefined, undefined, undefined]);
  assert.deepEqual(runtime.clients, []);
});

Deno.test("Network uses new connections, without HTTP/2, after each request that was given up", async () => {
  const runtime = new Runtime();
  const network = new Network(runtime);
  for (const expected of [undefined, 0, 1]) {
    const { request: late, giveUp } = request();
    await network.fetch(late);
    giveUp();
    assert.equal(runtime.used.at(-1), expected);
    assert.deepEqual(runtime.open(), [], "nothing stays open until the next request");
  }
  await network.fetch(request().request);
  await network.fetch(request().request);
  assert.deepEqual(runtime.used.slice(3), [2, 2]);
  assert.deepEqual(runtime.clients.map(({ options }) => options), Array(3).fill({ http2: false }));
  assert.deepEqual(runtime.open(), [2]);
  network.close();
  assert.deepEqual(runtime.open(), []);
  await network.fetch(request().request);
  assert.deepEqual(runtime.open(), [3]);
  network.close();
});

Deno.test("Network replaces its client once for all requests that hang on it", async () => {
  const runtime = new Runtime();
  const network = new Network(runtime);
  const hanging = [request(), request(), request()];
  for (const { request } of hanging) await network.fetch(request);
  hanging[0]?.giveUp();
  await network.fetch(request().request);
  for (const { giveUp } of hanging) giveUp();
  await network.fetch(request().request);
  assert.deepEqual(runtime.used.slice(3), [0, 0]);
  network.close();
});

Deno.test("Network takes a request for given up whose response hangs, and one that fetch does not end", async () => {
  const runtime = new Runtime();
  const network = new Network(runtime);
  const bodies: [string, () => Promise<Response>][] = [
    ["the body hangs", () => Promise.resolve(new Response(new ReadableStream()))],
    ["fetch hangs", () => new Promise(() => {})],
  ];
  for (const [index, [name, respond]] of bodies.entries()) {
    runtime.respond = respond;
    const { request: late, giveUp } = request();
    network.fetch(late);
    giveUp();
    runtime.respond = () => Promise.resolve(new Response("ok"));
    await network.fetch(request().request);
    assert.equal(runtime.used.at(-1), index, name);
  }
  network.close();
});

const DIRECT: [url: string, hostname: string, port: number][] = [
  ["http://127.0.0.1:8080/x", "127.0.0.1", 8080],
  ["http://127.1.2.3:8080/", "127.1.2.3", 8080],
  ["http://127.1/", "127.0.0.1", 80],
  ["http://LOCALHOST/", "localhost", 80],
  ["http://localhost.:81/", "localhost.", 81],
  ["http://gists.localhost:81/", "gists.localhost", 81],
  ["http://[::1]:4040/", "[::1]", 4040],
  ["http://[0:0:0:0:0:0:0:1]/", "[::1]", 80],
  ["http://[::ffff:127.0.0.1]:82/", "[::ffff:7f00:1]", 82],
  ["http://0.0.0.0:83/", "0.0.0.0", 83],
  ["http://[::]:83/", "[::]", 83],
  ["http://169.254.169.254/latest/api/token", "169.254.169.254", 80],
  ["http://169.254.170.2/v2/credentials/1", "169.254.170.2", 80],
  ["http://169.254.170.23/v1/credentials", "169.254.170.23", 80],
  ["http://[fd00:ec2::23]/v1/credentials", "[fd00:ec2::23]", 80],
  ["http://[fd00:ec2::254]/latest/api/token", "[fd00:ec2::254]", 80],
  ["http://metadata.google.internal/computeMetadata/v1/", "metadata.google.internal", 80],
];

const NOT_DIRECT = [
  "https://api.github.com/",
  "http://10.0.0.1/",
  "http://127.example/",
  "http://127.0.0.1.example/",
  "http://localhost.example/",
  "http://notlocalhost/",
  "http://[::2]/",
  "http://169.254.169.253/",
  "http://169.254.169.254.example/",
  "http://metadata.google.internal.example/",
  "https://metadata.google.internal/",
  "http://[::ffff:10.0.0.1]/",
  // A direct client speaks no TLS: what is sent would be readable.
  "https://localhost/",
  "https://127.0.0.1:8443/",
  "https://[::1]/",
];

for (const [url, hostname, port] of DIRECT) {
  Deno.test(`Network sends to ${url} directly, by a client of the request's own`, async () => {
    const runtime = new Runtime();
    const network = new Network(runtime);
    const proxy = { transport: "tcp", hostname, port };
    for (let count = 0; count < 2; count++) {
      const { request: late, giveUp } = request(url);
      const response = await network.fetch(late);
      assert.equal(await response.text(), "ok");
      giveUp();
    }
    assert.deepEqual(runtime.used, [0, 1]);
    assert.deepEqual(
      runtime.clients.map(({ options }) => options),
      Array(2).fill({ http2: false, proxy }),
    );
    assert.deepEqual(runtime.open(), []);
    // No word about the connections to other hosts.
    await network.fetch(request().request);
    assert.equal(runtime.used.at(-1), undefined);
  });
}

for (const url of NOT_DIRECT) {
  Deno.test(`Network sends to ${url} as the runtime does`, async () => {
    const runtime = new Runtime();
    await new Network(runtime).fetch(request(url).request);
    assert.deepEqual(runtime.used, [undefined]);
  });
}

Deno.test("Network closes the client of a direct request that fails", async () => {
  const runtime = new Runtime();
  runtime.respond = () => Promise.reject(new TypeError("connection refused"));
  const sent = new Network(runtime).fetch(request("http://127.0.0.1:1/").request);
  await assert.rejects(sent, /connection refused/);
  assert.deepEqual(runtime.open(), []);
});

Deno.test("Network rejects, and does not throw, where a client cannot be made", async () => {
  const network = new Network({
    fetch: () => Promise.reject(new Error("not reached")),
    createHttpClient: () => {
      throw new Error("Requires net access");
    },
  });
  const sent = network.fetch(new Request("http://127.0.0.1:1/"));
  await assert.rejects(sent, /Requires net access/);
});

Deno.test("Network leaves everything to fetch on a runtime without clients", async () => {
  const { fetch, used } = new Runtime();
  const network = new Network({ fetch });
  for (const url of [FAR, "http://127.0.0.1:1/"]) {
    const { request: late, giveUp } = request(url);
    await network.fetch(late);
    giveUp();
  }
  assert.deepEqual(used, [undefined, undefined]);
  network.close();
});
