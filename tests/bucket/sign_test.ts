import assert from "node:assert/strict";
import { createHash, createVerify, generateKeyPairSync } from "node:crypto";
import { signJwt } from "../../bucket/sign/jwt.ts";
import { signSharedKey } from "../../bucket/sign/shared_key.ts";
import { authorize, percentEncode, signingKey, signS3 } from "../../bucket/sign/sigv4.ts";

const EMPTY = new Uint8Array();
const encode = (text: string) => new TextEncoder().encode(text);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The key and the instant of every example in the documentation of S3. */
const S3_KEY = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const S3_SCOPE = { region: "us-east-1", time: Date.UTC(2013, 4, 24) };
const S3_HOST = "https://examplebucket.s3.amazonaws.com";

/** The examples "Signature Calculations for the Authorization Header" of the documentation of S3. */
const S3_EXAMPLES = [
  {
    name: "GET Object",
    request: { method: "GET", path: "/test.txt", headers: { range: "bytes=0-9" }, body: "" },
    signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  {
    name: "PUT Object",
    request: {
      method: "PUT",
      path: "/test%24file.text",
      headers: {
        date: "Fri, 24 May 2013 00:00:00 GMT",
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
      },
      body: "Welcome to Amazon S3.",
    },
    signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  {
    name: "GET Bucket Lifecycle",
    request: { method: "GET", path: "/?lifecycle", headers: {}, body: "" },
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  {
    name: "GET Bucket (List Objects)",
    request: { method: "GET", path: "/?max-keys=2&prefix=J", headers: {}, body: "" },
    signedHeaders: "host;x-amz-content-sha256;x-amz-date",
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
];

for (const { name, request, signedHeaders, signature } of S3_EXAMPLES) {
  Deno.test(`signS3() signs the example "${name}" of the documentation as it does`, () => {
    const { method, path, headers, body } = request;
    const unsigned = { method, url: new URL(S3_HOST + path), headers, body: encode(body) };
    const signed = signS3(unsigned, S3_KEY, S3_SCOPE);
    assert.equal(
      signed["authorization"],
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
        `SignedHeaders=${signedHeaders}, Signature=${signature}`,
    );
    assert.equal(signed["x-amz-date"], "20130524T000000Z");
    assert.equal(signed["x-amz-content-sha256"], sha256(body));
    for (const [header, value] of Object.entries(headers)) assert.equal(signed[header], value);
  });
}

/** Cases of the generic test suite of Signature Version 4, by the names that they have there. */
const SUITE: readonly [name: string, method: string, path: string, signature: string][] = [
  ["get-vanilla", "GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  [
    "get-vanilla-query-order-key-case",
    "GET",
    "/?Param2=value2&Param1=value1",
    "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  ],
  ["post-vanilla", "POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
];

for (const [name, method, path, signature] of SUITE) {
  Deno.test(`authorize() signs the case ${name} of the test suite as it does`, () => {
    const authorization = authorize(
      {
        method,
        url: new URL(`https://example.amazonaws.com${path}`),
        headers: { "X-Amz-Date": "20150830T123600Z" },
        body: EMPTY,
      },
      {
        accessKeyId: "AKIDEXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      },
      { region: "us-east-1", service: "service", time: Date.UTC(2015, 7, 30, 12, 36) },
    );
    assert.equal(
      authorization,
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
        `SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
  });
}

Deno.test("signingKey() derives the key of the documentation's example", () => {
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const key = signingKey(secret, "20120215", { region: "us-east-1", service: "iam" });
  assert.equal(
    Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d",
  );
});

Deno.test("signS3() signs conditions, the content type and a session token", () => {
  const headers = {
    "if-match": '"1"',
    "if-none-match": "*",
    "content-type": "application/json",
  };
  const request = { method: "PUT", url: new URL(`${S3_HOST}/key`), headers, body: encode("{}") };
  const signed = signS3(request, { ...S3_KEY, sessionToken: "session" }, S3_SCOPE);
  assert.match(
    signed["authorization"] ?? "",
    /SignedHeaders=content-type;host;if-match;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-security-token,/,
  );
  assert.equal(signed["x-amz-security-token"], "session");
  for (const name of Object.keys(headers)) {
    const other = { ...request, headers: { ...headers, [name]: "else" } };
    const { authorization } = signS3(other, { ...S3_KEY, sessionToken: "session" }, S3_SCOPE);
    assert.notEqual(authorization, signed["authorization"], name);
  }
});

Deno.test("signS3() signs the port of a host, unless it is the protocol's own", () => {
  const sign = (url: string) =>
    signS3({ method: "GET", url: new URL(url), headers: {}, body: EMPTY }, S3_KEY, S3_SCOPE)
      .authorization;
  assert.notEqual(sign("https://s3.example:444/b/k"), sign("https://s3.example/b/k"));
  assert.equal(sign("https://s3.example:443/b/k"), sign("https://s3.example/b/k"));
});

Deno.test("percentEncode() leaves only letters, digits and -._~ as they are", () => {
  assert.equal(percentEncode("aZ09-._~"), "aZ09-._~");
  assert.equal(percentEncode("!'()*/ +%ß$"), "%21%27%28%29%2A%2F%20%2B%25%C3%9F%24");
});

Deno.test("signSharedKey() signs what Azure's documentation says it does", () => {
  const { account, accountKey } = AZURITE;
  const signed = signSharedKey(
    {
      method: "PUT",
      url: new URL("https://devstoreaccount1.blob.core.windows.net/c/a%20b.json"),
      headers: {
        "content-type": "application/json",
        "if-match": '"0x1"',
        "x-ms-version": "2021-12-02",
        "x-ms-blob-type": "BlockBlob",
      },
      body: encode("{}"),
    },
    AZURITE,
    Date.UTC(2026, 0, 2, 3, 4, 5),
  );
  // Computed by another implementation over the string that the documentation of Shared Key describes.
  assert.equal(
    signed["authorization"],
    `SharedKey ${account}:${SHARED_KEY_SIGNATURE}`,
  );
  assert.equal(signed["x-ms-date"], "Fri, 02 Jan 2026 03:04:05 GMT");
  assert.ok(!JSON.stringify(signed).includes(accountKey));
});

/** The published account of Azure's emulator. */
const AZURITE = {
  account: "devstoreaccount1",
  accountKey:
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
};
const SHARED_KEY_SIGNATURE = "5ngUuQYHcXnLOThsb7cp/yjl0ZH5zF1cj0F15foFYkE=";

Deno.test("signJwt() signs with RS256 what Google exchanges for a token", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const jwt = signJwt(
    { clientEmail: "elector@project.iam.gserviceaccount.com", privateKey, privateKeyId: "kid-1" },
    {
      scope: "https://www.googleapis.com/auth/devstorage.read_write",
      audience: "https://oauth2.googleapis.com/token",
      time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    },
  );
  const [header = "", claims = "", signature = ""] = jwt.split(".");
  const decode = (part: string) => JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/")));
  assert.deepEqual(decode(header), { alg: "RS256", typ: "JWT", kid: "kid-1" });
  assert.deepEqual(decode(claims), {
    iss: "elector@project.iam.gserviceaccount.com",
    scope: "https://www.googleapis.com/auth/devstorage.read_write",
    aud: "https://oauth2.googleapis.com/token",
    iat: 1_767_323_045,
    exp: 1_767_326_645,
  });
  const verify = createVerify("RSA-SHA256").update(`${header}.${claims}`);
  assert.ok(verify.verify(publicKey, signature, "base64url"));
  assert.doesNotMatch(jwt, /[+/=]/);
});
