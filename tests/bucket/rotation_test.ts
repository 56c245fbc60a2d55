import assert from "node:assert/strict";
import { BucketLock } from "../../bucket/mod.ts";
import type { Dialect } from "../../bucket/address.ts";
import type { BucketCredentials, S3Credentials } from "../../bucket/credentials/credentials.ts";
import { LOCAL_CREDENTIALS } from "../../bucket/server/mod.ts";
import { LeaderElector } from "../../elector/mod.ts";
import { settle } from "../contract/world.ts";
import { campaign } from "./bucket_candidate.ts";
import { LocalBucketWorld, NO_ENVIRONMENT, recordText } from "./bucket_world.ts";

const ONE = { sessionToken: "one" };

/** The local access key with another secret, and what else is said. */
function s3(secretAccessKey: string, parts: Partial<S3Credentials> = {}) {
  return { s3: { accessKeyId: "local-key", secretAccessKey, ...parts } };
}

/** Credentials that the server takes first, and those that it takes later. */
const ROTATED: readonly [
  name: string,
  dialect: Dialect,
  before: Partial<typeof LOCAL_CREDENTIALS>,
  after: Partial<typeof LOCAL_CREDENTIALS>,
][] = [
  ["a key with its secret", "s3", {}, s3("new-secret", { accessKeyId: "new-key" })],
  ["a secret", "s3", {}, s3("new-secret")],
  ["a session token", "s3", s3("local-secret", ONE), s3("local-secret", { sessionToken: "two" })],
  ["a token", "gcs", {}, { gcs: { accessToken: "new-token" } }],
  ["an account key", "azure", {}, { azure: { accountKey: "bmV3LWtleQ==" } }],
];

for (const [name, dialect, before, after] of ROTATED) {
  Deno.test(`${name} that was rotated is fetched once, over ${dialect}, and the write lands once`, async () => {
    const world = new LocalBucketWorld(dialect, recordText("first", 1), { credentials: before });
    let current: BucketCredentials = world.server.credentials[dialect];
    let fetches = 0;
    const credentials = () => {
      fetches++;
      return Promise.resolve(current);
    };
    const store = await world.probedStore({ credentials });
    const seen = await store.read();
    world.server.credentials = { ...world.server.credentials, ...after };
    current = world.server.credentials[dialect];
    world.server.resetCounts();
    const written = await store.compareAndSwap(recordText("a", 2), seen);
    assert.equal(world.server.counts.writes, 2);
    assert.equal(fetches, 2);
    assert.deepEqual(await store.read(), written);
  });

  Deno.test(`${name} that was revoked is refused at once, over ${dialect}`, async () => {
    const world = new LocalBucketWorld(dialect, recordText("first", 1), { credentials: before });
    const { [dialect]: old } = world.server.credentials;
    const store = await world.probedStore({ credentials: () => Promise.resolve(old) });
    const seen = await store.read();
    world.server.credentials = { ...world.server.credentials, ...after };
    for (const call of [() => store.read(), () => store.compareAndSwap(recordText("a", 2), seen)]) {
      world.server.resetCounts();
      await assert.rejects(call(), {
        name: "LockAccessError",
        message: /the credentials are wrong, expired or revoked/,
      });
      const { reads, writes } = world.server.counts;
      assert.equal(reads + writes, 1);
    }
  });
}

/** Credentials, also as SDKs of clouds return them: with keys that say nothing, or without keys of their own. */
const NO_TOKEN = { accessToken: undefined };
const GIVEN: readonly [what: string, dialect: Dialect, credentials: unknown][] = [
  ["accessToken", "gcs", LOCAL_CREDENTIALS.gcs],
  ["accountKey", "azure", LOCAL_CREDENTIALS.azure],
  ["sasToken", "azure", LOCAL_CREDENTIALS.sas],
  ["a token of Entra", "azure", LOCAL_CREDENTIALS.gcs],
  ["a session token of null", "s3", { ...LOCAL_CREDENTIALS.s3, sessionToken: null }],
  ["an end of null", "s3", { ...LOCAL_CREDENTIALS.s3, expiration: null }],
  ["a token that is undefined beside a SAS", "azure", { ...LOCAL_CREDENTIALS.sas, ...NO_TOKEN }],
  ["a SAS that is null beside a key", "azure", { ...LOCAL_CREDENTIALS.azure, sasToken: null }],
  [
    "getters",
    "s3",
    Object.create({
      get accessKeyId() {
        return LOCAL_CREDENTIALS.s3.accessKeyId;
      },
      get secretAccessKey() {
        return LOCAL_CREDENTIALS.s3.secretAccessKey;
      },
    }),
  ],
];

for (const [what, dialect, credentials] of GIVEN) {
  Deno.test(`a store works with ${what} over ${dialect}, given or provided`, async () => {
    for (const given of [credentials, () => Promise.resolve(credentials)]) {
      const world = new LocalBucketWorld(dialect, recordText("first", 1));
      const store = await world.probedStore({ credentials: given as BucketCredentials });
      await store.compareAndSwap(recordText("a", 2), await store.read());
      assert.equal(world.content(), recordText("a", 2));
    }
  });
}

Deno.test("an account key that was cut off is refused as any wrong one is", async () => {
  const store = new LocalBucketWorld("azure").freshStore({ credentials: { accountKey: "a2V5a" } });
  await assert.rejects(store.read(), {
    name: "LockAccessError",
    message: /the credentials are wrong, expired or revoked/,
  });
});

for (const [name, dialect, before, after] of ROTATED) {
  Deno.test(`a term goes on while ${name} is rotated, over ${dialect}`, async () => {
    const world = new LocalBucketWorld(dialect, recordText("", 1), { credentials: before });
    const { clock, server } = world;
    let current: BucketCredentials = server.credentials[dialect];
    let fetches = 0;
    const lock = new BucketLock({
      url: world.url,
      region: "eu-central-1",
      identity: "a",
      credentials: () => {
        fetches++;
        return Promise.resolve(current);
      },
      clock,
      fetch: server.fetch,
      environment: NO_ENVIRONMENT,
    });
    const events: string[] = [];
    const elector = new LeaderElector({
      lock,
      clock,
      random: () => 0,
      onStartedLeading: ({ token, signal }) => {
        events.push(`leads ${token}`);
        return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      },
      onStoppedLeading: (_, reason) => void events.push(reason),
    });
    const stop = new AbortController();
    const campaign = elector.run({ signal: stop.signal });
    await clock.advance(60_000);
    assert.deepEqual(events, ["leads 2"]);
    assert.equal(fetches, 1);
    // The new credentials come some renewals late, and still in time.
    const fresh = { ...server.credentials, ...after };
    server.credentials = fresh;
    await clock.advance(elector.timings.retryPeriod + 1_000);
    current = fresh[dialect];
    await clock.advance(5 * elector.timings.leaseDuration);
    assert.deepEqual(events, ["leads 2"]);
    assert.equal(elector.status().lastError, undefined);
    stop.abort();
    await settle(clock, campaign);
  });
}

Deno.test("a term goes on where a provider hangs once while its token is revoked", async () => {
  const world = new LocalBucketWorld("gcs", recordText("", 1));
  let provide = () => Promise.resolve(LOCAL_CREDENTIALS.gcs);
  const a = campaign(world, world.freshLock("a", { credentials: () => provide() }));
  await world.clock.advance(5_000);
  const gcs = { accessToken: "new-token" };
  world.server.credentials = { ...world.server.credentials, gcs };
  provide = () => {
    provide = () => Promise.resolve(gcs);
    return new Promise(() => {});
  };
  await world.clock.advance(60_000);
  assert.deepEqual(a.ends, []);
  assert.equal(a.elector.isLeader(), true);
  a.stop();
  await world.clock.advance(1_000);
});
