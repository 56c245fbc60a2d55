import assert from "node:assert/strict";
import { createGist, GistLock, type HistoryEntry, readHistory } from "../../gist/mod.ts";
import { faults, GistServer, LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { EMPTY_RECORD, FakeClock, LockUnavailableError, type Quota } from "../../lock/mod.ts";
import { LocalGistWorld } from "../contract/gist_world.ts";
import { ask } from "./server/ask.ts";

const FILE = "leader-election.json";

Deno.test("createGist() creates a secret gist for a lock without a holder", async () => {
  const server = new GistServer();
  const id = await createGist({ token: LOCAL_TOKEN, fetch: server.fetch });
  const [revision] = server.revisions(id);
  assert.deepEqual(revision?.files, { [FILE]: "{}" });
  assert.equal((await ask(server, `/gists/${id}`)).json.public, false);
});

Deno.test("createGist() says what is wrong with the token, and with the answer", async () => {
  const server = new GistServer();
  const refused = createGist({ token: "wrong", fetch: server.fetch });
  await assert.rejects(refused, { name: "LockAccessError", status: 401 });
  server.inject(faults.htmlAnswer(201));
  const failing = createGist({ token: LOCAL_TOKEN, fetch: server.fetch });
  await assert.rejects(failing, LockUnavailableError);
});

Deno.test("readHistory() returns each revision, oldest first, and which are in effect", async () => {
  const world = new LocalGistWorld("rest", "{}");
  const { id, clock, server } = world;
  const options = { id, token: LOCAL_TOKEN, clock, fetch: server.fetch };
  const [one, two] = [world.lock("one"), world.lock("two")];
  const [seen] = [await one.get(), await two.get()];
  assert.ok(seen);
  await clock.advance(5_000);
  await one.update({ ...EMPTY_RECORD, holderIdentity: "one" }, seen);
  await assert.rejects(two.update({ ...EMPTY_RECORD, holderIdentity: "two" }, seen));

  const history = await readHistory(options);
  const began = Date.UTC(2026, 0, 2, 3, 4, 5);
  assert.deepEqual(
    history.map(({ isInEffect, committedAt }) => [isInEffect, committedAt - began]),
    [[true, 0], [true, 5_000], [false, 5_000]],
  );
  assert.match(history[2]?.content ?? "", /"two"/);

  const newest = await readHistory({ ...options, limit: 2 });
  assert.deepEqual(newest.map(({ isInEffect }) => isInEffect), [undefined, false]);
});

/** A gist of so many revisions, each of which is in effect, on a server with a quota. */
function makeLong(revisions: number, requestsPerHour = 5_000, token: string = LOCAL_TOKEN) {
  const clock = new FakeClock();
  const server = new GistServer({
    clock,
    limits: { requestsPerHour, anonymousRequestsPerHour: requestsPerHour, pointsPerMinute: 9_999 },
  });
  const id = server.createGist({ [FILE]: "{}" });
  for (let edit = 1; edit < revisions; edit++) {
    server.editGist(id, { [FILE]: `{"leaderTransitions":${edit}}` });
  }
  return { server, options: { id, clock, fetch: server.fetch, ...(token && { token }) } };
}

const tokens = (history: readonly HistoryEntry[]) =>
  history.map(({ content }) => JSON.parse(content ?? "").leaderTransitions ?? 0);

Deno.test("readHistory() reads pages until it has as many revisions as it was asked for", async () => {
  const cases = [[250, 1_000], [250, 220], [200, 200], [100, 100], [99, 100]] as const;
  for (const [revisions, limit] of cases) {
    const { server, options } = makeLong(revisions);
    const history = await readHistory({ ...options, limit });
    const count = Math.min(revisions, limit);
    assert.deepEqual(
      tokens(history),
      Array.from({ length: count }, (_, at) => revisions - count + at),
    );
    const isFirstKnown = limit >= revisions;
    assert.equal(history[0]?.isInEffect, isFirstKnown ? true : undefined);
    assert.ok(history.slice(1).every(({ isInEffect }) => isInEffect === true));
    assert.equal(server.counts.reads, count + Math.ceil(count / 100));
  }
});

Deno.test("readHistory() leaves requests to the candidates, and says so", async () => {
  const cases: [quota: number, reserve: number | undefined, read: number][] = [
    [600, undefined, 98],
    [600, 590, 8],
    [150, 145, 3],
    [150, 149, 0],
    [100, undefined, 0],
    [150, 0, 120],
    [5_000, undefined, 120],
  ];
  for (const [quota, reserve, read] of cases) {
    const { server, options } = makeLong(120, quota);
    const left: Quota[] = [];
    const history = await readHistory({
      ...options,
      limit: 120,
      ...(reserve !== undefined && { reserve }),
      onReserve: (quota) => left.push(quota),
    });
    assert.equal(history.length, read);
    assert.deepEqual(tokens(history), Array.from({ length: read }, (_, at) => 120 - read + at));
    const { reads } = server.counts;
    assert.ok(quota - reads >= Math.min(reserve ?? 500, quota - 1), `${quota}: ${reads} requests`);
    assert.equal(left.length, read < 120 ? 1 : 0);
    if (read < 120) assert.equal(left[0]?.remaining, quota - reads);
    // What a verdict depends on was not read.
    if (read > 0 && read < 120) assert.equal(history[0]?.isInEffect, undefined);
  }
});

Deno.test("readHistory() without a token leaves nothing to candidates, whose quota is another", async () => {
  const { options } = makeLong(50, 60, "");
  assert.equal((await readHistory(options)).length, 50);
});

Deno.test("readHistory() knows of a record with a base whether it is in effect, though it stopped there", async () => {
  const { server, options } = makeLong(2, 10);
  const lock = new GistLock({ ...options, identity: "a", protocol: "rest" });
  const seen = await lock.get();
  assert.ok(seen);
  await lock.update({ ...EMPTY_RECORD, holderIdentity: "a" }, seen);
  const left = 10 - server.counts.reads - server.counts.writes;
  const history = await readHistory({ ...options, reserve: left - 2 });
  assert.deepEqual(history.map(({ isInEffect }) => isInEffect), [true]);
});

Deno.test("readHistory() believes a revision by its own name only", async () => {
  const { server, options } = makeLong(3);
  const isNamed = ({ url }: { url: URL }) => /[0-9a-f]{40}$/.test(url.pathname);
  server.inject(async (_request, proceed) => {
    const answer = await (await proceed()).json();
    return Response.json({ ...answer, history: answer.history.slice(1) });
  }, { when: isNamed });
  await assert.rejects(readHistory(options), LockUnavailableError);
  server.inject(faults.refused(404, "Not Found"), { when: isNamed });
  await assert.rejects(readHistory(options), LockUnavailableError);
});

Deno.test("readHistory() refuses a reserve that is no number of requests", async () => {
  const { options } = makeLong(1);
  for (const reserve of [-1, NaN]) {
    await assert.rejects(readHistory({ ...options, reserve }), RangeError);
  }
});
