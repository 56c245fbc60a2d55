/** A server asks for a pause: nothing is sent before its end, and the error gives the outcome of the request. */

import assert from "node:assert/strict";
import { GistLock, type Protocol } from "../../../gist/mod.ts";
import {
  type Fault,
  faults,
  GistServer,
  LOCAL_TOKEN,
  type RequestKind,
} from "../../../gist/server/mod.ts";
import {
  FakeClock,
  LockError,
  LockUnavailableError,
  RateLimitError,
  UnknownOutcomeError,
} from "../../../lock/mod.ts";
import { getHeld, held } from "../../contract/world.ts";

/** The requests of a read and a write, by protocol. */
const KINDS: Record<Protocol, { reads: readonly RequestKind[]; write: RequestKind }> = {
  git: { reads: ["git-poll", "git-fetch"], write: "git-push" },
  rest: { reads: ["read"], write: "write" },
};

const respond = (status: number, headers: Record<string, string>, body = ""): Fault => () =>
  Promise.resolve(new Response(body, { status, headers }));

/** Responds so although the request took effect. */
const afterwards =
  (status: number, headers: Record<string, string>): Fault => async (_, proceed) => {
    await (await proceed()).body?.cancel();
    return new Response("", { status, headers });
  };

function make(protocol: Protocol) {
  const clock = new FakeClock();
  const server = new GistServer({ clock });
  const id = server.createGist({ "leader-election.json": "{}" });
  let sent = 0;
  const fetch = (request: Request) => {
    sent++;
    return server.fetch(request);
  };
  const lock = new GistLock({ id, token: LOCAL_TOKEN, identity: "a", protocol, clock, fetch });
  return { clock, server, lock, sent: () => sent };
}

async function errorOf(promise: Promise<unknown>): Promise<LockError> {
  const error: unknown = await promise.then(
    () => assert.fail("must be rejected"),
    (error) => error,
  );
  assert.ok(error instanceof LockError, String(error));
  return error;
}

/** Checks that nothing is sent before `wait` has passed, and that the lock then works again. */
async function assertPause(
  { clock, lock, sent }: ReturnType<typeof make>,
  wait: number,
): Promise<void> {
  const before = sent();
  await clock.advance(wait - 1);
  await errorOf(lock.get());
  await errorOf(lock.create(held("a")));
  assert.equal(sent(), before);
  await clock.advance(1);
  const seen = await getHeld(lock);
  assert.ok((await lock.update(held("a", 7), seen)).own);
}

/** One of each sort: what else is a limit is in `retry_after_test.ts`. */
const LIMITS: readonly [what: string, fault: Fault, wait: number][] = [
  ["429 without a time", respond(429, {}), 60_000],
  [
    "abuse detection",
    respond(403, {}, '{"message":"You have triggered an abuse detection mechanism"}'),
    60_000,
  ],
  ["a page", respond(403, {}, `<html>${" ".repeat(9_000)}Whoa there! abuse detection`), 60_000],
  ["a primary limit", faults.primaryRateLimit(30_000), 30_000],
  ["a primary limit, 429", faults.primaryRateLimit(30_000, { status: 429 }), 30_000],
  ["a secondary limit", faults.secondaryRateLimit(), 60_000],
  ["a secondary limit with a time", faults.secondaryRateLimit({ retryAfter: 17 }), 17_000],
  ["429 with a time", faults.secondaryRateLimit({ status: 429, retryAfter: 17 }), 17_000],
];

for (const protocol of ["git", "rest"] satisfies Protocol[]) {
  const { reads, write } = KINDS[protocol];

  for (const [what, fault, wait] of LIMITS) {
    for (const kind of [...reads, write]) {
      Deno.test(`GistLock by ${protocol}: ${what} to a ${kind} is a rate limit, and nothing was written`, async () => {
        const world = make(protocol);
        const seen = kind === write ? await getHeld(world.lock) : undefined;
        await world.clock.advance(5_000);
        const revisions = world.server.counts.writes + world.server.counts.gitPushes;
        world.server.inject(fault, { kind });
        const call = seen ? world.lock.update(held("a", 1), seen) : world.lock.get();
        const error = await errorOf(call);
        assert.ok(error instanceof RateLimitError, String(error));
        assert.equal(error.retryAt, 5_000 + wait);
        assert.equal(world.server.pendingFaults, 0);
        assert.equal(world.server.counts.writes + world.server.counts.gitPushes, revisions);
        await assertPause(world, wait);
      });
    }
  }

  for (const status of [500, 502, 503, 504]) {
    for (const kind of reads) {
      Deno.test(`GistLock by ${protocol}: ${status} with a time to a ${kind} is waited out`, async () => {
        const world = make(protocol);
        world.server.inject(respond(status, { "retry-after": "20" }), { kind });
        const error = await errorOf(world.lock.get());
        assert.ok(error instanceof LockUnavailableError, String(error));
        assert.equal(error.retryAt, 20_000);
        const again = await errorOf(world.lock.get());
        assert.ok(again instanceof LockUnavailableError, String(again));
        assert.equal(again.retryAt, 20_000);
        await assertPause(world, 20_000);
      });
    }

    for (const [effect, fault] of [["without", respond], ["with", afterwards]] as const) {
      Deno.test(`GistLock by ${protocol}: ${status} with a time to a write ${effect} effect leaves the outcome unknown`, async () => {
        const world = make(protocol);
        const { clock, lock, server } = world;
        const seen = await getHeld(lock);
        server.inject(fault(status, { "retry-after": "20" }), { kind: write });
        const error = await errorOf(lock.update(held("a", 1), seen));
        assert.ok(error instanceof UnknownOutcomeError, String(error));
        assert.equal(error.retryAt, 20_000);
        // What is not sent has no effect: this outcome is known.
        const next = await errorOf(lock.update(held("a", 2), seen));
        assert.notEqual(next.code, "ERR_LOCK_UNKNOWN_OUTCOME");
        await clock.advance(20_000);
        const { record } = await getHeld(lock);
        assert.equal(record.leaderTransitions, effect === "with" ? 1 : 0);
      });
    }
  }

  Deno.test(`GistLock by ${protocol}: 503 without a time does not delay the next request`, async () => {
    const { lock, server } = make(protocol);
    server.inject(respond(503, {}), { kind: reads[0] ?? "read" });
    const error = await errorOf(lock.get());
    assert.ok(error instanceof LockUnavailableError && error.retryAt === undefined);
    await lock.get();
  });
}

Deno.test("GistLock by git: a refused push that cannot be resolved during a pause has its retryAt", async () => {
  const { lock, server } = make("git");
  const seen = await getHeld(lock);
  const refused: Fault = async (_, proceed) => {
    // The first copy of a push that the network sent twice was applied; the second is refused.
    await (await proceed()).body?.cancel();
    server.inject(respond(503, { "retry-after": "20" }), { kind: "git-poll" });
    return await proceed();
  };
  server.inject(refused, { kind: "git-push" });
  const error = await errorOf(lock.update(held("a", 1), seen));
  assert.ok(error instanceof UnknownOutcomeError, String(error));
  assert.equal(error.retryAt, 20_000);
});

Deno.test("a pause says until when, and how long from now", async () => {
  const { clock, server, lock } = make("rest");
  await clock.advance(5_000);
  server.inject(respond(429, { "retry-after": "30" }));
  const first = await errorOf(lock.get());
  await clock.advance(10_000);
  const second = await errorOf(lock.get());
  for (const [error, left] of [[first, 30_000], [second, 20_000]] as const) {
    assert.ok(error instanceof RateLimitError);
    assert.deepEqual([error.code, error.retryAt, error.retryAfter], [
      "ERR_LOCK_RATE_LIMIT",
      35_000,
      left,
    ]);
  }
});

Deno.test("a write of unknown outcome passes on the pause", async () => {
  const { server, lock } = make("rest");
  const seen = await getHeld(lock);
  server.inject(afterwards(503, { "retry-after": "30" }), { kind: "write" });
  const error = await errorOf(lock.update(held("a", 1), seen));
  assert.ok(error instanceof UnknownOutcomeError);
  assert.deepEqual([error.retryAt, error.retryAfter], [30_000, 30_000]);
});
