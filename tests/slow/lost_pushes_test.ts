import assert from "node:assert/strict";
import { type Fetch, UnknownOutcomeError } from "../../lock/mod.ts";
import { FILE, GIST, gitTest, isPush, recordOf, storeAt } from "../support/real_git.ts";

gitTest("GitStore finds its write by reading where the answer was lost", async (backend) => {
  const folder = await backend.addRepository(GIST, [{ files: { [FILE]: "{}" } }]);
  const requests: string[] = [];
  const store = storeAt(backend, async (request) => {
    requests.push(request.method);
    const response = await backend.fetch(request);
    if (isPush(request)) throw new TypeError("connection reset");
    return response;
  });
  const seen = await store.read();
  await assert.rejects(store.compareAndSwap(recordOf("a", 1), seen), UnknownOutcomeError);
  const found = await store.read();
  assert.equal(found.content, recordOf("a", 1));
  assert.equal(await backend.git(["rev-parse", "main"], { folder }), found.head);
  assert.equal(found.version, found.head);
  assert.deepEqual(requests, ["GET", "POST", "POST", "GET"]);
});

gitTest("GitStore counts a push once that the network sent twice", async (backend) => {
  const folder = await backend.addRepository(GIST, [{ files: { [FILE]: "{}" } }]);
  const twice: Fetch = async (request) => {
    if (!isPush(request)) return await backend.fetch(request);
    await backend.fetch(request.clone());
    return await backend.fetch(request);
  };
  const store = storeAt(backend, twice);
  const first = await store.read();
  const second = await store.compareAndSwap(recordOf("a", 1), first);
  const third = await store.compareAndSwap(recordOf("a", 2), second);
  assert.deepEqual(
    (await backend.pastHeads(folder)).toReversed(),
    [first.head, second.head, third.head],
  );
  assert.deepEqual(await storeAt(backend).read(), third);
});

gitTest(
  "GitStore counts a push as its own that was sent twice, with another file edited between",
  async (backend) => {
    const folder = await backend.addRepository(GIST, [{ files: { [FILE]: "{}" } }]);
    const store = storeAt(backend, async (request) => {
      if (!isPush(request)) return await backend.fetch(request);
      await backend.fetch(request.clone());
      await backend.commit(folder, { files: { "notes.txt": "a note" } });
      return await backend.fetch(request);
    });
    const written = await store.compareAndSwap(recordOf("a", 1), await store.read());
    assert.equal(written.content, recordOf("a", 1));
    assert.equal(written.head, await backend.git(["rev-parse", "main"], { folder }));
    assert.equal(await backend.git(["show", "main:notes.txt"], { folder }), "a note");
  },
);

gitTest("GitStore's push that lands late, after a takeover, changes nothing", async (backend) => {
  const folder = await backend.addRepository(GIST, [{ files: { [FILE]: "{}" } }]);
  let late: Request | undefined;
  const slow = storeAt(backend, async (request) => {
    if (!isPush(request)) return await backend.fetch(request);
    late = request.clone();
    throw new TypeError("connection reset");
  });
  const other = storeAt(backend);
  const seen = await slow.read();
  await assert.rejects(slow.compareAndSwap(recordOf("slow", 1), seen), UnknownOutcomeError);
  assert.deepEqual(await slow.read(), seen);
  const taken = await other.compareAndSwap(recordOf("other", 1), await other.read());
  assert.ok(late);
  assert.match(await (await backend.fetch(late)).text(), /ng refs\/heads\/main/);
  assert.deepEqual(await slow.read(), taken);
  assert.deepEqual(await other.read(), taken);
  assert.deepEqual((await backend.pastHeads(folder)).toReversed(), [seen.head, taken.head]);
});

gitTest("GitStore passes a hook's refusal on", async (backend) => {
  const folder = await backend.addRepository(GIST, [{ files: { [FILE]: "{}" } }]);
  const hook = `${folder}/hooks/pre-receive`;
  await Deno.writeTextFile(hook, "#!/bin/sh\necho 'Gists take no leases today.' >&2\nexit 1\n");
  await Deno.chmod(hook, 0o755);
  const store = storeAt(backend);
  const seen = await store.read();
  await assert.rejects(store.compareAndSwap("{}", seen), {
    name: "LockAccessError",
    message: /"pre-receive hook declined", and "Gists take no leases today\."/,
  });
  assert.deepEqual(await store.read(), seen);
});
