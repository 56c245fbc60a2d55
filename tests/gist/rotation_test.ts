import assert from "node:assert/strict";
import { LeaderElector } from "../../elector/mod.ts";
import { ASK_PERIOD } from "../../gist/access_token.ts";
import { type AccessToken, createGist, GistLock, readHistory } from "../../gist/mod.ts";
import { GistServer } from "../../gist/server/mod.ts";
import type { Protocol } from "../../gist/mod.ts";
import {
  EMPTY_RECORD,
  FakeClock,
  type Fetch,
  LockAccessError,
  LockUnavailableError,
} from "../../lock/mod.ts";
import { settle } from "../contract/world.ts";

const [OLD, NEW] = ["ghp_OldOldOldOldOldOldOld1", "ghp_NewNewNewNewNewNewNew2"];
const PROTOCOLS: readonly Protocol[] = ["git", "rest"];

function makeWorld(protocol: Protocol, give?: () => string | Promise<string>) {
  const clock = new FakeClock();
  const server = new GistServer({ clock, token: OLD });
  const id = server.createGist({ "leader-election.json": "{}" });
  const world = { clock, server, current: OLD as string, asked: 0, sent: [] as string[], id };
  const token: AccessToken = () => {
    world.asked++;
    return give ? give() : world.current;
  };
  const fetch: Fetch = (request) => {
    const header = request.headers.get("authorization") ?? "";
    world.sent.push(header.startsWith("Basic ") ? atob(header.slice(6)) : header);
    return server.fetch(request);
  };
  const options = { id, token, protocol, clock, fetch };
  return { ...world, world, options, lock: new GistLock({ ...options, identity: "a" }) };
}

/** Replaces the token on the server and where the function finds it. */
function rotate({ server, world }: ReturnType<typeof makeWorld>): void {
  server.replaceToken(NEW);
  world.current = NEW;
}

function shown(error: unknown): string {
  return Deno.inspect(error, { depth: 10 }) + (error instanceof Error ? error.stack : "");
}

for (const protocol of PROTOCOLS) {
  Deno.test(`GistLock asks for its token once, and again after a while, by ${protocol}`, async () => {
    const made = makeWorld(protocol);
    const { world, lock, clock } = made;
    assert.equal(world.asked, 0);
    await lock.get();
    await lock.get();
    assert.equal(world.asked, 1);
    await clock.advance(ASK_PERIOD - 1);
    await lock.get();
    assert.equal(world.asked, 1);
    await clock.advance(1);
    world.current = NEW;
    made.server.replaceToken(NEW);
    await lock.get();
    assert.equal(world.asked >= 2, true);
    assert.ok(world.sent.at(-1)?.endsWith(NEW));
  });

  Deno.test(`GistLock uses a token that was replaced in time without one refusal, by ${protocol}`, async () => {
    const { world, lock, clock, server } = makeWorld(protocol);
    await lock.get();
    world.current = NEW;
    await clock.advance(ASK_PERIOD);
    await lock.get();
    server.replaceToken(NEW);
    world.sent.length = 0;
    await lock.get();
    assert.ok(world.sent.length > 0 && world.sent.every((header) => header.endsWith(NEW)));
    assert.equal(world.asked, 2);
  });

  Deno.test(`GistLock sends a refused write again with a fresh token, and it lands once, by ${protocol}`, async () => {
    const made = makeWorld(protocol);
    const { world, lock, server, id } = made;
    const seen = await lock.get();
    assert.ok(seen);
    rotate(made);
    const written = await lock.update({ ...EMPTY_RECORD, holderIdentity: "a" }, seen);
    assert.equal(world.asked, 2);
    assert.equal((await lock.get())?.version, written.version);
    // By git, each write is a history of one revision.
    assert.equal(server.revisions(id).length, protocol === "git" ? 1 : 2);
  });

  Deno.test(`GistLock sends a refused request once if the token is the same, by ${protocol}`, async () => {
    const { world, lock, server } = makeWorld(protocol);
    await lock.get();
    server.replaceToken(NEW);
    for (let round = 1; round <= 3; round++) {
      world.sent.length = 0;
      await assert.rejects(lock.get(), LockAccessError);
      assert.equal(world.sent.length, 1);
    }
    world.sent.length = 0;
    world.current = NEW;
    await lock.get();
    assert.ok(
      world.sent.every((header) => header.endsWith(NEW)),
      "it is asked for before a request",
    );
  });

  Deno.test(`GistLock asks no longer before each request once a refused token is accepted, by ${protocol}`, async () => {
    const { world, lock, server } = makeWorld(protocol);
    await lock.get();
    server.replaceToken(NEW);
    await assert.rejects(lock.get(), LockAccessError);
    server.replaceToken(OLD);
    await lock.get();
    const { asked } = world;
    await lock.get();
    assert.equal(world.asked, asked);
  });

  Deno.test(`GistLock shares one call among many requests, by ${protocol}`, async () => {
    const gate = Promise.withResolvers<void>();
    const { world, lock } = makeWorld(protocol, async () => {
      await gate.promise;
      return OLD;
    });
    const reads = [lock.get(), lock.get(), lock.get()];
    await Promise.resolve();
    gate.resolve();
    await Promise.all(reads);
    assert.equal(world.asked, 1);
  });

  for (
    const [what, give, message] of [
      ["throws", () => {
        throw new Error(`vault says ${OLD} is no more`);
      }, /Cannot get the access token: vault says \[secret\] is no more$/],
      ["rejects", () => Promise.reject(new Error("sealed\x1b[2J")), /access token: sealed\\/],
      ["returns a token with a line break", () => `${OLD}\n`, /token must be visible ASCII/],
      ["returns an empty text", () => "", /token must be 1 to 255 characters long, got 0/],
      ["returns something else", () => ({ token: OLD }) as unknown as string, /got object/],
      ["returns nothing", () => undefined as unknown as string, /No token/],
      ["returns a token of an app", () => OLD.replace("ghp", "ghs"), /personal access token/],
    ] as const
  ) {
    Deno.test(`GistLock quotes no token if its function ${what}, by ${protocol}`, async () => {
      const { lock, world } = makeWorld(protocol, give);
      await assert.rejects(lock.get(), (error) => {
        assert.ok(error instanceof LockUnavailableError || error instanceof LockAccessError);
        assert.match(error.message, message);
        assert.ok(!shown(error).includes("OldOld"), shown(error));
        return true;
      });
      assert.deepEqual(world.sent, []);
    });

    Deno.test(`GistLock keeps a good token while its function ${what}, by ${protocol}`, async () => {
      let isGood = true;
      const { lock, clock, world } = makeWorld(protocol, () => isGood ? OLD : give());
      await lock.get();
      isGood = false;
      await clock.advance(ASK_PERIOD);
      await lock.get();
      await lock.get();
      assert.equal(world.asked, 2, "a failed call is not repeated at once");
    });
  }

  Deno.test(`GistLock does not wait for a function that hangs while it has a token, by ${protocol}`, async () => {
    let give: () => string | Promise<string> = () => OLD;
    const { lock, clock, world } = makeWorld(protocol, () => give());
    await lock.get();
    give = () => new Promise(() => {});
    await clock.advance(ASK_PERIOD);
    const before = clock.monotonic();
    await lock.get();
    assert.equal(clock.monotonic(), before);
    // The next call overtakes the one that hangs.
    give = () => NEW;
    await clock.advance(ASK_PERIOD);
    await lock.get();
    assert.equal(world.asked, 3);
  });

  Deno.test(`GistLock gives a function that hangs up in time, and says so, by ${protocol}`, async () => {
    const { lock, clock, world } = makeWorld(protocol, () => new Promise(() => {}));
    await assert.rejects(settle(clock, lock.get()), /its function did not return within 2500 ms$/);
    assert.deepEqual(world.sent, []);
  });

  Deno.test(`GistLock says what a refused token and a failing function have come to, by ${protocol}`, async () => {
    let give = () => OLD as string;
    const { lock, server } = makeWorld(protocol, () => give());
    const seen = await lock.get();
    assert.ok(seen);
    server.replaceToken(NEW);
    give = () => {
      throw new Error("sealed");
    };
    await assert.rejects(lock.update(EMPTY_RECORD, seen), (error) => {
      // Not an unknown outcome: nothing was written.
      assert.ok(error instanceof LockAccessError, shown(error));
      assert.match(error.message, /refused the access token \(status 401\).*sealed$/);
      return true;
    });
  });

  Deno.test(`GistLock sends nothing that was given up while its token was asked for, by ${protocol}`, async () => {
    const gate = Promise.withResolvers<string>();
    const { lock, world } = makeWorld(protocol, () => gate.promise);
    const controller = new AbortController();
    const read = lock.get({ signal: controller.signal });
    controller.abort();
    await assert.rejects(read, { name: "AbortError" });
    gate.resolve(OLD);
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(world.sent, []);
  });

  Deno.test(`a term goes on when its token is replaced and the old one revoked, by ${protocol}`, async () => {
    const made = makeWorld(protocol);
    const { clock, server, world, lock } = made;
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
    await clock.advance(30_000);
    assert.deepEqual(events, ["leads 1"]);
    // Once with the new token at hand at once, once with it late: within the renew deadline.
    rotate(made);
    await clock.advance(120_000);
    server.replaceToken(OLD);
    await clock.advance(elector.timings.retryPeriod + 1_000);
    world.current = OLD;
    await clock.advance(120_000);
    assert.deepEqual(events, ["leads 1"]);
    assert.equal(elector.status().lastError, undefined);
    stop.abort();
    await settle(clock, campaign);
    assert.deepEqual(events, ["leads 1", "stopped"]);
  });
}

Deno.test("createGist() and readHistory() ask for their token", async () => {
  const { options, server, world } = makeWorld("rest");
  assert.match(await createGist(options), /^[0-9a-f]+$/);
  server.replaceToken(NEW);
  world.current = NEW;
  assert.match(await createGist(options), /^[0-9a-f]+$/);
  assert.equal((await readHistory(options)).length, 1);
  const failing = { ...options, token: () => Promise.reject(new Error(`${NEW}?`)) };
  await assert.rejects(createGist(failing), /Cannot get the access token: \[secret\]\?$/);
  await assert.rejects(readHistory(failing), /Cannot get the access token/);
});

Deno.test("an error hides the tokens that were replaced, too", async () => {
  const clock = new FakeClock();
  let current: string = OLD;
  const quoting: Fetch = (request) => {
    const isOld = request.headers.get("authorization") === `Bearer ${OLD}`;
    const body = JSON.stringify({ message: `no ${OLD} and ${NEW} here` });
    return Promise.resolve(new Response(body, { status: isOld ? 401 : 500 }));
  };
  const token = () => {
    const given = current;
    current = NEW;
    return given;
  };
  const options = { id: "abc", token, protocol: "rest", clock, fetch: quoting } as const;
  const lock = new GistLock({ ...options, identity: "a" });
  await assert.rejects(lock.get(), /"no \[secret\] and \[secret\] here"/);
});
