import assert from "node:assert/strict";
import { formatBucketUrl, parseBucketUrl } from "../../bucket/address.ts";

const RIGHT = {
  "s3://my-bucket/lock.json": {
    dialect: "s3",
    account: "",
    bucket: "my-bucket",
    key: "lock.json",
  },
  "s3://a.b-c.9/folder/a b%20c+d.json": {
    dialect: "s3",
    account: "",
    bucket: "a.b-c.9",
    key: "folder/a b%20c+d.json",
  },
  "gs://under_score/ä/…": { dialect: "gcs", account: "", bucket: "under_score", key: "ä/…" },
  "az://account1/con-tainer/blob/x": {
    dialect: "azure",
    account: "account1",
    bucket: "con-tainer",
    key: "blob/x",
  },
} as const;

for (const [url, address] of Object.entries(RIGHT)) {
  Deno.test(`parseBucketUrl() reads ${url}, and formatBucketUrl() writes it again`, () => {
    assert.deepEqual(parseBucketUrl(url), address);
    assert.equal(formatBucketUrl(address), url);
  });
}

const WRONG: readonly [url: string, sentence: RegExp][] = [
  ["", /^url must be s3:\/\/BUCKET\/KEY, gs:.* or az:.*BLOB, got ""$/],
  ["https://bucket.s3.amazonaws.com/key", /^url must be s3:.*, got "https:/],
  ["S3://bucket/key", /^url must be s3:.*, got "S3:/],
  ["s3://bucket", /^url must be s3:.*, got "s3:\/\/bucket"$/],
  ["az://account/container", /^url must be s3:.*, got "az:/],
  ["s3://bucket/", /^The key must not be empty, got ""$/],
  ["az://account/container/", /^The key must not be empty/],
  ["s3://bucket/a?versionId=1", /^url must not contain "\?" or "#": /],
  ["s3://bucket/a#b", /^url must not contain "\?" or "#": /],
  ["s3://bucket//key", /^The key must not have a segment that is empty/],
  ["s3://bucket/a//b", /^The key must not have a segment that is empty/],
  ["s3://bucket/a/", /^The key must not have a segment that is empty/],
  ["s3://bucket/../other/key", /^The key must not have a segment that is empty, "\." or "\.\."/],
  ["s3://bucket/a/./b", /^The key must not have a segment that is empty, "\." or "\.\."/],
  ["s3://bucket/a\nb", /^The key must not contain control characters or backslashes.*\\u\{a\}/],
  ["gs://bucket/..\\other", /^The key must not contain control characters or backslashes/],
  ["s3://bucket/lock.probe", /^The key must not end in "\.probe", which names the object that/],
  ["gs://bucket/lock.probe", /^The key must not end in "\.probe"/],
  ["az://account/container/.probe", /^The key must not end in "\.probe"/],
  [`s3://bucket/${"k".repeat(1_019)}`, /^The key must be at most 1018 bytes long, as "\.probe"/],
  [`s3://bucket/${"ß".repeat(510)}`, /^The key must be at most 1018 bytes long/],
  ["s3://ab/key", /^The name of an S3 bucket must be 3 to 63 lower case .*, got "ab"$/],
  ["s3://Bucket/key", /^The name of an S3 bucket must be/],
  ["s3://under_score/key", /^The name of an S3 bucket must be/],
  ["s3://a..b/key", /^The name of an S3 bucket must be/],
  ["s3://-ab/key", /^The name of an S3 bucket must be/],
  ["s3://user:pass@bucket/key", /^The name of an S3 bucket must be/],
  ["s3://arn:aws:s3::1:accesspoint/key", /^The name of an S3 bucket must be/],
  ["s3://fast--euw1-az1--x-s3/key", /^The bucket must be a general purpose bucket/],
  ["s3://mfzwi23gnjvgw.mrap/key", /^The bucket must be a single bucket, got the multi-region/],
  ["gs://goo/../key", /^The key must not have a segment/],
  ["gs://-goog/key", /^The name of a GCS bucket must be 3 to 222/],
  ["az://Account/container/blob", /^The name of an Azure account must be 3 to 24/],
  ["az://account/con--tainer/blob", /^The name of an Azure container must be 3 to 63/],
  ["az://account/$root/blob", /^The name of an Azure container must be/],
];

for (const [url, sentence] of WRONG) {
  Deno.test(`parseBucketUrl() refuses ${JSON.stringify(url).slice(0, 60)} with a sentence`, () => {
    assert.throws(() => parseBucketUrl(url), { name: "RangeError", message: sentence });
  });
}

Deno.test("parseBucketUrl() refuses what is not a string", () => {
  assert.throws(() => parseBucketUrl(undefined), {
    name: "TypeError",
    message: /^No url: pass s3:/,
  });
  for (const url of [null, 5, new URL("s3://bucket/key")]) {
    assert.throws(() => parseBucketUrl(url), { name: "TypeError", message: /^url must be a str/ });
  }
});

Deno.test("parseBucketUrl() quotes neither a signature nor a password", () => {
  for (
    const url of [
      "https://a.blob.core.windows.net/c/b?sv=1&sig=SECRET",
      "az://account/container/blob?sig=SECRET",
      "https://name:SECRET@host/bucket",
      "s3://key:SECRET@bucket/k",
    ]
  ) {
    assert.throws(() => parseBucketUrl(url), (error: Error) => !error.message.includes("SECRET"));
  }
});
