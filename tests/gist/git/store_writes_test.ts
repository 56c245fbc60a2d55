/** What a store's writes are made of, and what is remembered of one that never took effect. */

import assert from "node:assert/strict";
import { GitStore } from "../../../gist/git/store.ts";
import { composeWrite } from "../../../gist/git/commit.ts";
import { faults, LOCAL_TOKEN, serveGists } from "../../../gist/server/mod.ts";
import { LockDeletedError, UnknownOutcomeError } from "../../../lock/mod.ts";
import { errorOf, FILE, GOOD, NG, OK, recorded, storeOf, twoStores, WRITE } from "./canned.ts";
import { recordOf } from "../../support/real_git.ts";

/** A record that tells its fencing token. */
function tokenRecord(token: number): string {
  return JSON.stringify({ leaderTransitions: token });
}

Deno.test("GitStore says how many requests a read and a write take, at most", async () => {
  const { server, store, other } = twoStores();
  await store.read();
  await other().compareAndSwap("{1}", await other().read());
  server.resetCounts();
  const seen = await store.read();
  const reads = server.counts.gitPolls + server.counts.gitFetches;
  await store.compareAndSwap("{2}", seen);
  const { gitPolls, gitFetches, gitPushes } = server.counts;
  assert.deepEqual(store.requests, {
    read: reads,
    write: gitPolls + gitFetches + gitPushes - reads,
  });
});

Deno.test("GitStore says that a write that lost leaves nothing behind, and none does", async () => {
  const { world, server, store, other } = twoStores();
  const seen = await store.read();
  await other().compareAndSwap("{1}", seen);
  const before = server.revisions(world.id);
  await assert.rejects(
    store.compareAndSwap(recordOf("a", 1, seen.head), seen),
    UnknownOutcomeError,
  );
  assert.deepEqual(server.revisions(world.id), before);
  assert.equal(store.keepsLostWrites, false);
});

Deno.test("GitStore needs nothing but an id and a token: it has a clock, a network and nonces of its own", async () => {
  await using served = serveGists();
  const id = served.server.createGist({ [FILE]: "{}" });
  const store = new GitStore({ id, token: LOCAL_TOKEN, baseUrl: served.url });
  const before = Date.now();
  const heads: string[] = [];
  for (const content of ["{1}", "{}", "{1}"]) {
    heads.push((await store.compareAndSwap(content, await store.read())).head);
  }
  assert.equal(new Set(heads).size, 3);
  const [newest] = served.server.revisions(id);
  assert.ok(Math.abs((newest?.committedAt ?? 0) - before) < 60_000);
});

Deno.test("GitStore makes its commits of the clock and the nonce that it was given", async () => {
  const { store } = recorded({ ...GOOD, receive: OK });
  const [one, two] = ["one", "two"].map((nonce) =>
    storeOf({ ...GOOD, receive: OK }, { nonce: () => nonce })
  );
  assert.ok(one && two);
  const seen = await store.read();
  const headOf = (nonce: string) =>
    composeWrite({
      entries: WRITE.entries,
      file: FILE,
      content: "{}",
      time: Date.UTC(2026, 0, 2, 3, 4, 5),
      nonce,
    }).commitId;
  assert.equal((await one.compareAndSwap("{}", seen)).head, headOf("one"));
  assert.equal((await two.compareAndSwap("{}", seen)).head, headOf("two"));
});

Deno.test("GitStore writes after what another store read, whatever it read itself before", async () => {
  const { store, other } = twoStores();
  const old = await store.read();
  const seen = await other().compareAndSwap("{1}", old);
  assert.equal((await store.compareAndSwap("{2}", seen)).content, "{2}");
});

Deno.test("GitStore does not take a write for in effect before it is answered", async (t) => {
  const lost = async (content: string) => {
    const made = twoStores(tokenRecord(3));
    const seen = await made.store.read();
    made.server.inject(faults.requestLost(), { kind: "git-push" });
    await assert.rejects(made.store.compareAndSwap(content, seen), UnknownOutcomeError);
    return { ...made, seen };
  };

  await t.step("an edit of another file renews nothing", async () => {
    const { world, store, seen } = await lost(tokenRecord(4));
    world.editOtherFile();
    const read = await store.read();
    assert.deepEqual([read.version, read.content], [seen.version, seen.content]);
    assert.notEqual(read.head, seen.head);
  });

  await t.step(
    "where the file is deleted, the record that was in effect tells the token",
    async () => {
      const { world, store } = await lost(tokenRecord(4));
      world.edit(null);
      const error = await errorOf(store.read());
      assert.ok(error instanceof LockDeletedError);
      assert.match(error.message, /\b3\b/);
      assert.doesNotMatch(error.message, /\b4\b/);
    },
  );
});

Deno.test("GitStore says what the server said, without a remark where there was none", async () => {
  const { store } = recorded({ ...GOOD, receive: NG });
  const error = await errorOf(store.compareAndSwap("{}", await store.read()));
  assert.match(error.message, /the server said "failed to update ref"; read before/);
});

Deno.test("GitStore takes for a web page what says that it is one, whatever it begins with", async () => {
  const refs = new Response("Please sign in", { headers: { "content-type": "text/html" } });
  const { store } = recorded({ ...GOOD, refs });
  await assert.rejects(store.read(), { name: "LockAccessError", message: /a web page/ });
});
