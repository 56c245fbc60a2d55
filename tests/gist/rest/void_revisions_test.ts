import assert from "node:assert/strict";
import { LeaderElector } from "../../../elector/mod.ts";
import { MAX_REVISIONS } from "../../../gist/rest/in_effect.ts";
import { RestStore } from "../../../gist/rest/store.ts";
import { faults } from "../../../gist/server/mod.ts";
import {
  FakeClock,
  formatRecord,
  LockConflictError,
  RateLimitError,
  UnknownOutcomeError,
} from "../../../lock/mod.ts";
import { LocalGistWorld } from "../../contract/gist_world.ts";
import { getHeld, held, settle, winners } from "../../contract/world.ts";
import { isByName, isGist } from "./mixed_answers.ts";

const PROOF = { proof: true };

/** Counts requests by name, and how many of them are under way at once; each takes `ms` milliseconds. */
function watchNames(world: LocalGistWorld, ms = 0) {
  const seen = { byName: [] as string[], atOnce: 0, most: 0 };
  world.server.intercept = async (request, proceed, clock) => {
    const isWatched = isByName(request);
    if (isWatched) {
      seen.byName.push(request.url.pathname);
      seen.most = Math.max(seen.most, ++seen.atOnce);
    }
    if (ms > 0) await clock.sleep(ms);
    if (isWatched) seen.atOnce--;
    return await proceed();
  };
  return seen;
}

/** One write in effect, and so many void ones of candidates that had read the same. */
async function stampede(candidates: number) {
  const world = new LocalGistWorld("rest", "{}");
  const locks = Array.from({ length: candidates }, (_, place) => world.lock(`c${place}`));
  const seen = await Promise.all(locks.map(getHeld));
  const results = await Promise.allSettled(
    locks.map((lock, place) => lock.update(held(lock.identity, 1), seen[place]!)),
  );
  const won = results.findIndex(({ status }) => status === "fulfilled");
  return { world, locks, results, won, winner: `c${won}` };
}

Deno.test("a lock that 121 candidates wrote at once stays usable: it is read, led and released", async () => {
  const { world, locks, results, won, winner } = await stampede(121);
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
  assert.equal(world.server.revisions(world.id).length, 122);
  const watched = watchNames(world, 300);
  const { clock } = world;
  const began = clock.monotonic();
  const seen = await settle(clock, getHeld(world.lock("reader")), 100);
  assert.equal(seen.record.holderIdentity, winner);
  assert.equal(new Set(watched.byName).size, watched.byName.length, "each is read once");
  assert.ok(watched.most <= 16, `${watched.most} at once`);
  const trips = (clock.monotonic() - began) / 300;
  assert.ok(trips <= 15, `${trips} round trips`);

  const holder = locks[won]!;
  const renewed = await settle(clock, holder.update(held(winner, 1), seen), 100);
  await settle(clock, holder.update(held("", 1), renewed), 100);
  const stop = new AbortController();
  const elector = new LeaderElector({
    lock: world.lock("next"),
    clock,
    random: () => 0,
    onStartedLeading: ({ signal }) => void signal,
  });
  const running = elector.run({ signal: stop.signal });
  await clock.advance(30_000);
  assert.ok(elector.isLeader());
  stop.abort();
  await clock.advance(30_000);
  await running;
  const released = await settle(clock, getHeld(world.lock("reader")), 100);
  assert.equal(released.record.holderIdentity, "");
});

Deno.test("RestStore finds what is in effect behind hundreds of void revisions, whatever answers show of the history", async () => {
  for (const [voids, historyLength] of [[600, 30], [120, 1], [120, 2], [250, 100]] as const) {
    const world = new LocalGistWorld("rest", "{}", { historyLength });
    const writer = world.store();
    const seen = await writer.read(PROOF);
    const content = formatRecord({ ...held("a"), base: seen.head });
    await writer.compareAndSwap(content, seen).catch(() => {});
    const version = world.server.revisions(world.id)[0]?.version;
    for (let edit = 0; edit < voids; edit++) world.editOtherFile();
    const { byName } = watchNames(world);
    const store = world.store();
    const found = await store.read(PROOF);
    assert.deepEqual([found.content, found.version], [content, version]);
    assert.equal(new Set(byName).size, byName.length);
    world.server.resetCounts();
    assert.deepEqual(await store.read(PROOF), found);
    assert.deepEqual([world.server.counts.reads, world.server.counts.notModified], [0, 1]);
    // One more costs itself alone.
    world.editOtherFile();
    world.server.resetCounts();
    assert.equal((await store.read(PROOF)).version, version);
    assert.ok(world.server.counts.reads <= (historyLength === 1 ? 3 : 2));
  }
});

Deno.test("RestStore goes on with a search where it was given up or refused", async () => {
  const { world, winner } = await stampede(60);
  const watched = watchNames(world, 100);
  const { clock } = world;
  const store = world.store();
  const caller = new AbortController();
  const givenUp = store.read({ signal: caller.signal });
  givenUp.catch(() => {});
  await clock.advance(550);
  caller.abort("given up");
  await assert.rejects(givenUp, (reason) => reason === "given up");
  const before = watched.byName.length;
  assert.ok(before > 3);
  world.server.inject(faults.secondaryRateLimit({ retryAfter: 5 }), { when: isByName });
  await assert.rejects(settle(clock, store.read(), 100), RateLimitError);
  await clock.advance(5_000);
  const { content } = await settle(clock, store.read(PROOF), 100);
  assert.match(content ?? "", new RegExp(`"${winner}"`));
  // What was under way when the caller gave up, or was refused, is asked for again.
  const again = watched.byName.length - new Set(watched.byName).size;
  assert.ok(again <= 16, `${again} were read again`);
});

Deno.test("RestStore searches while others go on writing", async () => {
  const { world, winner } = await stampede(150);
  watchNames(world, 100);
  const { server, clock } = world;
  const intercept = server.intercept!;
  server.intercept = (request, proceed, clock) => {
    world.editOtherFile();
    return intercept(request, proceed, clock);
  };
  const seen = await settle(clock, getHeld(world.lock("reader")), 100);
  assert.equal(seen.record.holderIdentity, winner);
});

Deno.test("RestStore needs no revision that it reads ahead", async () => {
  const world = new LocalGistWorld("rest", "{}");
  const store = world.store();
  const seen = await store.read(PROOF);
  await store.compareAndSwap(formatRecord({ ...held("a"), base: seen.head }), seen);
  for (let edit = 0; edit < 4; edit++) world.editOtherFile();
  const { server, id } = world;
  // The search reads in batches of 1, 1, 2 and 4, the last of which reaches beyond what is in effect.
  const first = server.revisions(id).at(-1)?.version ?? "";
  server.inject(faults.serverError(), { when: ({ url }) => url.pathname.endsWith(first) });
  assert.equal((await world.store().read(PROOF)).version, server.revisions(id)[4]?.version);
  assert.equal(server.pendingFaults, 0);
});

/** A gist of so many revisions, none of which but the one with that number is in effect. */
function endless(newest: number, inEffect = -1) {
  const name = (number: number) => number.toString(16).padStart(40, "0");
  const state = { newest };
  const content = (number: number) =>
    formatRecord({ ...held("a"), base: name(number === inEffect ? number - 1 : 0) });
  const answer = (at: number) => ({
    files: { "leader-election.json": { content: content(at) } },
    history: Array.from({ length: 30 }, (_, back) => ({ version: name(at - back) })),
  });
  const fetch = ({ url }: Request) => {
    const version = /[0-9a-f]{40}$/.exec(url)?.[0];
    return Promise.resolve(Response.json(answer(version ? parseInt(version, 16) : state.newest)));
  };
  return { store: new RestStore({ id: "abc", clock: new FakeClock(), fetch }), state, name };
}

Deno.test("RestStore says what to do where a search finds nothing in effect", async () => {
  await assert.rejects(endless(9_000).store.read(PROOF), {
    name: "LockUnavailableError",
    message: new RegExp(
      `newest ${MAX_REVISIONS} revisions are void, .* put \\{"leaderTransitions":N\\} into the file`,
    ),
  });
});

Deno.test("RestStore remembers what a search went through", async () => {
  const { store, state, name } = endless(3_000, 100);
  assert.equal((await store.read(PROOF)).version, name(100));
  // Further than one search goes, but known on the way.
  state.newest = MAX_REVISIONS + 200;
  assert.equal((await store.read(PROOF)).version, name(100));
});

Deno.test("a record without a base that a person puts there ends the search", async () => {
  const world = new LocalGistWorld("rest", "{}");
  for (let edit = 0; edit < 40; edit++) world.editOtherFile();
  world.edit('{"leaderTransitions":7}');
  const { byName } = watchNames(world);
  assert.equal((await getHeld(world.lock("a"))).record.leaderTransitions, 7);
  assert.equal(byName.length, 2);
});

// ---- A renewal or a release that others' void writes get ahead of ----

/** A holder, and a way to let something land before each of its next writes. */
async function makeHolder() {
  const world = new LocalGistWorld("rest", "{}");
  const [a, b] = [world.lock("a"), world.lock("b")];
  const free = await getHeld(a);
  await getHeld(b);
  const seen = await a.update(held("a", 1), free);
  const lose = () => world.editOtherFile();
  /** Before each of the next `times` writes something lands that is void. */
  const getAhead = (times: number, land = lose) =>
    world.server.inject((_request, proceed) => {
      land();
      return proceed();
    }, { kind: "write", times });
  world.server.resetCounts();
  return { world, a, b, free, seen, getAhead };
}

Deno.test("GistLock sends a renewal or a release again at once where a loser's write made it void", async () => {
  for (const holder of ["a", ""]) {
    for (const times of [1, 2, 3]) {
      const { world, a, b, seen, getAhead } = await makeHolder();
      getAhead(times);
      const written = await a.update(held(holder, 1), seen);
      assert.equal(world.server.counts.writes, times + 1);
      assert.equal(written.record.sequence, 2);
      assert.equal(written.record.session, seen.record.session);
      assert.equal(written.own, true);
      assert.deepEqual({ ...await getHeld(b), own: true }, written);
      assert.deepEqual(await getHeld(a), written);
    }
  }
});

Deno.test("GistLock sends a renewal again behind a claim that was void", async () => {
  const { world, a, b, free, seen } = await makeHolder();
  // Still based on what was there before a's claim.
  const claim = formatRecord({ ...held("b", 1), session: "b", base: free.version });
  world.server.inject((_request, proceed) => {
    world.edit(claim);
    return proceed();
  }, { kind: "write" });
  const renewed = await a.update(held("a", 1), seen);
  assert.deepEqual({ ...await getHeld(b), own: true }, renewed);
});

Deno.test("GistLock gives up after a few attempts, and says who was first", async () => {
  const { world, a, seen, getAhead } = await makeHolder();
  getAhead(100);
  await assert.rejects(a.update(held("a", 1), seen), LockConflictError);
  assert.equal(world.server.counts.writes, 4);
  assert.equal((await getHeld(a)).version, seen.version);
});

Deno.test("GistLock never sends a claim again on its own", async () => {
  const claims: [what: string, holder: string, token: number, by: "a" | "b"][] = [
    ["another's claim", "b", 2, "b"],
    ["a new term of the holder's own session", "a", 2, "a"],
    ["a copy of the holder's record", "a", 1, "b"],
  ];
  for (const [what, holder, token, by] of claims) {
    const { world, a, b, seen, getAhead } = await makeHolder();
    const lock = by === "a" ? a : b;
    await getHeld(lock);
    getAhead(1);
    world.server.resetCounts();
    await assert.rejects(lock.update(held(holder, token), seen), LockConflictError, what);
    assert.equal(world.server.counts.writes, 1, what);
  }

  const released = await makeHolder();
  const free = await released.a.update(held("", 1), released.seen);
  released.getAhead(1);
  released.world.server.resetCounts();
  await assert.rejects(released.a.update(held("a", 1), free), LockConflictError);
  assert.equal(released.world.server.counts.writes, 1);

  const world = new LocalGistWorld("rest");
  const [a, b] = [world.lock("a"), world.lock("b")];
  const results = await Promise.allSettled([a.create(held("a")), b.create(held("b"))]);
  assert.equal(winners(results).length, 1);
  assert.equal(world.server.counts.writes, 2);
});

Deno.test("GistLock sends no renewal again once another record is in effect", async () => {
  const { world, a, b, seen, getAhead } = await makeHolder();
  await getHeld(b);
  getAhead(1, () => world.edit('{"holderIdentity":"hand","leaderTransitions":9}'));
  await assert.rejects(a.update(held("a", 1), seen), LockConflictError);
  assert.equal(world.server.counts.writes, 1);
  assert.equal((await getHeld(b)).record.holderIdentity, "hand");
});

Deno.test("GistLock sends no renewal again whose outcome is unknown, or whose caller gave up", async () => {
  for (const [fault, arrived] of [[faults.answerLost(), 1], [faults.requestLost(), 0]] as const) {
    const { world, a, seen } = await makeHolder();
    world.server.inject(fault, { kind: "write" });
    await assert.rejects(a.update(held("a", 1), seen), UnknownOutcomeError);
    assert.equal(world.server.counts.writes, arrived);
  }

  const { world, a, seen, getAhead } = await makeHolder();
  getAhead(1);
  const caller = new AbortController();
  // Once the write is known to be void, the next read is the one that looks for the new head.
  world.server.inject((_request, proceed) => {
    caller.abort("given up");
    return proceed();
  }, { kind: "read", when: isGist });
  const write = a.update(held("a", 1), seen, { signal: caller.signal });
  await assert.rejects(write, (reason) => reason === "given up");
  assert.equal(world.server.counts.writes, 1);
});

Deno.test("GistLock says that a renewal is void where it cannot read what to write it on", async () => {
  for (
    const fault of [faults.requestLost(), faults.secondaryRateLimit(), faults.refused(404, "")]
  ) {
    const { world, a, seen, getAhead } = await makeHolder();
    getAhead(1);
    world.server.inject(fault, { kind: "read", when: isGist });
    await assert.rejects(a.update(held("a", 1), seen), LockConflictError);
    assert.equal(world.server.counts.writes, 1);
  }
});
