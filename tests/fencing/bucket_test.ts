import assert from "node:assert/strict";
import { type Fetch, StaleTokenError } from "../../lock/mod.ts";
import { updateObject } from "./bucket.ts";
import { FakeBucket } from "./fake_bucket.ts";
import { assertRefusesPausedLeader } from "./paused_leader.ts";
import { once, pausing } from "./pausing.ts";

const URL_OF_REPORT = "https://reports.s3.eu-west-1.amazonaws.com/report.json";
const PATH = "/report.json";

function keep(value: string | undefined): string | undefined {
  return value;
}

function textIn(bucket: FakeBucket): unknown {
  return JSON.parse(bucket.get(PATH) ?? "{}").value;
}

for (const method of ["GET", "PUT"]) {
  Deno.test(`a bucket refuses a leader that was paused before its ${method}`, async () => {
    const bucket = new FakeBucket();
    await assertRefusesPausedLeader({
      raise: (token) => updateObject(bucket.fetch, URL_OF_REPORT, token, keep),
      write: (token, text, pause) =>
        updateObject(pausing(bucket.fetch, method, pause), URL_OF_REPORT, token, () => text),
      read: () => textIn(bucket),
    });
    assert.equal(bucket.writes.includes("PUT 412"), method === "PUT");
  });
}

Deno.test("a bucket refuses a paused leader though its successor has only raised the fence", async () => {
  const bucket = new FakeBucket();
  await updateObject(bucket.fetch, URL_OF_REPORT, 33, () => "by the first leader");
  const raise = () => updateObject(bucket.fetch, URL_OF_REPORT, 34, keep);
  const paused = pausing(bucket.fetch, "PUT", once(raise));
  await assert.rejects(updateObject(paused, URL_OF_REPORT, 33, () => "too late"), {
    token: 33,
    highest: 34,
  });
  assert.equal(bucket.get(PATH), '{"token":34,"value":"by the first leader"}');
});

Deno.test("of two that make the object at the same time, the one with the lower token is refused", async () => {
  const bucket = new FakeBucket();
  const create = () => updateObject(bucket.fetch, URL_OF_REPORT, 34, () => "by the second leader");
  const paused = pausing(bucket.fetch, "PUT", once(create));
  await assert.rejects(updateObject(paused, URL_OF_REPORT, 33, () => "too late"), StaleTokenError);
  assert.deepEqual(bucket.writes, ["PUT 200", "PUT 412"]);
});

Deno.test("two writes of one leader at the same time are both in the object", async () => {
  const bucket = new FakeBucket();
  const add = (name: string) => (names: string[] = []) => [...names, name];
  const other = () => updateObject(bucket.fetch, URL_OF_REPORT, 33, add("other"));
  await updateObject(pausing(bucket.fetch, "PUT", once(other)), URL_OF_REPORT, 33, add("one"));
  assert.equal(bucket.get(PATH), '{"token":33,"value":["other","one"]}');
});

Deno.test("a 409 of the bucket is tried again, another refusal is not", async () => {
  const bucket = new FakeBucket();
  bucket.refusals.push(409);
  await updateObject(bucket.fetch, URL_OF_REPORT, 1, () => "one");
  assert.deepEqual(bucket.writes, ["PUT 409", "PUT 200"]);
  bucket.refusals.push(503);
  await assert.rejects(updateObject(bucket.fetch, URL_OF_REPORT, 1, () => "two"), /answered 503/);
  assert.equal(textIn(bucket), "one");
});

Deno.test("a bucket that refuses every write is given up", async () => {
  const bucket = new FakeBucket();
  bucket.refusals.push(412, 412, 412, 412, 412);
  await assert.rejects(updateObject(bucket.fetch, URL_OF_REPORT, 1, () => "one"), /5 attempts/);
});

Deno.test("a bucket that cannot be read is not written", async () => {
  const bucket = new FakeBucket();
  const fetch: Fetch = (request) =>
    request.method === "GET"
      ? Promise.resolve(new Response("SlowDown", { status: 503 }))
      : bucket.fetch(request);
  await assert.rejects(updateObject(fetch, URL_OF_REPORT, 1, () => "one"), /answered 503/);
  assert.deepEqual(bucket.writes, []);
});

for (const content of ["", "null", "{}", '{"token":"1"}', '{"token":null}', '{"token":1.5}']) {
  Deno.test(`an object that holds ${content || "nothing"} is not overwritten`, async () => {
    const bucket = new FakeBucket();
    bucket.set(PATH, content);
    await assert.rejects(updateObject(bucket.fetch, URL_OF_REPORT, 99, () => "lost"));
    assert.equal(bucket.get(PATH), content);
  });
}
