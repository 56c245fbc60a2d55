import assert from "node:assert/strict";
import { faults, type GistServerOptions } from "../../gist/server/mod.ts";
import { RateLimitError } from "../../lock/mod.ts";
import { LocalGistWorld } from "../contract/gist_world.ts";
import { getHeld, held } from "../contract/world.ts";

function make(options: GistServerOptions = {}) {
  const world = new LocalGistWorld("rest", "{}", options);
  const { clock, server } = world;
  let sent = 0;
  const fetch = (request: Request) => {
    sent++;
    return server.fetch(request);
  };
  return { clock, server, lock: () => world.lock("a", { fetch }), sent: () => sent };
}

/** Rejected because of a rate limit that ends at that monotonic instant. */
const until = (retryAt: number) => (error: unknown) => {
  assert.ok(error instanceof RateLimitError, String(error));
  assert.equal(error.retryAt, retryAt);
  return true;
};

Deno.test("GistLock counts a rate limit by its monotonic clock, wherever the wall clock goes", async () => {
  for (const step of [-86_400_000, 86_400_000]) {
    const { clock, server, lock, sent } = make();
    const limited = lock();
    server.inject(faults.secondaryRateLimit({ retryAfter: 30 }), { kind: "read" });
    await assert.rejects(limited.get(), until(30_000));
    clock.stepWall(step);
    await clock.advance(29_999);
    await assert.rejects(limited.get(), until(30_000));
    assert.equal(sent(), 1);
    await clock.advance(1);
    await getHeld(limited);
  }
});

Deno.test("GistLock writes nothing where a write is refused over a rate limit", async () => {
  const { clock, server, lock } = make();
  const limited = lock();
  const seen = await getHeld(limited);
  server.inject(faults.secondaryRateLimit(), { kind: "write" });
  await assert.rejects(limited.update(held("a", 1), seen), RateLimitError);
  assert.deepEqual(await getHeld(lock()), seen);
  await clock.advance(60_000);
  assert.equal((await limited.update(held("a", 1), seen)).own, true);
});

Deno.test("GistLock is let in again as soon as the server's own limit allows", async () => {
  const { clock, server, lock } = make({ limits: { creationsPerMinute: 3 } });
  const limited = lock();
  // Making the gist was the first write.
  let seen = await limited.update(held("a", 1), await getHeld(limited));
  let refusal: unknown;
  for (let write = 2; write < 10 && refusal === undefined; write++) {
    seen = await limited.update(held("a", write), seen).catch((error) => {
      refusal = error;
      return seen;
    });
  }
  assert.ok(refusal instanceof RateLimitError);
  const { refused } = server.counts;
  await clock.advance(refusal.retryAt - clock.monotonic());
  assert.equal((await limited.update(held("a", 99), seen)).record.leaderTransitions, 99);
  assert.equal(server.counts.refused, refused);
});
