import assert from "node:assert/strict";
import { LockAccessError } from "../../lock/mod.ts";
import { errorOf } from "../gist/git/canned.ts";
import { FILE, GIST, gitTest, storeAt } from "../support/real_git.ts";

gitTest(
  "GitStore.checkAccess() passes where pushes are allowed, else not; nothing is written",
  async (backend) => {
    const seeds = [{ files: { [FILE]: "{}" } }];
    const folder = await backend.addRepository(GIST, seeds);
    const closed = "ab".repeat(16);
    await backend.addRepository(closed, seeds, "[http]\n\treceivepack = false\n");
    const store = (id: string) => storeAt(backend, backend.fetch, id);
    const heads = await backend.pastHeads(folder);
    await store(GIST).checkAccess();
    assert.deepEqual(await backend.pastHeads(folder), heads);
    assert.equal((await store(closed).read()).content, "{}");
    for (const [id, status] of [[closed, 403], ["cd".repeat(16), 404]] as const) {
      const error = await errorOf(store(id).checkAccess());
      assert.ok(error instanceof LockAccessError && error.status === status, String(error));
    }
  },
);
