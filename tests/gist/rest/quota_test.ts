import assert from "node:assert/strict";
import { readQuota } from "../../../gist/rest/quota.ts";
import { faults } from "../../../gist/server/mod.ts";
import { RateLimitError } from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { getHeld, held } from "../../contract/world.ts";

const HOUR = 3_600_000;
const DATE = "Fri, 02 Jan 2026 03:04:05 GMT";
const SECONDS = Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000;
const NOW = { monotonic: 1_000, wall: 7_000 };

const full = {
  "date": DATE,
  "x-ratelimit-remaining": "41",
  "x-ratelimit-reset": `${SECONDS + 60}`,
  "x-ratelimit-resource": "core",
};

type Found = [remaining: number, resetAt: number];

const CASES: readonly [what: string, headers: Record<string, string | undefined>, Found?][] = [
  ["all headers", {}, [41, 61_000]],
  ["no resource, as on older servers", { "x-ratelimit-resource": undefined }, [41, 61_000]],
  ["another resource", { "x-ratelimit-resource": "search" }],
  ["no date: by our wall clock", { date: undefined, "x-ratelimit-reset": "67" }, [41, 61_000]],
  ["a reset in the past", { "x-ratelimit-reset": "3" }, [41, 1_000]],
  ["a reset in another century", { "x-ratelimit-reset": "9999999999" }, [41, 1_000 + 24 * HOUR]],
  ["nothing left", { "x-ratelimit-remaining": "0" }, [0, 61_000]],
  ["no number left", { "x-ratelimit-remaining": undefined }],
  ["no reset", { "x-ratelimit-reset": undefined }],
  ["a number that is none", { "x-ratelimit-remaining": "-1" }],
  ["a reset that is none", { "x-ratelimit-reset": "soon" }],
];

for (const [what, headers, found] of CASES) {
  Deno.test(`readQuota() reads ${what}`, () => {
    const all: Record<string, string | undefined> = { ...full, ...headers };
    const quota = readQuota({ get: (name) => all[name] ?? null }, NOW);
    assert.deepEqual(quota && [quota.remaining, quota.resetAt], found);
  });
}

Deno.test("GistLock.quota() follows every response: reads, 304, writes, and refusals", async () => {
  const world = new LocalGistWorld("rest", "{}", { limits: { requestsPerHour: 20 } });
  const { clock, server } = world;
  const a = world.lock("a");
  assert.equal(a.quota(), undefined);
  await clock.advance(10_000);
  const seen = await getHeld(a);
  // The gist, its history and its revision.
  assert.deepEqual(a.quota(), { remaining: 17, resetAt: 10_000 + HOUR });
  await clock.advance(5_000);
  await a.get();
  assert.deepEqual(a.quota(), { remaining: 17, resetAt: 10_000 + HOUR });
  await getHeld(world.lock("b"));
  await a.get();
  assert.equal(a.quota()?.remaining, 14);
  await a.update(held("a", 1), seen);
  assert.equal(a.quota()?.remaining, 12);
  server.inject(faults.serverError());
  await assert.rejects(a.get());
  assert.equal(a.quota()?.remaining, 12);
  server.inject(faults.primaryRateLimit(60_000));
  await assert.rejects(a.get(), RateLimitError);
  assert.deepEqual(a.quota(), { remaining: 0, resetAt: 75_000 });
});

Deno.test("GistLock.quota() is unknown once the quota is full again, and where there is none", async () => {
  const world = new LocalGistWorld("rest", "{}", { limits: {} });
  const { clock } = world;
  const a = world.lock("a");
  await a.get();
  await clock.advance(HOUR - 1);
  assert.equal(a.quota()?.resetAt, HOUR);
  await clock.advance(1);
  assert.equal(a.quota(), undefined);

  const git = new LocalGistWorld("git", "{}").lock("a");
  await git.get();
  assert.equal(git.quota(), undefined);
});
