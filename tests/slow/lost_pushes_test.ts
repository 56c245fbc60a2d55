import assert from "node:assert/strict";
import { FILE, GIST, gitTest, isPush, recordOf, storeAt } from "../support/real_git.ts";

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
