import assert from "node:assert/strict";
import { runChecks } from "../../../cli/check/check.ts";
import { type Dialer, hostCheck, SYSTEM_DIALER } from "../../../cli/check/network.ts";
import { proxyFor } from "../../../cli/check/proxy.ts";
import { FakeClock, systemClock } from "../../../lock/mod.ts";
import { OPEN_NETWORK } from "./check_world.ts";

type Variables = Readonly<Record<string, string>>;

function envOf(variables: Variables) {
  return (name: string): string | undefined => variables[name];
}

/** What a check of a host finds, with steps of the given dialer, each of which takes its time. */
async function check(url: string, dialer: Partial<Dialer>, variables: Variables = {}) {
  const clock = new FakeClock();
  let closed = 0;
  const whole: Dialer = {
    resolve: async () => {
      await clock.sleep(20);
      return ["192.0.2.1"];
    },
    connect: async () => {
      await clock.sleep(30);
      return { startTls: () => clock.sleep(40), close: () => void closed++ };
    },
    ...dialer,
  };
  const options = { dialer: whole, clock, env: envOf(variables), timeout: 1_000 };
  const running = runChecks([hostCheck({ name: "host", url: new URL(url) }, options)], clock);
  await clock.advance(10_000);
  const [finding] = await running;
  assert.ok(finding);
  return { ...finding, closed };
}

Deno.test("hostCheck() times DNS, TCP and TLS, and closes the connection", async () => {
  const found = await check("https://gist.github.com/", {});
  assert.equal(found.message, "gist.github.com: DNS 20 ms, TCP 30 ms, TLS 40 ms, no proxy");
  assert.equal(found.milliseconds, 90);
  assert.equal(found.closed, 1);
});

Deno.test("hostCheck() asks no DNS for an address, and does no TLS for http", async () => {
  const resolve = () => Promise.reject(new Error("asked"));
  const said = async (url: string) => (await check(url, { resolve })).message;
  assert.match(await said("http://127.0.0.1:8080"), /^127.0.0.1:8080: TCP 30 ms, no/);
  assert.match(await said("http://[::1]:8080"), /^\[::1\]:8080: TCP 30 ms, no/);
  assert.match(await said("https://192.0.2.7"), /: TCP 30 ms, TLS 40 ms, no/);
});

Deno.test("hostCheck() passes a name that only the system resolves, and fails one that nothing does", async () => {
  const resolve = () => Promise.reject(new Error("no record found"));
  const hosts = await check("https://store.internal", { resolve });
  assert.equal(hosts.ok, true);
  assert.match(hosts.message, /DNS has no answer, TCP 30 ms/);
  const connect = () => Promise.reject(new Error("failed to lookup address"));
  const none = await check("https://store.internal", { resolve, connect });
  assert.equal(none.ok, false);
  assert.equal(none.exitCode, 69);
  assert.match(none.message, /DNS does not resolve it \(no record found\): check the name/);
});

Deno.test("hostCheck() gives up each step after the timeout", async () => {
  const hang = () => new Promise<never>(() => {});
  const dns = await check("https://a.example", { resolve: hang });
  assert.match(dns.message, /DNS has no answer, TCP 30 ms, TLS 40 ms/);
  const tcp = await check("https://a.example", { connect: hang });
  assert.match(tcp.message, /no TCP connection to port 443 \(no answer within 1000 ms\)/);
  let isClosed = false;
  const connection = { startTls: hang, close: () => void (isClosed = true) };
  const tls = await check("https://a.example", { connect: () => Promise.resolve(connection) });
  assert.match(tls.message, /TLS handshake failed \(no answer within 1000 ms\)/);
  assert.ok(isClosed);
});

Deno.test("hostCheck() says what a refused connection and an invalid certificate mean", async () => {
  const connect = () => Promise.reject(new Error("Connection refused (os error 111)"));
  assert.match((await check("https://a.example", { connect })).message, /nothing listens there/);
  const startTls = () => Promise.reject(new Error("invalid peer certificate: UnknownIssuer"));
  const tls = await check("https://a.example", {
    connect: () => Promise.resolve({ startTls, close() {} }),
  });
  assert.match(tls.message, /UnknownIssuer.*clock.*DENO_CERT/);
});

Deno.test("hostCheck() goes no further than the proxy, and shows none of its credentials", async () => {
  const variables = { https_proxy: "http://user:hidden@proxy.internal:3128" };
  const asked: string[] = [];
  const connect: Dialer["connect"] = (host, port, signal) => {
    asked.push(`${host}:${port}`);
    return OPEN_NETWORK.connect(host, port, signal);
  };
  const found = await check("https://gist.github.com", { connect }, variables);
  assert.match(
    found.message,
    /through the proxy proxy.internal:3128 of https_proxy: DNS 20 ms, TCP 0 ms/,
  );
  assert.ok(!found.message.includes("hidden"));
  assert.deepEqual(asked, ["proxy.internal:3128"]);
  const refuse = () => Promise.reject(new Error("Connection refused"));
  const broken = await check("https://gist.github.com", { connect: refuse }, variables);
  assert.equal(broken.ok, false);
  assert.match(
    broken.message,
    /the proxy proxy.internal:3128.*nothing listens.*gist.github.com into NO_PROXY/,
  );
});

Deno.test("proxyFor() follows the scheme, ALL_PROXY and NO_PROXY", () => {
  const HTTPS = { HTTPS_PROXY: "http://p:1" };
  const cases: [string, Variables, string | undefined][] = [
    ["https://a.example", {}, undefined],
    ["https://a.example", HTTPS, "p:1"],
    ["http://a.example", HTTPS, undefined],
    ["http://a.example", { HTTP_PROXY: "p:2" }, "p:2"],
    ["https://a.example", { ALL_PROXY: "socks5://p" }, "p:1080"],
    ["https://a.example", { ...HTTPS, ALL_PROXY: "http://q" }, "p:1"],
    ["https://a.example", { HTTPS_PROXY: "https://p" }, "p:443"],
    ["https://a.example", { HTTPS_PROXY: "" }, undefined],
    ["http://127.0.0.1:80", { HTTP_PROXY: "http://p:2" }, undefined],
    ["http://localhost", { HTTP_PROXY: "http://p:2" }, undefined],
    ["https://api.a.example", { ...HTTPS, NO_PROXY: "a.example" }, undefined],
    ["https://api.a.example", { ...HTTPS, no_proxy: "b, .a.example" }, undefined],
    ["https://aa.example", { ...HTTPS, NO_PROXY: "a.example" }, "p:1"],
    ["https://a.example", { ...HTTPS, NO_PROXY: "*" }, undefined],
    ["https://10.1.2.3", { ...HTTPS, NO_PROXY: "10.0.0.0/8" }, undefined],
    ["https://11.1.2.3", { ...HTTPS, NO_PROXY: "10.0.0.0/8" }, "p:1"],
    ["https://a.example", { ...HTTPS, NO_PROXY: "0.0.0.0/0" }, "p:1"],
  ];
  for (const [url, variables, expected] of cases) {
    const proxy = proxyFor(new URL(url), envOf(variables));
    assert.equal(
      proxy && `${proxy.hostname}:${proxy.port}`,
      expected,
      `${url} ${JSON.stringify(variables)}`,
    );
  }
});

/** What a check of a host finds on this machine's own network. */
async function checkReally(url: string) {
  const options = { dialer: SYSTEM_DIALER, clock: systemClock, env: envOf({}), timeout: 30_000 };
  const host = hostCheck({ name: "host", url: new URL(url) }, options);
  const [finding] = await runChecks([host], systemClock);
  return finding ?? assert.fail("nothing was found");
}

Deno.test("SYSTEM_DIALER connects to a port of this machine, and fails at a closed one", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  const accepted = listener.accept();
  const open = await checkReally(url);
  assert.equal(open.ok, true, open.message);
  (await accepted).close();
  listener.close();
  const closed = await checkReally(url);
  assert.equal(closed.ok, false);
  assert.match(closed.message, /refused.*nothing listens/i);
});

Deno.test("SYSTEM_DIALER reports a TLS handshake with something else", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using conn = await listener.accept();
    await conn.read(new Uint8Array(10));
    await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
  })();
  const finding = await checkReally(`https://127.0.0.1:${listener.addr.port}`);
  await serving;
  assert.equal(finding.ok, false);
  assert.match(finding.message, /TLS handshake failed/);
});
