import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import type { Dialect } from "../../bucket/address.ts";
import { BucketStore } from "../../bucket/bucket_store.ts";
import type { BucketCredentials } from "../../bucket/credentials/credentials.ts";
import { FakeClock, type Fetch } from "../../lock/mod.ts";
import { settle } from "../contract/world.ts";
import { recordText, URLS } from "./bucket_world.ts";

/** Every credential of these tests has this in it, in one of its forms. */
const SECRET = /S3CR3T|UzNDUjNU/i;

const KINDS: readonly [name: string, dialect: Dialect, credentials: BucketCredentials][] = [
  ["an access key", "s3", {
    accessKeyId: "AKIAS3CR3T",
    secretAccessKey: "secretS3CR3T/+",
    sessionToken: "sessionS3CR3T//+==",
  }],
  ["an access token of Google", "gcs", { accessToken: "ya29.S3CR3T" }],
  ["an access token of Entra", "azure", { accessToken: "eyJ.S3CR3T" }],
  ["a SAS", "azure", { sasToken: "?sv=2021&sp=rcw&sig=S3CR3T%2Fx%2B%3D" }],
  ["an account key", "azure", { accountKey: "UzNDUjNUS3CR3T==" }],
];

/** What a call is rejected with, as time passes. */
function errorOf(clock: FakeClock, call: Promise<unknown>) {
  return settle(clock, call.then(() => undefined, (error) => error), 5_000);
}

/** Which length the next sentence has. */
let nth = 0;

/** A response with an error in XML. */
function error(status: number, parts: string): Promise<Response> {
  return Promise.resolve(new Response(`<Error>${parts}</Error>`, { status }));
}

/** Networks and servers that quote what they were sent, wherever they can. */
const INDISCREET: Readonly<Record<string, Fetch>> = {
  "a network that quotes the address": ({ url }) =>
    Promise.reject(new TypeError(`error sending request for url (${url})`)),
  "a network that quotes the decoded address": ({ url }) =>
    Promise.reject(new TypeError(`cannot reach ${decodeURIComponent(url)}`)),
  "a network that quotes headers": ({ headers, url }) =>
    Promise.reject(
      new TypeError(`${url}: ${JSON.stringify([...headers])}`, {
        cause: new Error(JSON.stringify([...headers])),
      }),
    ),
  "a server that quotes headers and address": ({ headers, url }) =>
    error(403, `<Code>AccessDenied</Code><Message>${url} ${[...headers]}</Message>`),
  "a server that quotes single values": ({ headers, url }) => {
    const values = [
      headers.get("x-amz-security-token"),
      new URL(url).searchParams.get("sig"),
      headers.get("authorization")?.replace(/^\w+ /, ""),
    ];
    return error(500, `<Code>InternalError</Code><Message>${values.join(" ")}</Message>`);
  },
  "a redirect to the same address": ({ url }) =>
    Promise.resolve(new Response(null, { status: 302, headers: { location: `${url}/x` } })),
  "a server that names a credential as the error": ({ headers, url }) => {
    const token = headers.get("authorization")?.replace(
      /^.*(?:Bearer |Credential=)([^/]+).*$/,
      "$1",
    );
    const code = headers.get("x-amz-security-token")?.slice(0, 13) ?? token ??
      new URL(url).searchParams.get("sig");
    return error(400, `<Code>${code}</Code>`);
  },
  "a server that quotes a credential at the end of a long sentence": ({ headers, url }) => {
    const secret = headers.get("x-amz-security-token") ?? new URL(url).searchParams.get("sig") ??
      headers.get("authorization")?.replace("Bearer ", "");
    return error(400, `<Message>${"x".repeat(185 + nth++ % 20)}${secret}</Message>`);
  },
  "a code that is the address": ({ url }) => error(400, `<Code>${url}</Code>`),
};

for (const [name, dialect, credentials] of KINDS) {
  for (const [what, fetch] of Object.entries(INDISCREET)) {
    Deno.test(`${name} appears nowhere with ${what}`, async () => {
      const clock = new FakeClock();
      const warnings: string[] = [];
      const store = new BucketStore({
        url: URLS[dialect],
        region: "eu-west-1",
        credentials: () => Promise.resolve(credentials),
        clock,
        fetch,
        onWarning: (message) => warnings.push(message),
      });
      const seen = { content: "{}", version: "1", head: "1", isProven: true };
      const text = recordText("a", 2);
      const errors = [
        await errorOf(clock, store.read()),
        await errorOf(clock, store.checkAccess()),
        await errorOf(clock, store.compareAndSwap(text, seen)),
        await errorOf(clock, store.create(text)),
        await errorOf(clock, store.race()),
      ];
      assert.equal(errors.filter((error) => error instanceof Error).length, 5);
      for (const shown of [store, warnings, errors, ...errors.map((error) => error.stack)]) {
        assert.doesNotMatch(Deno.inspect(shown, { depth: 20, showHidden: true }), SECRET);
        assert.doesNotMatch(inspect(shown, { depth: 20, showHidden: true }), SECRET);
        assert.doesNotMatch(JSON.stringify(shown), SECRET);
      }
      assert.doesNotMatch(String(errors), SECRET);
      assert.doesNotMatch(store.describe(), SECRET);
    });
  }
}

for (const [name, dialect, credentials] of KINDS) {
  Deno.test(`${name} appears nowhere if its provider quotes it`, async () => {
    const clock = new FakeClock();
    let provide = () => Promise.resolve(credentials);
    const store = new BucketStore({
      url: URLS[dialect],
      region: "eu-west-1",
      credentials: () => provide(),
      clock,
      fetch: () => Promise.resolve(new Response(null, { status: 401 })),
    });
    await errorOf(clock, store.read());
    provide = () => Promise.reject(new Error(`not valid: ${Object.values(credentials)}`));
    const error = await errorOf(clock, store.read());
    assert.match(error.message, /^Cannot get credentials: not valid: /);
    assert.doesNotMatch(Deno.inspect(error, { depth: 20, showHidden: true }), SECRET);
  });
}

/** What services of the cloud are sent: a token of the pod, a signed text. */
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const KEY_FILE = JSON.stringify({
  type: "service_account",
  client_email: "elector@project.example",
  private_key: privateKey,
});
const SOURCES: readonly [name: string, dialect: Dialect, variables: Record<string, string>][] = [
  ["IRSA", "s3", { AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: "role" }],
  ["EKS Pod Identity", "s3", {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials",
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token",
  }],
  ["a service account", "gcs", { GOOGLE_APPLICATION_CREDENTIALS: "/key" }],
  ["a workload identity", "azure", {
    AZURE_CLIENT_ID: "client",
    AZURE_TENANT_ID: "tenant",
    AZURE_FEDERATED_TOKEN_FILE: "/token",
  }],
];

for (const [name, dialect, variables] of SOURCES) {
  Deno.test(`what ${name} is exchanged for appears nowhere if the exchange fails`, async () => {
    const clock = new FakeClock();
    const sent = new Set<string>();
    const quote = async (request: Request) => {
      const form = new URLSearchParams(await request.text());
      for (const part of ["WebIdentityToken", "assertion", "client_assertion"]) {
        const value = form.get(part);
        if (value !== null) sent.add(value);
      }
      const authorization = request.headers.get("authorization");
      if (authorization !== null) sent.add(authorization);
      return `${form} ${[...form.values()]} ${authorization}`;
    };
    const networks: Fetch[] = [
      async (request) => {
        throw new TypeError(await quote(request));
      },
      async (request) =>
        new Response(JSON.stringify({ error_description: await quote(request) }), { status: 400 }),
      async (request) =>
        new Response(`<Message>${await quote(request)}</Message>`, { status: 403 }),
      async (request) => new Response(`half of a key: ${await quote(request)}`),
    ];
    for (const fetch of networks) {
      const store = new BucketStore({
        url: URLS[dialect],
        region: "eu-west-1",
        clock,
        fetch,
        environment: {
          get: (variable) => variables[variable],
          readFile: (path) => Promise.resolve(path === "/key" ? KEY_FILE : "podS3CR3T.token/+="),
        },
      });
      const error = await errorOf(clock, store.read());
      assert.ok(error instanceof Error);
      const shown = Deno.inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
      assert.doesNotMatch(shown, SECRET);
      assert.ok(sent.size > 0);
      for (const text of sent) assert.ok(!shown.includes(text));
      assert.doesNotMatch(shown, /PRIVATE KEY/);
    }
  });
}
