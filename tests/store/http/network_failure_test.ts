import assert from "node:assert/strict";
import { Transport } from "../../../store/http/transport.ts";
import { describeNetworkFailure } from "../../../store/http/network_failure.ts";
import { FakeClock } from "../../../lock/mod.ts";

const ID = "0123456789abcdef0123456789abcdef";
const URL_OF_GIST = `https://api.github.com/gists/${ID}`;

/** An error as Deno's fetch rejects with it. */
const byDeno = (said: string) =>
  new TypeError("fetch failed", {
    cause: new Error(
      `error sending request for url (${URL_OF_GIST}): client error (Connect): ${said}`,
    ),
  });

const byDenoLater = (said: string) =>
  new TypeError("fetch failed", {
    cause: new Error(
      `error sending request from 10.0.0.2:51840 for ${URL_OF_GIST} (10.0.0.1:443): client error (SendRequest): ${said}`,
    ),
  });

/** An error as Node's fetch rejects with it. */
const byNode = (code: string, message: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) });

const AUTHORITY = /^unknown certificate authority: trust it with DENO_CERT or, in Node, /;

const FAILURES: readonly [error: unknown, described: RegExp][] = [
  [
    byDeno("dns error: failed to lookup address information: Name or service not known"),
    /^DNS lookup failed \(client error \(Connect\): dns error: failed to lookup.* not known\)$/,
  ],
  [byNode("ENOTFOUND", "getaddrinfo ENOTFOUND api.github.com"), /^DNS lookup failed \(getaddrinfo/],
  [byNode("EAI_AGAIN", "getaddrinfo EAI_AGAIN api.github.com"), /^DNS lookup failed/],
  [byDeno("tcp connect error: Connection refused (os error 111)"), /^connection refused \(/],
  [byNode("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"), /^connection refused \(connect/],
  [
    new TypeError("fetch failed", {
      cause: Object.assign(
        new AggregateError([
          new Error("connect ECONNREFUSED ::1:1"),
          new Error("connect ECONNREFUSED 127.0.0.1:1"),
        ]),
        { code: "ECONNREFUSED" },
      ),
    }),
    /^connection refused \(connect ECONNREFUSED ::1:1: connect ECONNREFUSED 127\.0\.0\.1:1\)$/,
  ],
  [
    Object.assign(new Error("Unable to connect. Is the computer able to access the url?"), {
      code: "ConnectionRefused",
    }),
    /^connection refused \(Unable to connect/,
  ],
  [byDeno("invalid peer certificate: UnknownIssuer"), AUTHORITY],
  [byDeno("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))"), AUTHORITY],
  [byNode("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"), AUTHORITY],
  [byNode("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"), AUTHORITY],
  [byNode("SELF_SIGNED_CERT_IN_CHAIN", "self signed certificate in certificate chain"), AUTHORITY],
  [
    byDeno("invalid peer certificate: Expired"),
    /^TLS failure: the certificate is not valid at this time/,
  ],
  [
    byNode("CERT_HAS_EXPIRED", "certificate has expired"),
    /^TLS failure: .* not valid at this time/,
  ],
  [
    byDeno(
      'invalid peer certificate: certificate not valid for name "a"; certificate is only valid for DnsName("b")',
    ),
    /^TLS failure: the certificate is for another name \(/,
  ],
  [
    byNode("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames"),
    /^TLS failure: the certificate is for another name \(/,
  ],
  [byDeno("received corrupt message of type InvalidContentType"), /^TLS failure \(/],
  [byDeno("tls handshake eof"), /^TLS failure \(/],
  [byNode("ERR_SSL_WRONG_VERSION_NUMBER", "SSL routines:wrong version number"), /^TLS failure \(/],
  [
    byDenoLater("connection closed before message completed"),
    /^connection reset \(client error \(SendRequest\): connection closed before message completed\)$/,
  ],
  [
    byDenoLater("connection error: Connection reset by peer (os error 104)"),
    /^connection reset \(/,
  ],
  [new TypeError("error reading a body from connection"), /^connection reset \(error reading/],
  [byNode("ECONNRESET", "read ECONNRESET"), /^connection reset \(read/],
  [
    new TypeError("terminated", {
      cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
    }),
    /^connection reset \(terminated: other side closed\)$/,
  ],
  [byDeno("tcp connect error: No route to host (os error 113)"), /^no route to it \(/],
  [byNode("ENETUNREACH", "connect ENETUNREACH 1.2.3.4:443"), /^no route to it \(/],
  [byNode("UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error"), /^connection timed out \(/],
  [byDeno("proxy authentication required"), /^the proxy failed: check HTTPS_PROXY and NO_PROXY \(/],
  [byDeno("unexpected eof while tunneling"), /^the proxy failed: /],
  [byDeno("unsuccessful tunnel"), /^the proxy failed: /],
  [byDenoLater("invalid HTTP version parsed"), /^the response is not HTTP \(/],
  [byNode("HPE_INVALID_CONSTANT", "Expected HTTP/"), /^the response is not HTTP \(/],
  // The name of the host must not match a reason.
  [byNode("ENOTFOUND", "getaddrinfo ENOTFOUND reset-tls.example"), /^DNS lookup failed/],
  [new Error("something else"), /^something else$/],
  [new TypeError("fetch failed"), /^fetch failed$/],
  [new TypeError("Failed to fetch"), /^Failed to fetch$/],
  ["a text", /^a text$/],
  [undefined, /^fetch failed$/],
  [new Error("a", { cause: new Error("b", { cause: new Error("a") }) }), /^a: b$/],
];

for (const [error, described] of FAILURES) {
  Deno.test(`describeNetworkFailure() returns ${described}`, () => {
    const said = describeNetworkFailure(error, "api.github.com");
    assert.match(said, described);
    assert.ok(!said.includes(ID), said);
  });
}

Deno.test("describeNetworkFailure() names the missing permission flag of Deno", () => {
  const error = new Deno.errors.NotCapable(
    'Requires net access to "gist.github.com:443", run again…',
  );
  assert.equal(
    describeNetworkFailure(error, "gist.github.com"),
    "no network permission: run Deno with --allow-net=gist.github.com",
  );
});

Deno.test("describeNetworkFailure() handles an error that is its own cause", () => {
  const error = new Error("a");
  error.cause = error;
  assert.equal(describeNetworkFailure(error, "x"), "a");
});

Deno.test("Transport reports which host it cannot reach and why", async () => {
  const fetch = () => Promise.reject(byDeno("invalid peer certificate: UnknownIssuer"));
  const transport = new Transport({ fetch, clock: new FakeClock(), requestTimeout: 1_000 });
  await assert.rejects(transport.send({ method: "GET", url: URL_OF_GIST }), {
    name: "LockUnavailableError",
    message: /^Cannot reach api\.github\.com: unknown certificate authority: .*UnknownIssuer\)$/,
  });
});

Deno.test("Transport keeps paths, ids, tokens and passwords of addresses out of its errors", async () => {
  const texts = [
    `error sending request for url (${URL_OF_GIST}): reset`,
    `cannot load ${URL_OF_GIST}?x=${ID}, sorry`,
    `proxy http://user:passw0rd@proxy.example:3128/${ID} hung up`,
    `proxy http://passw0rd@proxy.example:3128 hung up`,
    `no gist ${ID}`,
    `GET /gists/${ID} failed`,
    `token ${encodeURIComponent("s3cr+t/s3cr+t")}`,
    `token ${JSON.stringify({ "s3cr+t/s3cr+t": 1 })}`,
  ];
  for (const text of texts) {
    for (const error of [new Error(text), new TypeError("x", { cause: new Error(text) }), text]) {
      const transport = new Transport({
        fetch: () => Promise.reject(error),
        clock: new FakeClock(),
        requestTimeout: 1_000,
        secrets: ["s3cr+t/s3cr+t", ID],
      });
      const failure: unknown = await transport.send({ method: "GET", url: URL_OF_GIST })
        .catch((error) => error);
      const shown = Deno.inspect(failure);
      assert.ok(!/0123456789abcdef|passw0rd|s3cr/.test(shown), shown);
      assert.match(shown, /Cannot reach api\.github\.com: /);
    }
  }
});
