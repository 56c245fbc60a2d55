import assert from "node:assert/strict";
import { GITHUB_LIMITS as PLANNED } from "../../../cli/output/cost.ts";
import { GistServer, GITHUB_LIMITS, type RateLimits } from "../../../gist/server/mod.ts";
import { FakeClock } from "../../../lock/mod.ts";
import { ask, write as edit } from "./ask.ts";

const HOUR_MS = 3_600_000;
/** The end of the first hour, in seconds. */
const RESET = String((Date.UTC(2026, 0, 2, 3, 4, 5) + HOUR_MS) / 1_000);

function setUp(limits: Partial<RateLimits> = {}) {
  const clock = new FakeClock();
  const server = new GistServer({ clock, limits, tokens: { "other-token": "other" } });
  const id = server.createGist({ a: "0" });
  let edits = 0;
  const read = (token: string | null = "local-token", headers: Record<string, string> = {}) =>
    ask(server, `/gists/${id}`, { token, headers });
  const write = () => ask(server, `/gists/${id}`, edit(String(++edits)));
  return { clock, server, id, read, write };
}

function rateHeaders(headers: Headers): (string | null)[] {
  const names = ["limit", "remaining", "used", "reset", "resource"];
  return names.map((name) => headers.get(`x-ratelimit-${name}`));
}

Deno.test("each answer reports the state of the primary limit", async () => {
  const { clock, read, write } = setUp();

  await read();
  clock.skip(2_500);
  const { headers } = await write();

  assert.deepEqual(rateHeaders(headers), ["5000", "4998", "2", RESET, "core"]);
});

Deno.test("a 304 costs nothing with a token, and one request without", async () => {
  const { read } = setUp();
  const cost = async (token: string | null) => {
    const first = await read(token);
    const second = await read(token, { "if-none-match": first.headers.get("etag") ?? "" });
    return [second.status, second.headers.get("x-ratelimit-used")];
  };
  assert.deepEqual(await cost("local-token"), [304, "1"]);
  assert.deepEqual(await cost(null), [304, "2"]);
});

Deno.test("the primary limit refuses until the hour is over, for one account only", async () => {
  const { clock, read, write } = setUp({ requestsPerHour: 3, anonymousRequestsPerHour: 1 });
  for (let request = 0; request < 3; request++) await read();
  await read(null);
  clock.skip(HOUR_MS - 1);

  const refused = await write();
  const anonymous = await read(null);
  const other = await read("other-token");
  clock.skip(1);
  const later = await read();

  assert.equal(refused.status, 403);
  assert.equal(refused.json.message, "API rate limit exceeded for user ID 1.");
  assert.deepEqual(rateHeaders(refused.headers), ["3", "0", "3", RESET, "core"]);
  assert.equal(refused.headers.get("retry-after"), null);
  assert.deepEqual([anonymous.status, other.status, later.status], [403, 200, 200]);
  assert.match(
    anonymous.json.message,
    /^API rate limit exceeded for 127\.0\.0\.1\. \(But here's the good/,
  );
});

Deno.test("a write costs five points a minute, a read one", async () => {
  const { clock, read, write } = setUp({ pointsPerMinute: 11 });
  const statuses = [];
  for (const request of [write, read, write, read]) {
    statuses.push((await request()).status);
    clock.skip(1_000);
  }
  const refused = await write();
  clock.skip(60_000 - 4_000);
  const later = await write();

  assert.deepEqual(statuses, [200, 200, 200, 403]);
  assert.match(refused.json.message, /^You have exceeded a secondary rate limit\. Please wait/);
  assert.equal(refused.headers.get("retry-after"), "56");
  assert.notEqual(refused.headers.get("x-ratelimit-remaining"), "0");
  assert.equal(later.status, 200);
});

Deno.test("writes are limited by the minute and by the hour", async () => {
  const { clock, read, server, id, write } = setUp({ creationsPerMinute: 2, creationsPerHour: 3 });
  assert.deepEqual([(await write()).status, (await write()).status], [200, 200]);
  const minute = await write();
  assert.equal((await read()).status, 200);
  clock.skip(60_000);
  assert.equal((await write()).status, 200);
  const hour = await write();
  clock.skip(HOUR_MS - 60_000);
  assert.equal((await write()).status, 200);

  assert.match(
    minute.json.message,
    /secondary rate limit and have been temporarily blocked from content/,
  );
  assert.equal(minute.headers.get("retry-after"), "60");
  assert.equal(hour.headers.get("retry-after"), "3540");
  assert.equal(server.revisions(id).length, 5);
});

Deno.test("a secondary limit need not say for how long", async () => {
  const { read } = setUp({ pointsPerMinute: 0, retryAfter: false });
  await read();
  const refused = await read();
  assert.equal(refused.status, 403);
  assert.equal(refused.headers.get("retry-after"), null);
});

Deno.test("a limit of Infinity lets everything through", async () => {
  const { read } = setUp({ pointsPerMinute: Infinity, requestsPerHour: Infinity });
  for (let request = 0; request < 1_000; request++) assert.equal((await read()).status, 200);
});

Deno.test("the server holds to the limits that elector plan estimates by", () => {
  const { requestsPerHour, pointsPerMinute, creationsPerHour: writesPerHour } = GITHUB_LIMITS;
  const known = { requestsPerHour, pointsPerMinute, writesPerHour };
  assert.deepEqual({ ...PLANNED, ...known }, PLANNED);
});
