/** What a store asks for. */

import assert from "node:assert/strict";
import { composeWrite } from "../../../gist/git/commit.ts";
import { faults } from "../../../gist/server/mod.ts";
import { LockConflictError, UnknownOutcomeError } from "../../../lock/mod.ts";
import {
  advertisement,
  BASIC,
  cannedCommit,
  CONTENT,
  FETCH,
  FILTER,
  GIST,
  GONE,
  GOOD,
  OK,
  POLL,
  PUSH,
  recorded,
  storeOf,
  TOKEN,
  twoStores,
  WRITE,
  writeOf,
} from "./canned.ts";
import { recordOf } from "../../support/real_git.ts";

Deno.test("GitStore asks once for a poll and once for a write, and twice where the head moved", async () => {
  const { store, answers, paths } = recorded({ ...GOOD, receive: OK });
  const seen = await store.read();
  assert.deepEqual(seen, {
    content: CONTENT,
    version: WRITE.commitId,
    head: WRITE.commitId,
    isProven: true,
  });
  assert.deepEqual(paths(), [POLL, FETCH]);
  assert.deepEqual(await store.read(), seen);
  assert.deepEqual(paths(), [POLL, FETCH, POLL]);
  const written = await store.compareAndSwap('{"holderIdentity":"b"}', seen);
  assert.equal(written.content, '{"holderIdentity":"b"}');
  assert.deepEqual(paths(), [POLL, FETCH, POLL, PUSH]);
  answers.refs = advertisement(written.head);
  assert.deepEqual(await store.read(), written);
  assert.deepEqual(paths(), [POLL, FETCH, POLL, PUSH, POLL]);
});

Deno.test("GitStore sends the token as Basic credentials, and follows no redirect", async () => {
  const { store, requests } = recorded({ ...GOOD, receive: OK });
  await store.compareAndSwap("{}", await store.read());
  assert.equal(requests.length, 3);
  for (const request of requests) {
    assert.equal(request.headers.get("authorization"), BASIC);
    assert.equal(request.redirect, "manual");
    assert.match(request.headers.get("user-agent") ?? "", /^git\//);
    assert.ok(!request.url.includes(TOKEN));
  }
  assert.equal(requests[2]?.headers.get("content-type"), "application/x-git-receive-pack-request");
});

Deno.test("GitStore makes no two commits alike, even of one text", async () => {
  const { store } = recorded({ ...GOOD, receive: OK });
  const seen = await store.read();
  const heads = new Set<string>();
  for (let round = 0; round < 10; round++) {
    heads.add((await store.compareAndSwap("{}", seen)).head);
  }
  assert.equal(heads.size, 10);
});

Deno.test("GitStore keeps the version where another file was edited, and goes by the head where it is new to it", async () => {
  const { store, answers } = recorded(GOOD);
  const seen = await store.read();
  const other = composeWrite({
    entries: WRITE.entries,
    file: "notes.txt",
    content: "a note",
    time: 0,
    nonce: "another",
  });
  const objects = [...other.objects, ...WRITE.objects.filter(({ type }) => type === "blob")];
  Object.assign(answers, cannedCommit({ ...other, objects }));
  assert.deepEqual(await store.read(), {
    content: CONTENT,
    version: seen.version,
    head: other.commitId,
    isProven: true,
  });
  assert.equal((await storeOf(answers).read()).version, other.commitId);
});

Deno.test("GitStore gives a stale answer the version that it had", async () => {
  const { store, answers } = recorded({ ...GOOD, receive: OK });
  const first = await store.read();
  const second = await store.compareAndSwap("{}", first);
  assert.deepEqual(await store.read(), first);
  answers.refs = advertisement(second.head);
  assert.deepEqual(await store.read(), second);
});

Deno.test("GitStore looks again where the head moves between its two requests", async () => {
  const next = writeOf('{"holderIdentity":"b"}');
  const { store, answers, paths } = recorded({ ...GOOD, upload: GONE }, (_, count) => {
    if (count === 3) Object.assign(answers, cannedCommit(next));
  });
  assert.equal((await store.read()).head, next.commitId);
  assert.deepEqual(paths(), [POLL, FETCH, POLL, FETCH]);
});

Deno.test("GitStore gives up where the server does not have what it advertises", async () => {
  const { store, paths } = recorded({ ...GOOD, upload: GONE });
  await assert.rejects(store.read(), {
    name: "LockUnavailableError",
    message: /got "ERR upload-pack: not our ref"/,
  });
  assert.deepEqual(paths(), [POLL, FETCH, POLL]);
});

Deno.test("GitStore asks for large blobs only where the record is one", async () => {
  const large = '{"holderIdentity":"' + "a".repeat(70_000);
  const write = writeOf(large);
  const refs = advertisement(write.commitId, FILTER);
  const withoutBlob = { ...write, objects: write.objects.filter(({ type }) => type !== "blob") };
  const { store, answers, paths, bodies } = recorded(
    { ...cannedCommit(withoutBlob), refs },
    (_, count) => count === 3 && Object.assign(answers, cannedCommit(write)),
  );
  assert.equal((await store.read()).content, large);
  assert.deepEqual(paths(), [POLL, FETCH, FETCH]);
  const [first = "", second = ""] = await bodies();
  assert.match(first, /deepen 1\n.*filter blob:limit=65537\n/s);
  assert.match(second, /deepen 1\n/);
  assert.doesNotMatch(second, /filter/);
});

Deno.test("GitStore reads a repository of GitHub Enterprise Server under its own path", async () => {
  const baseUrl = "https://ghes.example/gist/";
  const { store, requests } = recorded(GOOD, undefined, { baseUrl });
  await store.read();
  assert.equal(requests[1]?.url, `https://ghes.example/gist/${GIST}.git/git-upload-pack`);
});

Deno.test("GitStore remembers that a file was there, though a commit without history lacks it", async () => {
  const { store, answers } = recorded(GOOD);
  await store.read();
  const other = writeOf("a note", "notes.txt");
  Object.assign(answers, cannedCommit(other));
  await assert.rejects(store.read(), { name: "LockDeletedError" });
  const head = other.commitId;
  assert.deepEqual(await storeOf(answers).read(), {
    content: undefined,
    version: head,
    head,
    isProven: true,
  });
});

Deno.test("GitStore does not take a stale answer that it never saw before for another's win", async () => {
  const { server, store, other } = twoStores();
  let seen = await other().read();
  for (const round of [1, 2]) {
    seen = await other().compareAndSwap(recordOf("b", round, seen.head), seen);
  }
  const mine = recordOf("a", 1, seen.head);
  await store.read();
  // The second copy is refused as the first took effect, and a replica that is two moves behind is asked which it was.
  server.inject(faults.appliedTwice(), { kind: "git-push" });
  for (const kind of ["git-poll", "git-fetch"] as const) {
    server.inject(faults.staleRead(2), { kind });
  }
  await assert.rejects(store.compareAndSwap(mine, seen), UnknownOutcomeError);
  assert.equal((await store.read()).content, mine);
});

Deno.test("GitStore knows that it lost where another's write, or a person's edit, followed the same head", async () => {
  const { world, store, other } = twoStores();
  const seen = await store.read();
  const won = await other().compareAndSwap(recordOf("b", 1, seen.head), seen);
  await assert.rejects(store.compareAndSwap(recordOf("a", 1, seen.head), seen), LockConflictError);
  world.edit(recordOf("by hand", 1));
  await assert.rejects(store.compareAndSwap(recordOf("a", 2, won.head), won), LockConflictError);
  world.edit(recordOf("by hand", 2));
  // Two moves on, nothing proves that this write was not the first of them.
  await assert.rejects(store.compareAndSwap(recordOf("a", 3, won.head), won), UnknownOutcomeError);
});
