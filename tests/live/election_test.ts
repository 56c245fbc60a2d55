import assert from "node:assert/strict";
import { LOCAL_CREDENTIALS, serveBuckets } from "../../bucket/server/mod.ts";
import { LOCAL_TOKEN, serveGists } from "../../gist/server/mod.ts";
import { FakeClock } from "../../lock/mod.ts";
import { nextTurn, systemFetch } from "../../lock/system.ts";
import { lockContract } from "../contract/lock_contract.ts";
import { bucketTests } from "./bucket_tests.ts";
import { electInTurn } from "./live_election.ts";
import { type LiveSite, makeLiveWorld, makeLock } from "./live_world.ts";
import { pacedFetch } from "./paced_fetch.ts";

// What `test:github` asks of GitHub, and `test:bucket` of a bucket, is asked of the local servers here, over HTTP as well.

/** Little time passes here. */
const TIMINGS = { leaseDuration: 2_000, renewDeadline: 1_500, retryPeriod: 500, pollPeriod: 50 };

function siteAt(url: string): LiveSite {
  return { apiUrl: url, baseUrl: url, token: LOCAL_TOKEN, fetch: pacedFetch(systemFetch, 0) };
}

for (const protocol of ["rest", "git"] as const) {
  lockContract(`GistLock by ${protocol} over HTTP:`, async () => {
    const served = serveGists();
    const world = await makeLiveWorld(siteAt(served.url), protocol);
    return {
      lock: world.lock,
      async [Symbol.asyncDispose]() {
        await world[Symbol.asyncDispose]();
        await served[Symbol.asyncDispose]();
      },
    };
  }, { racers: [2], rounds: 2 });
}

Deno.test("GistLock over HTTP: two candidates lead in turn in a manually created gist", async () => {
  await using served = serveGists();
  const id = served.server.createGist({ "leader-election.json": "{}" });
  const site = siteAt(served.url);
  await electInTurn([
    makeLock(site, { id, identity: "a", requestTimeout: 500 }),
    makeLock(site, { id, identity: "b", requestTimeout: 500 }),
  ], TIMINGS);
});

const buckets = serveBuckets();
Deno.test.afterAll(() => buckets[Symbol.asyncDispose]());
const lock = "s3://locks/live.json";
buckets.server.edit(lock, "{}");
bucketTests("BucketLock over HTTP", () => ({
  url: lock,
  endpoint: buckets.url,
  credentials: LOCAL_CREDENTIALS.s3,
  requestTimeout: 500,
}), TIMINGS);

Deno.test("pacedFetch() sends one request at a time, and nothing for a while after a write", async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const fetch = pacedFetch(
    async ({ method }) => {
      sent.push(`${clock.monotonic()} ${method}`);
      await clock.sleep(10);
      if (method === "PATCH") throw new TypeError("lost");
      return new Response();
    },
    1_000,
    clock,
  );
  const url = "https://api.github.com/gists";
  const answers = ["GET", "PATCH", "GET", "GET"].map((method) =>
    fetch(new Request(url, { method }))
  );
  const failed = assert.rejects(answers[1] ?? Promise.resolve(), /lost/);
  await clock.advance(2_000);
  await Promise.all([answers[0], failed, answers[2], answers[3], nextTurn()]);
  assert.deepEqual(sent, ["0 GET", "10 PATCH", "1020 GET", "1030 GET"]);
});
