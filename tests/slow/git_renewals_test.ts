/** What a long reign leaves behind, and what it costs. */

import assert from "node:assert/strict";
import { GitStore } from "../../gist/git/store.ts";
import { GistServer, LOCAL_TOKEN, serveGists } from "../../gist/server/mod.ts";
import type { Snapshot, Store } from "../../store/mod.ts";
import { FakeClock } from "../../lock/mod.ts";
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
