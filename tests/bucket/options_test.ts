import assert from "node:assert/strict";
import { BucketStore } from "../../bucket/bucket_store.ts";
import { type BucketOptions, resolveOptions } from "../../bucket/options.ts";
import { FakeClock } from "../../lock/mod.ts";

/** Sends one read, and returns where it went. */
async function addressOf(
  options: Partial<BucketOptions>,
  variables: Record<string, string> = {},
): Promise<string> {
  let found = "";
  const store = new BucketStore({
    url: "s3://locks/k",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    clock: new FakeClock(),
    fetch: (request) => {
      found = request.url;
      return Promise.resolve(new Response(null, { status: 404 }));
    },
    environment: environmentOf(variables),
    ...options,
  });
  await store.read();
  return found;
}

function environmentOf(variables: Record<string, string>) {
  return {
    get: (name: string) => variables[name],
    readFile: () => Promise.reject(new Error("no file")),
  };
}

const TOKEN = { accessToken: "token" };
const EU = { region: "eu-west-1" };
const CHINA = { region: "cn-north-1" };
const EMULATOR = "http://127.0.0.1:10000/devstoreaccount1";
const R2 = "https://account.r2.cloudflarestorage.com";

const ADDRESSES: readonly [
  name: string,
  options: Partial<BucketOptions>,
  variables: Record<string, string>,
  address: string,
][] = [
  ["S3 by the bucket's host", EU, {}, "https://locks.s3.eu-west-1.amazonaws.com/k"],
  [
    "S3 in the region of AWS_REGION",
    {},
    { AWS_REGION: "us-east-2", AWS_DEFAULT_REGION: "eu-west-1" },
    "https://locks.s3.us-east-2.amazonaws.com/k",
  ],
  [
    "S3 in the region of AWS_DEFAULT_REGION",
    {},
    { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-west-1" },
    "https://locks.s3.eu-west-1.amazonaws.com/k",
  ],
  [
    "S3 in the region of an option before that of a variable",
    { region: "eu-west-1" },
    { AWS_REGION: "us-east-2" },
    "https://locks.s3.eu-west-1.amazonaws.com/k",
  ],
  ["S3 in China", CHINA, {}, "https://locks.s3.cn-north-1.amazonaws.com.cn/k"],
  [
    "a bucket with a dot by the path, as no certificate covers its host",
    { url: "s3://my.locks/k", region: "eu-west-1" },
    {},
    "https://s3.eu-west-1.amazonaws.com/my.locks/k",
  ],
  ["an endpoint by the path", { endpoint: R2 }, {}, `${R2}/locks/k`],
  ["an endpoint with a slash at its end", { endpoint: `${R2}/` }, {}, `${R2}/locks/k`],
  [
    "an endpoint by the bucket's host if asked to",
    { endpoint: "https://fra1.digitaloceanspaces.com", pathStyle: false },
    {},
    "https://locks.fra1.digitaloceanspaces.com/k",
  ],
  [
    "the endpoint of AWS_ENDPOINT_URL_S3 before that of AWS_ENDPOINT_URL",
    {},
    { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9000", AWS_ENDPOINT_URL: R2 },
    "http://127.0.0.1:9000/locks/k",
  ],
  ["the endpoint of AWS_ENDPOINT_URL", {}, { AWS_ENDPOINT_URL: R2 }, `${R2}/locks/k`],
  [
    "Google",
    { url: "gs://locks/a/b+ß.json", credentials: TOKEN },
    { AWS_ENDPOINT_URL: R2 },
    "https://storage.googleapis.com/locks/a/b%2B%C3%9F.json",
  ],
  [
    "Azure",
    { url: "az://account/locks/a(1)*'!.json", credentials: TOKEN },
    {},
    "https://account.blob.core.windows.net/locks/a%281%29%2A%27%21.json",
  ],
  [
    "Azure's emulator",
    { url: "az://devstoreaccount1/locks/k", credentials: TOKEN, endpoint: EMULATOR },
    {},
    `${EMULATOR}/locks/k`,
  ],
];

for (const [name, options, variables, address] of ADDRESSES) {
  Deno.test(`a store reaches ${name}`, async () => {
    assert.equal(await addressOf(options, variables), address);
  });
}

Deno.test("a store keeps a key that looks like a path out of the path", async () => {
  const address = await addressOf({ region: "eu-west-1", url: "s3://locks/a%2F..%2e/b c" });
  assert.equal(address, "https://locks.s3.eu-west-1.amazonaws.com/a%252F..%252e/b%20c");
});

const WRONG: readonly [options: Partial<BucketOptions>, name: string, message: RegExp][] = [
  [{}, "RangeError", /^No region: set region, or AWS_REGION$/],
  [{ region: "eu-west-1.evil.example/" }, "RangeError", /^region must be lower case letters, d/],
  [
    { endpoint: "http://127.0.0.1:9000", pathStyle: false },
    "RangeError",
    /^pathStyle must be true for an endpoint that is an IP address/,
  ],
  [{ region: "" }, "RangeError", /^region must be lower case letters, d/],
  [{ endpoint: "http://s3.example" }, "RangeError", /https, or http on this machine/],
  [{ endpoint: "http://169.254.169.254" }, "RangeError", /https, or http on this machine/],
  [{ endpoint: "https://key:SECRET@s3.example" }, "RangeError", /without credentials/],
  [{ endpoint: "https://s3.example?sig=SECRET" }, "RangeError", /without credentials, query/],
  [{ endpoint: "s3.example" }, "TypeError", /^endpoint must be a URL/],
  [{ region: 5 as unknown as string }, "TypeError", /^region must be a string, got number$/],
  [
    { region: "eu-west-1", pathStyle: "yes" as unknown as boolean },
    "TypeError",
    /^pathStyle must be true or false, got string$/,
  ],
  [
    { region: "eu-west-1", credentials: { accessKeyId: "key", secretAccessKey: "SECRET\n" } },
    "RangeError",
    /^The credentials' secretAccessKey must be visible ASCII/,
  ],
  [
    { region: "eu-west-1", credentials: { accessToken: "SECRET" } },
    "TypeError",
    /^The credentials must be \{ accessKeyId, secretAccessKey, sessionToken\? \}$/,
  ],
  [
    { url: "az://account/locks/k", credentials: { sasToken: "sv=1&sig=SECRET SECRET" } },
    "RangeError",
    /^The credentials' sasToken must be/,
  ],
  [{ ...EU, requestTimeout: 0 }, "RangeError", /requestTimeout/],
  [{ ...EU, requestTimeout: NaN }, "RangeError", /requestTimeout/],
];

for (const name of ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]) {
  Deno.test(`a store names ${name} if it refuses its address`, () => {
    for (const url of ["http://s3.example", "s3.example"]) {
      const environment = environmentOf({ [name]: url });
      const message = new RegExp(`^${name} must be `);
      assert.throws(() => resolveOptions({ url: "s3://locks/k", environment }), { message });
    }
  });
}

for (const [options, name, message] of WRONG) {
  Deno.test(`a store refuses ${JSON.stringify(options).replaceAll("SECRET", "…")} with a sentence`, () => {
    const make = () =>
      resolveOptions({ url: "s3://locks/k", environment: environmentOf({}), ...options });
    assert.throws(make, (error: Error) => {
      assert.equal(error.name, name);
      assert.match(error.message, message);
      assert.ok(!error.message.includes("SECRET"));
      return true;
    });
  });
}

Deno.test("a store names its object, and the endpoint if there is one", () => {
  const describe = (options: Partial<BucketOptions>) =>
    new BucketStore({ url: "s3://locks/k", environment: environmentOf({}), ...options }).describe();
  assert.equal(describe({ region: "eu-west-1" }), "s3://locks/k");
  assert.equal(describe({ endpoint: "https://s3.example/path" }), "s3://locks/k at s3.example");
  assert.equal(describe({ url: "gs://locks/a\u202e" }), "gs://locks/a\\u{202e}");
});

Deno.test("Tigris is asked for consistency, by reads and writes", async () => {
  const asked: (string | null)[] = [];
  const store = new BucketStore({
    url: "s3://locks/k",
    endpoint: "https://t3.storage.dev",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    clock: new FakeClock(),
    fetch: (request) => {
      asked.push(request.headers.get("x-tigris-consistent"));
      const headers = { etag: `"${asked.length}"` };
      return Promise.resolve(new Response(request.method === "GET" ? "{}" : null, { headers }));
    },
    environment: environmentOf({}),
  });
  await store.read();
  await store.checkAccess().catch(() => {});
  assert.ok(asked.length > 2);
  assert.deepEqual(new Set(asked), new Set(["true"]));
});
