import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { defaultCredentials } from "../../bucket/credentials/default.ts";
import type {
  BucketCredentials,
  CredentialProvider,
} from "../../bucket/credentials/credentials.ts";
import type { Dialect } from "../../bucket/address.ts";
import { FakeClock, type Fetch, LockAccessError, LockUnavailableError } from "../../lock/mod.ts";

/** What a service of the cloud is asked, and what it answers. */
interface Exchange {
  /** The method and the address. */
  readonly request: string;
  /** Headers that the request must have. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of a form that the request must have. */
  readonly form?: Readonly<Record<string, string>>;
  /** The answer: a text or JSON; with status 200 if nothing else is said. */
  readonly answer: unknown;
  readonly status?: number;
  readonly answerHeaders?: Readonly<Record<string, string>>;
}

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const IN_AN_HOUR = new Date(NOW + 3_600_000);

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

const KEY_FILE = {
  type: "service_account",
  client_email: "elector@project.iam.gserviceaccount.com",
  private_key_id: "kid",
  private_key: privateKey,
  token_uri: "https://oauth2.googleapis.com/token",
};

/** The files of a pod. */
const FILES: Record<string, string> = {
  "/token": "pod-token\n",
  "/key.json": JSON.stringify(KEY_FILE),
};

/** The provider that an environment leads to. */
function providerOf(
  dialect: Dialect,
  variables: Record<string, string>,
  fetch: Fetch,
  files = FILES,
): CredentialProvider {
  return defaultCredentials(dialect, dialect === "s3" ? "eu-west-1" : "", {
    clock: new FakeClock(),
    environment: {
      get: (name) => variables[name],
      readFile: (path) => {
        const file = files[path];
        return file === undefined ? Promise.reject(new Error("ENOENT")) : Promise.resolve(file);
      },
    },
    fetch,
  });
}

/** Asks it, with services that answer as they are told. */
async function provide(
  dialect: Dialect,
  variables: Record<string, string>,
  exchanges: readonly Exchange[] = [],
  files = FILES,
): Promise<BucketCredentials> {
  const left = [...exchanges];
  const fetch = async (request: Request) => {
    const next = left.shift();
    assert.ok(next, `nobody expects ${request.method} ${request.url}`);
    assert.equal(`${request.method} ${request.url}`, next.request);
    for (const [name, value] of Object.entries(next.headers ?? {})) {
      assert.equal(request.headers.get(name), value, name);
    }
    const form = new URLSearchParams(await request.text());
    for (const [name, value] of Object.entries(next.form ?? {})) {
      assert.equal(form.get(name), value, name);
    }
    const body = typeof next.answer === "string" ? next.answer : JSON.stringify(next.answer);
    return new Response(body, { status: next.status ?? 200, headers: next.answerHeaders ?? {} });
  };
  const credentials = await providerOf(dialect, variables, fetch, files)();
  assert.deepEqual(left, []);
  return credentials;
}

const KEY = {
  AccessKeyId: "ASIA1",
  SecretAccessKey: "secret",
  Token: "session",
  Expiration: IN_AN_HOUR.toISOString(),
};
const READ_KEY = {
  accessKeyId: "ASIA1",
  secretAccessKey: "secret",
  sessionToken: "session",
  expiration: IN_AN_HOUR,
};

Deno.test("S3: reads static keys, with and without a session token", async () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "secret" };
  const read = { accessKeyId: "AKIA1", secretAccessKey: "secret" };
  // They come before everything else.
  const others = { AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: "role" };
  assert.deepEqual(await provide("s3", { ...keys, ...others }), read);
  const temporary = { ...keys, AWS_SESSION_TOKEN: "session" };
  assert.deepEqual(await provide("s3", temporary), { ...read, sessionToken: "session" });
  for (const name of Object.keys(keys)) {
    await assert.rejects(provide("s3", { ...keys, [name]: "" }), {
      name: "LockAccessError",
      message: `No complete access key: set ${name}, too`,
    });
  }
});

Deno.test("S3: asks EKS Pod Identity, with the token of its file", async () => {
  const url = "http://169.254.170.23/v1/credentials";
  const variables = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token",
  };
  const headers = { authorization: "pod-token" };
  const exchange = { request: `GET ${url}`, headers, answer: KEY };
  assert.deepEqual(await provide("s3", variables, [exchange]), READ_KEY);
});

Deno.test("S3: asks ECS by a path, with the token of a variable or none", async () => {
  const variables = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/1" };
  const request = "GET http://169.254.170.2/v2/credentials/1";
  assert.deepEqual(await provide("s3", variables, [{ request, answer: KEY }]), READ_KEY);
  await provide("s3", { ...variables, AWS_CONTAINER_AUTHORIZATION_TOKEN: "Basic abc" }, [
    { request, headers: { authorization: "Basic abc" }, answer: KEY },
  ]);
});

Deno.test("S3: asks a container's service by plain http at the fixed hosts and this machine only", async () => {
  const ask = (url: string) =>
    provide("s3", { AWS_CONTAINER_CREDENTIALS_FULL_URI: url }, [
      { request: `GET ${new URL(url).href}`, answer: KEY },
    ]);
  const right = [
    "http://169.254.170.2/",
    "http://169.254.170.23/x",
    "http://[fd00:ec2::23]/x",
    "http://localhost:8080/",
    "http://127.0.0.1/",
    "http://[::1]/",
    "https://anywhere.example/x",
  ];
  for (const url of right) await ask(url);
  const wrong = [
    "http://anywhere.example/",
    "http://169.254.170.24/",
    "http://169.254.169.254.evil.example/",
    "http://10.0.0.1/",
    "https://name:pass@anywhere.example/",
    "file:///etc/passwd",
  ];
  const message = /^AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http on thi(?!.*pass@)/;
  for (const url of wrong) {
    await assert.rejects(ask(url), { name: "LockAccessError", message });
  }
});

const STS_ANSWER =
  `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
  <SessionToken>session</SessionToken><SecretAccessKey>secret</SecretAccessKey>
  <Expiration>${IN_AN_HOUR.toISOString()}</Expiration><AccessKeyId>ASIA1</AccessKeyId>
  </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;

Deno.test("S3: exchanges a web identity (IRSA) in the region's STS", async () => {
  const variables = {
    AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
    AWS_ROLE_ARN: "arn:aws:iam::1:role/elector",
  };
  const form = {
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: "arn:aws:iam::1:role/elector",
    RoleSessionName: "leader-election",
    WebIdentityToken: "pod-token",
  };
  const exchange = {
    request: "POST https://sts.eu-west-1.amazonaws.com/",
    form,
    answer: STS_ANSWER,
  };
  assert.deepEqual(await provide("s3", variables, [exchange]), READ_KEY);
  const url = "https://sts.example/x";
  const named = { ...variables, AWS_ROLE_SESSION_NAME: "pod-1", AWS_ENDPOINT_URL_STS: url };
  await provide("s3", named, [
    { ...exchange, request: `POST ${url}`, form: { ...form, RoleSessionName: "pod-1" } },
  ]);
  await assert.rejects(provide("s3", { AWS_WEB_IDENTITY_TOKEN_FILE: "/token" }), {
    message: "No role for the web identity: set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE",
  });
  await assert.rejects(provide("s3", variables, [], {}), {
    message: 'Cannot read the file "/token", which AWS_WEB_IDENTITY_TOKEN_FILE names',
  });
});

/** The requests of IMDSv2. */
function instance(base: string, answers: { role?: string; key?: unknown }): Exchange[] {
  const path = `${base}/latest/meta-data/iam/security-credentials/`;
  const headers = { "x-aws-ec2-metadata-token": "imds-session" };
  return [
    {
      request: `PUT ${base}/latest/api/token`,
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": "300" },
      answer: "imds-session",
    },
    { request: `GET ${path}`, headers, answer: answers.role ?? "elector-role" },
    ...("key" in answers
      ? [{ request: `GET ${path}elector-role`, headers, answer: answers.key }]
      : []),
  ];
}

Deno.test("S3: asks the instance's role by IMDSv2", async () => {
  const exchanges = instance("http://169.254.169.254", { key: { Code: "Success", ...KEY } });
  assert.deepEqual(await provide("s3", {}, exchanges), READ_KEY);
  const ipv6 = { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "IPv6" };
  await provide("s3", ipv6, instance("http://[fd00:ec2::254]", { key: KEY }));
  await assert.rejects(provide("s3", { AWS_EC2_METADATA_DISABLED: "true" }), {
    message: /^No AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give/,
  });
  const evil = { AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://evil.example" };
  await assert.rejects(provide("s3", evil), { name: "LockAccessError" });
  await assert.rejects(provide("s3", {}, instance("http://169.254.169.254", { role: "../x" })), {
    message: "No AWS credentials: the EC2 instance has no role",
  });
});

Deno.test("S3: an end is moved to our own clock, by the answer's date", async () => {
  const variables = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/" };
  for (const hours of [-3, 0, 5]) {
    const ahead = hours * 3_600_000;
    const credentials = await provide("s3", variables, [{
      request: "GET http://169.254.170.2/",
      answer: { ...KEY, Expiration: new Date(+IN_AN_HOUR + ahead).toISOString() },
      answerHeaders: { date: new Date(NOW + ahead).toUTCString() },
    }]);
    assert.deepEqual(credentials, READ_KEY);
  }
});

const TOKEN = { access_token: "ya29.token", expires_in: 3_600, token_type: "Bearer" };
const READ_TOKEN = { accessToken: "ya29.token", expiration: IN_AN_HOUR };

Deno.test("GCS: takes an access token as it is", async () => {
  const variables = { GOOGLE_OAUTH_ACCESS_TOKEN: "ya29.token" };
  assert.deepEqual(await provide("gcs", variables), { accessToken: "ya29.token" });
});

Deno.test("GCS: asks the metadata server, and no other server at its address", async () => {
  const path = "/computeMetadata/v1/instance/service-accounts/default/token";
  const exchange = {
    request: `GET http://metadata.google.internal${path}`,
    headers: { "metadata-flavor": "Google" },
    answer: TOKEN,
    answerHeaders: { "metadata-flavor": "Google" },
  };
  assert.deepEqual(await provide("gcs", {}, [exchange]), READ_TOKEN);
  const stranger = { ...exchange, answerHeaders: {} };
  await assert.rejects(provide("gcs", {}, [stranger]), LockUnavailableError);
  const at = (host: string, exchanges?: Exchange[]) =>
    provide("gcs", { GCE_METADATA_HOST: host }, exchanges);
  const other = { ...exchange, request: `GET http://127.0.0.1:8080${path}` };
  assert.deepEqual(await at("127.0.0.1:8080", [other]), READ_TOKEN);
  for (const host of ["evil.example", "169.254.169.254@evil.example", "evil.example/#"]) {
    await assert.rejects(at(host), LockAccessError);
  }
});

const WITH_FILE = { GOOGLE_APPLICATION_CREDENTIALS: "/key.json" };
const EXCHANGE = {
  request: "POST https://oauth2.googleapis.com/token",
  form: { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer" },
  answer: TOKEN,
};

Deno.test("GCS: exchanges what a service account has signed", async () => {
  assert.deepEqual(await provide("gcs", WITH_FILE, [EXCHANGE]), READ_TOKEN);
});

Deno.test("GCS: signs again with Google's time if ours is wrong, once", async () => {
  const refused = {
    ...EXCHANGE,
    status: 400,
    answer: { error: "invalid_grant", error_description: "Invalid JWT: Token must be short-lived" },
    answerHeaders: { date: new Date(NOW + 3_600_000).toUTCString() },
  };
  assert.deepEqual(await provide("gcs", WITH_FILE, [refused, EXCHANGE]), READ_TOKEN);
  await assert.rejects(provide("gcs", WITH_FILE, [refused, refused]), {
    name: "LockAccessError",
    message: /Google's token service: status 400, "Invalid JWT: Token must be short-lived"$/,
  });
  const onTime = { ...refused, answerHeaders: { date: new Date(NOW).toUTCString() } };
  await assert.rejects(provide("gcs", WITH_FILE, [onTime]), LockAccessError);
});

Deno.test("GCS: refuses a key file of another kind with a sentence, and quotes none of it", async () => {
  const wrong: readonly [file: unknown, message: RegExp][] = [
    ["gone fishing", /must be the key of a service account/],
    [{ ...KEY_FILE, type: "external_account" }, /pass a function that returns an/],
    [{ ...KEY_FILE, client_email: undefined }, /has no client_email or private_key/],
    [{ ...KEY_FILE, private_key: "SECRET" }, /must be an RSA key in PEM/],
    [{ ...KEY_FILE, token_uri: "http://evil.example" }, /^token_uri must be https/],
  ];
  for (const [file, message] of wrong) {
    const text = typeof file === "string" ? file : JSON.stringify(file);
    const error = await provide("gcs", WITH_FILE, [], { "/key.json": text }).catch((error) =>
      error
    );
    assert.ok(error instanceof LockAccessError, String(error));
    assert.match(error.message, message);
    assert.ok(!Deno.inspect(error).includes("SECRET"));
  }
});

Deno.test("Azure: takes a SAS or an account key as it is", async () => {
  const sasToken = "?sv=1&sig=x";
  assert.deepEqual(await provide("azure", { AZURE_STORAGE_SAS_TOKEN: sasToken }), { sasToken });
  const accountKey = "a2V5";
  assert.deepEqual(await provide("azure", { AZURE_STORAGE_KEY: accountKey }), { accountKey });
});

Deno.test("Azure: exchanges a workload identity", async () => {
  const variables = {
    AZURE_CLIENT_ID: "client",
    AZURE_TENANT_ID: "tenant",
    AZURE_FEDERATED_TOKEN_FILE: "/token",
  };
  const form = {
    client_id: "client",
    scope: "https://storage.azure.com/.default",
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: "pod-token",
  };
  const request = "POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token";
  const exchange = { request, form, answer: TOKEN };
  assert.deepEqual(await provide("azure", variables, [exchange]), READ_TOKEN);
  const china = { ...variables, AZURE_AUTHORITY_HOST: "https://login.chinacloudapi.cn/" };
  const there = request.replace("microsoftonline.com", "chinacloudapi.cn");
  await provide("azure", china, [{ ...exchange, request: there }]);
  for (const name of ["AZURE_CLIENT_ID", "AZURE_TENANT_ID"]) {
    await assert.rejects(provide("azure", { ...variables, [name]: "" }), {
      message: /^No workload identity: set AZURE_TENANT_ID and AZURE_CLIENT_ID/,
    });
  }
});

Deno.test("Azure: asks the machine's managed identity, or one of several", async () => {
  const base = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01" +
    "&resource=https%3A%2F%2Fstorage.azure.com%2F";
  const answer = { ...TOKEN, expires_in: "3600" };
  const headers = { metadata: "true" };
  const exchange = { request: `GET ${base}`, headers, answer };
  assert.deepEqual(await provide("azure", {}, [exchange]), READ_TOKEN);
  const one = { ...exchange, request: `GET ${base}&client_id=id` };
  await provide("azure", { AZURE_CLIENT_ID: "id" }, [one]);
});

/** One environment for each service that is asked. */
const SERVICES: readonly [dialect: Dialect, variables: Record<string, string>][] = [
  ["s3", {}],
  ["s3", { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/" }],
  ["s3", { AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: "role" }],
  ["gcs", {}],
  ["gcs", WITH_FILE],
  ["azure", {}],
  ["azure", { AZURE_CLIENT_ID: "c", AZURE_TENANT_ID: "t", AZURE_FEDERATED_TOKEN_FILE: "/token" }],
];

function stsError(code: string): string {
  return `<Error><Code>${code}</Code><Message>no</Message></Error>`;
}

Deno.test("what a service refuses is an access error, and anything else is worth another try", async () => {
  const answers: readonly [status: number, text: string, name: string][] = [
    [403, "{}", "LockAccessError"],
    [403, '{"message":"role/rate-limiter"}', "LockAccessError"],
    [404, "{}", "LockAccessError"],
    [429, "{}", "LockUnavailableError"],
    // Azure's metadata service is being updated; AWS STS has too much to do, or cannot reach an issuer.
    [410, "{}", "LockUnavailableError"],
    [400, stsError("Throttling"), "LockUnavailableError"],
    [400, stsError("IDPCommunicationError"), "LockUnavailableError"],
    [400, stsError("ExpiredTokenException"), "LockAccessError"],
    [500, "{}", "LockUnavailableError"],
    [200, "{ ", "LockUnavailableError"],
  ];
  for (const [dialect, variables] of SERVICES) {
    for (const [status, text, name] of answers) {
      const answer = () => Promise.resolve(new Response(text, { status }));
      const error = await providerOf(dialect, variables, answer)().catch((error) => error);
      // A role's name is asked for first, by plain text.
      const isRole = /has no role|none, or of another/.test(String(error));
      assert.ok(error.name === name || isRole, String(error));
    }
    const refuse = () => Promise.reject(new TypeError("connection refused"));
    await assert.rejects(providerOf(dialect, variables, refuse)(), LockUnavailableError);
  }
});
