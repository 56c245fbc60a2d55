import assert from "node:assert/strict";
import { GistLock } from "../../gist/mod.ts";
import { type Fault, faults, GistServer, LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { FakeClock, type Lock, RateLimitError } from "../../lock/mod.ts";
import { getHeld, held } from "../contract/world.ts";

function make(options: ConstructorParameters<typeof GistServer>[0] = {}) {
  const clock = new FakeClock();
  const server = new GistServer({ clock, ...options });
  const id = server.createGist({ "leader-election.json": "{}" });
  let sent = 0;
  const fetch = (request: Request) => {
    sent++;
    return server.fetch(request);
  };
  const lock = () =>
    new GistLock({ id, token: LOCAL_TOKEN, identity: "a", protocol: "rest", clock, fetch });
  return { clock, server, lock, sent: () => sent };
}

/** Rejected because of a rate limit that ends at that monotonic instant. */
const until = (retryAt: number) => (error: unknown) => {
  assert.ok(error instanceof RateLimitError, String(error));
  assert.equal(error.retryAt, retryAt);
  return true;
};

const LIMITS: readonly [what: string, fault: Fault, wait: number][] = [
  ["primary, 403", faults.primaryRateLimit(1_800_000), 1_800_000],
  ["primary, 429", faults.primaryRateLimit(1_800_000, { status: 429 }), 1_800_000],
  ["secondary, 403, retry-after", faults.secondaryRateLimit({ retryAfter: 17 }), 17_000],
  [
    "secondary, 429, retry-after",
    faults.secondaryRateLimit({ status: 429, retryAfter: 17 }),
    17_000,
  ],
  ["secondary, 403", faults.secondaryRateLimit(), 60_000],
  ["secondary, 429", faults.secondaryRateLimit({ status: 429 }), 60_000],
];

const CALLS: readonly [
  what: string,
  kind: "read" | "write",
  call: (lock: Lock) => Promise<unknown>,
][] = [
  ["get()", "read", (lock) => lock.get()],
  ["update()", "write", async (lock) => await lock.update(held("a"), await getHeld(lock))],
];

for (const [what, fault, wait] of LIMITS) {
  for (const [name, kind, call] of CALLS) {
    Deno.test(`GistLock.${name} meets a rate limit (${what}), and nothing leaves before its end`, async () => {
      const { clock, server, lock, sent } = make();
      await clock.advance(5_000);
      const limited = lock();
      server.inject(fault, { kind });
      await assert.rejects(call(limited), until(5_000 + wait));
      const before = sent();

      await clock.advance(wait - 1);
      for (const again of [limited.get(), limited.create(held("a")), call(limited)]) {
        await assert.rejects(again, until(5_000 + wait));
      }
      assert.equal(sent(), before);

      await clock.advance(1);
      const seen = await getHeld(limited);
      assert.equal((await limited.update(held("a", 1), seen)).own, true);
      assert.ok(sent() > before);
    });
  }
}

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
