import assert from "node:assert/strict";
import type { GistLockOptions, Protocol } from "../../gist/mod.ts";
import { faults } from "../../gist/server/mod.ts";
import { LeaderElector } from "../../elector/mod.ts";
import {
  EMPTY_RECORD,
  LockConflictError,
  parseRecord,
  ProtocolMismatchError,
} from "../../lock/mod.ts";
import { LocalGistWorld } from "../contract/gist_world.ts";
import { getHeld, held } from "../contract/world.ts";

const FILE = "leader-election.json";

function make(content: string | undefined = "{}") {
  const world = new LocalGistWorld("rest", content);
  const { server, id } = world;
  const lock = (options: Partial<GistLockOptions> = {}) => world.lock("a", options);
  return { world, server, id, lock, stored: () => world.texts()[0] ?? "" };
}

Deno.test("GistLock writes client-go's keys, then its own", async () => {
  const { server, id, lock, stored } = make();
  const a = lock({ session: () => "5e55" });
  const seen = await a.update(held("a", 1), await getHeld(a));
  const [, first] = server.revisions(id);
  assert.equal(
    stored(),
    '{"holderIdentity":"a","leaseDurationSeconds":60,"acquireTime":"2026-01-02T03:04:05Z",' +
      '"renewTime":"2026-01-02T03:04:05Z","leaderTransitions":1,"strategy":"","preferredHolder":"",' +
      `"session":"5e55","sequence":1,"base":"${first?.version}","protocol":"rest"}`,
  );
  assert.deepEqual(seen.record, parseRecord(stored()));
  await a.update(held("a", 1), seen);
  assert.equal(parseRecord(stored()).sequence, 2);
  assert.equal(parseRecord(stored()).base, seen.version);
});

Deno.test("GistLock never counts two writes alike, be they in effect or not", async () => {
  const { world, lock } = make();
  const [a, b] = [lock(), lock({ identity: "b" })];
  const seen = await getHeld(a);
  await b.update(held("b"), seen);
  await assert.rejects(a.update(held("a"), seen), LockConflictError);
  await a.update(held("a"), await getHeld(a));
  const texts = world.texts();
  assert.equal(texts.length, 4);
  assert.equal(new Set(texts).size, 4);
});

Deno.test("GistLock keeps a caller's session and sequence, and knows the write for its own", async () => {
  for (const protocol of ["rest", "git"] as const) {
    const { lock } = make();
    const [a, other] = [lock({ protocol }), lock({ protocol })];
    const campaign = { session: "c0ffee", sequence: 7 };
    const written = await a.update({ ...held("a", 1), ...campaign }, await getHeld(a));
    assert.deepEqual([written.record.session, written.record.sequence], ["c0ffee", 7]);
    assert.equal(written.own, true);
    assert.deepEqual(await getHeld(a), written);
    assert.deepEqual(await getHeld(other), { ...written, own: false });

    await other.update({ ...held("a", 2), session: "decade", sequence: 1 }, await getHeld(other));
    const seen = await getHeld(a);
    assert.deepEqual([seen.record.session, seen.own], ["decade", false]);
    assert.equal((await getHeld(other)).own, true);
  }
});

Deno.test("GistLock knows the writes of all the campaigns that it wrote for, and its own", async () => {
  const { lock } = make();
  const a = lock({ session: () => "5e55" });
  let seen = await getHeld(a);
  for (const session of ["c0ffee", "decade", undefined]) {
    seen = await a.update({ ...held("a"), ...(session && { session }) }, seen);
    assert.equal(seen.record.session, session ?? "5e55");
    assert.equal(seen.own, true);
  }
});

Deno.test("GistLock calls its own what it wrote itself, not what bears its session", async () => {
  const { lock } = make();
  const [a, b] = [lock(), lock({ identity: "b" })];
  const seen = await a.update({ ...held("a"), session: "c0ffee" }, await getHeld(a));
  const { record } = await getHeld(b);
  // As a request that is put on top of the holder's record.
  const copied = await b.update({ ...record, preferredHolder: "b" }, seen);
  assert.equal(copied.own, true);
  assert.equal((await getHeld(a)).own, false);
  await a.update({ ...held("a"), session: "c0ffee", sequence: 9 }, copied);
  assert.equal((await getHeld(b)).own, false);
});

Deno.test("GistLock remembers no more of its campaigns than their newest writes", async () => {
  const world = new LocalGistWorld("git", "{}");
  const a = world.lock("a");
  const texts: string[] = [];
  let seen = await getHeld(a);
  for (let campaign = 1; campaign <= 100; campaign++) {
    seen = await a.update({ ...held("a", campaign), session: `5e55${campaign}` }, seen);
    assert.equal(seen.own, true);
    texts.push(world.texts()[0] ?? "");
  }
  for (const [back, own] of [[10, true], [99, false]] as const) {
    world.edit(texts[99 - back] ?? "");
    const put = await getHeld(a);
    assert.equal(put.record.leaderTransitions, 100 - back);
    assert.equal(put.own, own);
  }
});

/** How many records some work parses: `parseRecord` alone passes a reviver. */
async function parsed(work: () => Promise<unknown>): Promise<number> {
  const { parse } = JSON;
  let count = 0;
  JSON.parse = (text, reviver) => {
    if (reviver) count++;
    return parse(text, reviver);
  };
  try {
    await work();
  } finally {
    JSON.parse = parse;
  }
  return count;
}

Deno.test("GistLock parses each text once in the lock, and once in the store", async () => {
  for (const protocol of ["rest", "git"] as const) {
    const { lock } = make();
    const [a, b] = [lock({ protocol }), lock({ protocol, identity: "b" })];
    let seen = await getHeld(a);
    await getHeld(b);
    for (let round = 1; round <= 3; round++) {
      const renewal = parsed(async () => seen = await a.update(held("a", 1), seen));
      assert.ok(await renewal <= 2);
      const news = parsed(() => b.get());
      assert.ok(await news <= 2);
      assert.equal(await parsed(() => b.get()), 0);
    }
    const claim = parsed(async () => {
      const proven = await getHeld(b);
      await b.update(held("b", 2), proven);
    });
    assert.ok(await claim <= 3);
  }
});

Deno.test("GistLock draws 128 random bits for its session", async () => {
  const { lock } = make();
  const sessions = new Set<string | undefined>();
  for (let round = 0; round < 10; round++) {
    const each = lock();
    const { record } = await each.update(held("a"), await getHeld(each));
    assert.match(record.session ?? "", /^[0-9a-f]{32}$/);
    sessions.add(record.session);
  }
  assert.equal(sessions.size, 10);
});

Deno.test("GistLock reads first where it has not seen the version, and writes only where it finds it", async () => {
  const { server, lock } = make();
  const seen = await getHeld(lock());
  const fresh = lock({ identity: "b" });
  server.resetCounts();
  const updated = await fresh.update(held("b"), seen);
  assert.equal(server.counts.writes, 1);
  assert.ok(server.counts.reads > 0);
  server.resetCounts();
  await assert.rejects(lock().update(held("c"), seen), LockConflictError);
  assert.equal(server.counts.writes, 0);
  await assert.rejects(lock().create(held("c")), LockConflictError);
  assert.equal(server.counts.writes, 0);
  server.resetCounts();
  await fresh.update(held("b"), updated);
  // The read proves by its own name that the write is in effect.
  assert.deepEqual([server.counts.writes, server.counts.reads], [1, 1]);
});

Deno.test("GistLock does not write after a failed write without a look", async () => {
  const { server, id, lock } = make();
  const a = lock();
  const seen = await a.update(held("a"), await getHeld(a));
  server.editGist(id, { "notes.txt": "another note" });
  // A claim is not sent again by the lock itself.
  await assert.rejects(a.update(held("a", 1), seen), LockConflictError);
  server.resetCounts();
  // The version is still the one in effect, so this is a fresh write after a fresh head.
  const renewed = await a.update(held("a", 1), seen);
  assert.ok(server.counts.reads > 0);
  assert.equal(server.counts.writes, 1);
  assert.deepEqual(await getHeld(a), renewed);
});

Deno.test("GistLock refuses a lock that candidates with another protocol use, and writes nothing", async () => {
  const record = '{"holderIdentity":"g","leaderTransitions":4,"protocol":"git\\u001b"}';
  const { server, id, lock } = make(record);
  const a = lock();
  const refusal = (error: unknown) => {
    assert.ok(error instanceof ProtocolMismatchError);
    assert.match(
      error.message,
      /by rest: all candidates .* written with "git\\u\{1b\}"; .*stop every candidate, then replace the record with \{"leaderTransitions":4\}$/,
    );
    return true;
  };
  await assert.rejects(a.get(), refusal);
  const [revision] = server.revisions(id);
  await assert.rejects(a.update(held("a", 5), { version: revision?.version ?? "" }), refusal);
  await assert.rejects(lock().update(held("a", 5), { version: revision?.version ?? "" }), refusal);
  await assert.rejects(a.create(held("a", 5)), LockConflictError);
  assert.equal(server.revisions(id).length, 1);

  server.editGist(id, { [FILE]: '{"leaderTransitions":4}' });
  const seen = await getHeld(a);
  assert.equal(seen.record.leaderTransitions, 4);
  assert.equal((await a.update(held("a", 5), seen)).record.protocol, "rest");
});

Deno.test("GistLock keeps its record in the given file", async () => {
  for (const file of ["other.json", "__proto__", "ä b%2f.json"]) {
    const { server, id, lock } = make();
    server.editGist(id, { [file]: "{}" });
    const a = lock({ file });
    await a.update(held("a", 3), await getHeld(a));
    const text = server.revisions(id)[0]?.files[file] ?? "";
    assert.equal(parseRecord(text).leaderTransitions, 3);
  }
});

Deno.test("GistLock.create() makes the file where it never was", async () => {
  const world = new LocalGistWorld("rest");
  const { server, id } = world;
  const a = world.lock("a");
  assert.equal(await a.get(), undefined);
  server.resetCounts();
  const created = await a.create({ ...EMPTY_RECORD, holderIdentity: "a" });
  // The read proves that the write is in effect, as a rival may have named the same base.
  assert.deepEqual([server.counts.writes, server.counts.reads], [1, 1]);
  assert.equal(created.version, server.revisions(id)[0]?.version);
  assert.equal(server.revisions(id)[0]?.files["notes.txt"], "a note");
});

Deno.test("GistLock.update() conflicts where there is nothing to update", async () => {
  const world = new LocalGistWorld("rest");
  const { server, id } = world;
  const a = world.lock("a");
  assert.equal(await a.get(), undefined);
  const [absent] = server.revisions(id);
  const update = a.update(held("a"), { version: absent?.version ?? "" });
  await assert.rejects(update, LockConflictError);
  assert.equal(server.revisions(id).length, 1);
});

Deno.test("GistLock.describe() names the gist without telling its id", () => {
  const { id, lock } = make();
  assert.equal(lock().describe(), `gist ${id.slice(0, 4)}…/${FILE} by rest`);
  assert.match(lock({ protocol: undefined }).describe(), / by git$/);
});

Deno.test("GistLock.recordEvent() returns what onEvent does, so that a rejection is not lost", async () => {
  const { lock } = make();
  const onEvent = () => Promise.reject(new Error("no log"));
  await assert.rejects(async () => await lock({ onEvent }).recordEvent("became leader"), /no log/);
});

Deno.test("GistLock.recordEvent() calls onEvent, if there is one", () => {
  const { lock } = make();
  const events: string[] = [];
  lock({ onEvent: (message) => events.push(message) }).recordEvent("became leader");
  lock().recordEvent("became leader");
  assert.deepEqual(events, ["became leader"]);
});

Deno.test("GistLock refuses options that are wrong before it sends anything", () => {
  const wrong: [options: Partial<GistLockOptions>, kind: ErrorConstructor, says: RegExp][] = [
    [{ id: "../x" }, RangeError, /^id must be/],
    [{ token: "a\n" }, RangeError, /^token must be/],
    [{ token: "ghs_a" }, RangeError, /^token must be/],
    [{ identity: "" }, RangeError, /^identity must be/],
    [{ identity: "a\tb" }, RangeError, /^identity must be/],
    [{ file: "a/b" }, RangeError, /^file must be/],
    [{ baseUrl: "http://example.com" }, RangeError, /^baseUrl must be/],
    [{ requestTimeout: 0 }, RangeError, /^requestTimeout must be/],
    [{ protocol: "svn" as Protocol }, RangeError, /^protocol must be .* "svn"$/],
    [{ id: 7 as unknown as string }, TypeError, /^id must be/],
  ];
  for (const protocol of ["rest", "git"] as const) {
    const { server, lock } = make();
    for (const [options, kind, says] of wrong) {
      assert.throws(
        () => lock({ protocol, ...options }),
        (error) => error instanceof kind && says.test(error.message),
      );
    }
    assert.equal(server.counts.reads + server.counts.gitPolls, 0);
  }
});

for (const protocol of ["rest", "git"] as const) {
  Deno.test(`GistLock by ${protocol} lets a follower lead in time though a stale replica answers one poll`, async () => {
    const world = new LocalGistWorld(protocol, "{}");
    const { server, clock } = world;
    const [x, y] = [world.lock("x"), world.lock("y")];
    let seen = await x.update(held("x", 1), await getHeld(x));
    const elector = new LeaderElector({ lock: y, clock, random: () => 0, onStartedLeading() {} });
    const stop = new AbortController();
    const campaign = elector.run({ signal: stop.signal });
    await clock.advance(1_000);
    // The second write is never seen while it is the newest; x is gone after the third.
    for (let write = 0; write < 2; write++) seen = await x.update(held("x", 1), seen);
    await clock.advance(5_000);
    server.intercept = faults.staleRead();
    await clock.advance(5_000);
    server.intercept = undefined;

    // The stale read was at 10 s: its sequence says that it is older than what was seen at 5 s, and delays nobody.
    await clock.advance(65_000 - 11_000 - 1);
    assert.equal(elector.isLeader(), false);
    await clock.advance(1);
    assert.equal(elector.isLeader(), true);
    assert.equal(elector.status().token, 2);
    stop.abort();
    await clock.advance(60_000);
    await campaign;
  });
}
