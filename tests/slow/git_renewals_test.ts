/** What a long reign leaves behind, and what it costs. */

import assert from "node:assert/strict";
import { GitStore } from "../../gist/git/store.ts";
import { GistServer, LOCAL_TOKEN, serveGists } from "../../gist/server/mod.ts";
import type { Snapshot, Store } from "../../store/mod.ts";
import { FakeClock, LockConflictError } from "../../lock/mod.ts";
import { seededRandom } from "../support/seeded_random.ts";
import type { HttpBackend } from "../support/http_backend.ts";
import { FILE, GIST, gitTest, recordOf, storeAt } from "../support/real_git.ts";

const NOTES = "A note that nobody touches.\n";
const FILES = { [FILE]: "{}", "notes.md": NOTES };
/** So that virtual time, which stands still here, brings no rate limit. */
const UNLIMITED = { pointsPerMinute: Infinity, creationsPerMinute: Infinity };

function localWorld() {
  const clock = new FakeClock();
  const server = new GistServer({ clock, limits: UNLIMITED });
  const id = server.createGist(FILES);
  const store = () => new GitStore({ id, token: LOCAL_TOKEN, clock, fetch: server.fetch });
  return { server, id, store };
}

async function renew(store: Store, times: number): Promise<Snapshot> {
  let seen = await store.read();
  for (let sequence = 1; sequence <= times; sequence++) {
    seen = await store.compareAndSwap(recordOf("a", sequence), seen);
  }
  return seen;
}

/** A clone of what is left: one commit, the last record, the other file, and nothing that git finds wrong. */
async function assertOneCommit(backend: HttpBackend, url: string, last: Snapshot): Promise<void> {
  const folder = `${backend.root}/clone`;
  await backend.git(["clone", "--quiet", url, folder]);
  assert.equal(await backend.git(["rev-list", "--all"], { folder }), last.head);
  assert.equal(await Deno.readTextFile(`${folder}/${FILE}`), last.content);
  assert.equal(await Deno.readTextFile(`${folder}/notes.md`), NOTES);
  assert.equal(
    await backend.git(["ls-tree", "--name-only", "HEAD"], { folder }),
    `${FILE}\nnotes.md`,
  );
  await backend.git(["fsck", "--strict"], { folder });
}

gitTest("GitStore leaves one commit after 1,000 renewals, each of one request", async (backend) => {
  const { server, id, store } = localWorld();
  const holder = store();
  await holder.read();
  server.resetCounts();
  const last = await renew(holder, 1_000);
  const { gitPushes, gitPolls, gitFetches, refused } = server.counts;
  assert.deepEqual({ gitPushes, gitPolls, gitFetches, refused }, {
    gitPushes: 1_000,
    gitPolls: 1,
    gitFetches: 0,
    refused: 0,
  });
  assert.deepEqual(server.revisions(id).map(({ version }) => version), [last.head]);
  await using served = serveGists({ server });
  await assertOneCommit(
    backend,
    served.url.replace("://", `://x:${LOCAL_TOKEN}@`) + `/${id}.git`,
    last,
  );
});

gitTest(
  "GitStore leaves one commit in git's own repository, and nothing broken",
  async (backend) => {
    const folder = await backend.addRepository(GIST, [{ files: FILES }]);
    const store = storeAt(backend);
    const last = await renew(store, 100);
    assert.equal(backend.requests, 102);
    assert.equal(await backend.git(["rev-list", "--all", "--count"], { folder }), "1");
    await backend.git(["fsck", "--strict", "--no-dangling"], { folder });
    await assertOneCommit(backend, folder, last);
  },
);

Deno.test("GitStore polls with one request where nothing was written, and two where something was", async () => {
  const { server, store } = localWorld();
  const [holder, follower] = [store(), store()];
  const seen = await holder.read();
  await follower.read();
  server.resetCounts();
  for (let poll = 0; poll < 10; poll++) assert.deepEqual(await follower.read(), seen);
  assert.deepEqual([server.counts.gitPolls, server.counts.gitFetches], [10, 0]);
  const written = await holder.compareAndSwap(recordOf("a", 1), seen);
  assert.deepEqual(await follower.read(), written);
  assert.deepEqual(await holder.read(), written);
  assert.deepEqual([server.counts.gitPolls, server.counts.gitFetches], [12, 1]);
  assert.equal(server.counts.gitPushes, 1);
});

for (const candidates of [2, 4, 8]) {
  Deno.test(`GitStore.compareAndSwap() lets 1 of ${candidates} racers win, in each of 100 rounds (gist server)`, async () => {
    const { server, id, store } = localWorld();
    const random = seededRandom(candidates);
    const stores = Array.from({ length: candidates }, store);
    let seen = await store().read();
    for (let round = 1; round <= 100; round++) {
      stores.sort(() => random() - 0.5);
      const results = await Promise.allSettled(
        stores.map((racer, index) =>
          racer.compareAndSwap(recordOf(`c${index}`, round, seen.head), seen)
        ),
      );
      const won = results.filter((result) => result.status === "fulfilled");
      const lost = results.filter((result) => result.status === "rejected");
      assert.equal(won.length, 1, `round ${round}`);
      for (const { reason } of lost) assert.ok(reason instanceof LockConflictError, String(reason));
      seen = won[0]?.value as Snapshot;
      assert.equal(server.revisions(id)[0]?.version, seen.head);
    }
  });
}
