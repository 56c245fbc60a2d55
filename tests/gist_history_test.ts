import assert from "node:assert/strict";
import { createGist, GistLock, readHistory } from "../gist/mod.ts";
import { faults, GistServer, LOCAL_TOKEN } from "../gist/server/mod.ts";
import { EMPTY_RECORD, FakeClock, LockAccessError, LockUnavailableError } from "../lock/mod.ts";

const FILE = "leader-election.json";

Deno.test("createGist() makes a secret gist for a lock that nobody holds", async () => {
  const server = new GistServer();
  const id = await createGist({ token: LOCAL_TOKEN, fetch: server.fetch });
  const [revision] = server.revisions(id);
  assert.deepEqual(revision?.files, { [FILE]: "{}" });
  const answer = await server.fetch(
    new Request(`https://api.github.com/gists/${id}`, { headers: { "user-agent": "test" } }),
  );
  assert.equal((await answer.json()).public, false);
});

Deno.test("createGist() says what is wrong with the token, and with the answer", async () => {
  const server = new GistServer();
  await assert.rejects(
    createGist({ token: "wrong", fetch: server.fetch }),
    (error: unknown) => error instanceof LockAccessError && error.status === 401,
  );
  server.inject(faults.htmlAnswer(201));
  await assert.rejects(
    createGist({ token: LOCAL_TOKEN, fetch: server.fetch }),
    LockUnavailableError,
  );
});

Deno.test("readHistory() tells each revision, oldest first, and which are in effect", async () => {
  const clock = new FakeClock();
  const server = new GistServer({ clock });
  const id = server.createGist({ [FILE]: "{}" });
  const options = { id, token: LOCAL_TOKEN, clock, fetch: server.fetch };
  const [one, two] = ["one", "two"].map((identity) =>
    new GistLock({ ...options, identity, protocol: "rest" })
  );
  assert.ok(one && two);
  const [seen] = [await one.get(), await two.get()];
  assert.ok(seen);
  await clock.advance(5_000);
  await one.update({ ...EMPTY_RECORD, holderIdentity: "one" }, seen);
  await assert.rejects(two.update({ ...EMPTY_RECORD, holderIdentity: "two" }, seen));

  const history = await readHistory(options);
  assert.deepEqual(
    history.map(({ isInEffect, committedAt }) => [isInEffect, committedAt]),
    [
      [true, Date.UTC(2026, 0, 2, 3, 4, 5)],
      [true, Date.UTC(2026, 0, 2, 3, 4, 10)],
      [false, Date.UTC(2026, 0, 2, 3, 4, 10)],
    ],
  );
  assert.match(history[2]?.content ?? "", /"two"/);

  const newest = await readHistory({ ...options, limit: 2 });
  assert.deepEqual(newest.map(({ isInEffect }) => isInEffect), [undefined, false]);
});
