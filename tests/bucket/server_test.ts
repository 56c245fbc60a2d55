import assert from "node:assert/strict";
import { BucketStore } from "../../bucket/bucket_store.ts";
import { signS3 } from "../../bucket/sign/sigv4.ts";
import { BucketServer, faults, LOCAL_CREDENTIALS, serveBuckets } from "../../bucket/server/mod.ts";
import { FakeClock, LockConflictError } from "../../lock/mod.ts";
import { DIALECTS, LocalBucketWorld, NO_ENVIRONMENT, recordText, URLS } from "./bucket_world.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** A server, and a way to send it signed requests of S3. */
function s3(options: ConstructorParameters<typeof BucketServer>[0] = {}) {
  const clock = new FakeClock();
  const server = new BucketServer({ clock, ...options });
  const send = async (method: string, key: string, {
    headers = {},
    body = "",
    change = (signed) => signed,
  }: {
    headers?: Record<string, string>;
    body?: string;
    change?: (signed: Record<string, string>) => Record<string, string>;
  } = {}) => {
    const url = new URL(`http://127.0.0.1/locks/${key}`);
    const signed = signS3(
      { method, url, headers, body: encode(body) },
      LOCAL_CREDENTIALS.s3,
      { region: "eu-west-1", time: clock.wall() },
    );
    const response = await server.fetch(
      new Request(url, {
        method,
        headers: change(signed),
        body: method === "PUT" ? encode(body) : null,
      }),
    );
    const text = await response.text();
    return {
      status: response.status,
      code: /<Code>(.*)<\/Code>/.exec(text)?.[1],
      text,
      headers: response.headers,
    };
  };
  return { clock, server, send };
}

Deno.test("S3: keeps an object, and names it by the hash of its content", async () => {
  const { server, send } = s3();
  assert.deepEqual([(await send("GET", "k")).status, (await send("GET", "k")).code], [
    404,
    "NoSuchKey",
  ]);
  const put = await send("PUT", "k", { body: "hello", headers: { "content-type": "text/plain" } });
  assert.equal(put.headers.get("etag"), '"5d41402abc4b2a76b9719d911017c592"');
  const got = await send("GET", "k");
  assert.deepEqual([got.status, got.text], [200, "hello"]);
  assert.equal(got.headers.get("content-type"), "text/plain");
  assert.equal(got.headers.get("date"), "Fri, 02 Jan 2026 03:04:05 GMT");
  const same = await send("GET", "k", {
    headers: { "if-none-match": put.headers.get("etag") ?? "" },
  });
  assert.deepEqual([same.status, same.text], [304, ""]);
  assert.deepEqual(server.counts, { reads: 4, writes: 1, statuses: { 200: 2, 304: 1, 404: 2 } });
});

Deno.test("S3: honours conditions, and answers a missing key with 404", async () => {
  const { send } = s3();
  const put = (headers: Record<string, string>, body = "x") => send("PUT", "k", { headers, body });
  assert.equal((await put({ "if-match": '"1"' })).code, "NoSuchKey");
  const first = await put({ "if-none-match": "*" }, "1");
  assert.equal(first.status, 200);
  assert.equal((await put({ "if-none-match": "*" })).code, "PreconditionFailed");
  const etag = first.headers.get("etag") ?? "";
  assert.equal((await put({ "if-match": '"0"' })).status, 412);
  assert.equal((await put({ "if-match": etag }, "2")).status, 200);
  assert.equal((await put({ "if-match": etag }, "3")).status, 412);
  assert.equal((await send("GET", "k")).text, "2");
  assert.equal((await send("DELETE", "k")).status, 405);
});

Deno.test("S3: refuses what is not signed, or is signed otherwise than it arrives", async () => {
  const { send, server } = s3();
  const cases: Record<string, (signed: Record<string, string>) => Record<string, string>> = {
    AccessDenied: ({ authorization: _, ...rest }) => rest,
    InvalidAccessKeyId: (signed) => ({
      ...signed,
      authorization: (signed["authorization"] ?? "").replace("local-key", "other-key"),
    }),
    ExpiredToken: (signed) => ({ ...signed, "x-amz-security-token": "session" }),
    RequestTimeTooSkewed: (signed) => ({ ...signed, "x-amz-date": "20200102T030405Z" }),
  };
  for (const [code, change] of Object.entries(cases)) {
    assert.equal((await send("PUT", "k", { body: "x", change })).code, code);
  }
  const mismatches: ((signed: Record<string, string>) => Record<string, string>)[] = [
    (signed) => ({ ...signed, "if-match": '"1"' }),
    ({ "if-none-match": _, ...rest }) => rest,
    (signed) => ({ ...signed, "x-amz-content-sha256": "0".repeat(64) }),
    (signed) => ({ ...signed, "content-type": "text/html" }),
    (signed) => ({
      ...signed,
      authorization: (signed["authorization"] ?? "").replace(
        /.$/,
        (last) => last === "0" ? "1" : "0",
      ),
    }),
  ];
  for (const change of mismatches) {
    const headers = { "if-none-match": "*", "content-type": "application/json" };
    const refused = await send("PUT", "k", { body: "x", headers, change });
    assert.equal(refused.code, "SignatureDoesNotMatch");
  }
  assert.equal(server.object("s3://locks/k"), undefined);
});

Deno.test("S3: checks its region and its buckets, if they are given", async () => {
  const { send } = s3({ region: "us-east-1" });
  assert.equal((await send("GET", "k")).code, "AuthorizationHeaderMalformed");
  const { send: other } = s3({ buckets: ["others"] });
  assert.equal((await other("GET", "k")).code, "NoSuchBucket");
});

Deno.test("S3: a signature is refused from 15 min on", async () => {
  for (const [minutes, status] of [[14, 404], [-14, 404], [16, 403], [-16, 403]] as const) {
    const { send } = s3({ quirks: { clockOffset: minutes * 60_000 } });
    assert.equal((await send("GET", "k")).status, status);
  }
});

const WRONG_CREDENTIALS = {
  s3: { accessKeyId: "local-key", secretAccessKey: "wrong" },
  gcs: { accessToken: "wrong" },
  azure: { accountKey: "d3Jvbmc=" },
} as const;

for (const dialect of DIALECTS) {
  Deno.test(`${dialect}: refuses strangers`, async () => {
    const world = new LocalBucketWorld(dialect, recordText("first", 1));
    const store = world.freshStore({ credentials: WRONG_CREDENTIALS[dialect] });
    await assert.rejects(store.read(), { name: "LockAccessError" });
    const stranger = await world.server.fetch(new Request(addressOf(dialect)));
    assert.ok([401, 403].includes(stranger.status));
  });

  Deno.test(`${dialect}: is served on a port, and a store works over it`, async () => {
    await using served = serveBuckets();
    const url = URLS[dialect];
    served.server.edit(url, recordText("first", 1));
    const open = () =>
      new BucketStore({
        url,
        endpoint: dialect === "azure" ? `${served.url}/account` : served.url,
        credentials: LOCAL_CREDENTIALS[dialect],
        environment: NO_ENVIRONMENT,
      });
    const [a, b] = [open(), open()];
    await a.checkAccess();
    const seen = await b.read();
    const written = await a.compareAndSwap(recordText("a", 2), await a.read());
    assert.deepEqual(await b.read(), written);
    assert.deepEqual(await b.read(), written);
    await assert.rejects(b.compareAndSwap(recordText("b", 2), seen), LockConflictError);
    await b.race({ writers: 4, rounds: 1 });
  });
}

function addressOf(dialect: keyof typeof URLS): string {
  return {
    s3: "https://locks.s3.eu-west-1.amazonaws.com/folder/lock%201.json",
    gcs: "https://storage.googleapis.com/locks/folder/lock%201.json",
    azure: "https://account.blob.core.windows.net/locks/folder/lock%201.json",
  }[dialect];
}

Deno.test("a SAS is accepted only as it was issued", async () => {
  const world = new LocalBucketWorld("azure", recordText("first", 1));
  const { sasToken } = LOCAL_CREDENTIALS.sas;
  const headers = { "x-ms-version": "2021-12-02" };
  const ask = async (query: string) =>
    (await world.server.fetch(new Request(`${addressOf("azure")}?${query}`, { headers }))).status;
  assert.equal(await ask(sasToken), 200);
  assert.equal(await ask(sasToken.replace("local", "other")), 403);
});

Deno.test("an intercept stands before each request, and an injected fault before it", async () => {
  const { server, send } = s3();
  const met: string[] = [];
  server.intercept = (request, proceed) => {
    met.push(request.method);
    return proceed();
  };
  server.inject(faults.requestLost(), { kind: "write" });
  assert.equal(server.pendingFaults, 1);
  assert.equal((await send("GET", "k")).status, 404);
  await assert.rejects(send("PUT", "k"), TypeError);
  assert.equal(server.pendingFaults, 0);
  await send("PUT", "k");
  assert.deepEqual(met, ["GET", "PUT"]);
});

Deno.test("a request rejects with its signal's reason, and is acted on anyway", async () => {
  const { server, clock } = s3();
  const ask = (signal: AbortSignal) =>
    server.fetch(
      new Request(addressOf("gcs"), {
        method: "PUT",
        body: "x",
        headers: { authorization: "Bearer local-token" },
        signal,
      }),
    );
  await assert.rejects(ask(AbortSignal.abort(new Error("early"))), { message: "early" });
  server.intercept = faults.delayed(10);
  const giveUp = new AbortController();
  const request = ask(giveUp.signal);
  giveUp.abort(new Error("late"));
  await assert.rejects(request, { message: "late" });
  assert.equal(server.object(URLS.gcs), undefined);
  await clock.advance(10);
  assert.equal(server.object(URLS.gcs)?.content, "x");
});

Deno.test("a path that cannot be decoded is refused", async () => {
  const server = new BucketServer({ clock: new FakeClock() });
  const response = await server.fetch(new Request("http://127.0.0.1/locks/%ff"));
  assert.equal(response.status, 400);
});
