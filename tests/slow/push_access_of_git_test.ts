import assert from "node:assert/strict";
import { GitStore } from "../../gist/git/store.ts";
import { FakeClock, LockAccessError } from "../../lock/mod.ts";
import { errorOf, FILE, GIST, TOKEN } from "../gist/git/canned.ts";
import { BACKEND_URL, hasGit, HttpBackend } from "../support/http_backend.ts";

Deno.test({
  name:
    "GitStore.checkAccess() by real git: passes where pushes are allowed, else not; nothing is written",
  ignore: !hasGit,
  fn: async () => {
    await using backend = await HttpBackend.create();
    const seeds = [{ files: { [FILE]: "{}" } }];
    const folder = await backend.addRepository(GIST, seeds);
    const closed = "ab".repeat(16);
    await backend.addRepository(closed, seeds, "[http]\n\treceivepack = false\n");
    const { fetch } = backend;
    const store = (id: string) =>
      new GitStore({ id, token: TOKEN, baseUrl: BACKEND_URL, clock: new FakeClock(), fetch });
    const heads = await backend.pastHeads(folder);
    await store(GIST).checkAccess();
    assert.deepEqual(await backend.pastHeads(folder), heads);
    assert.equal((await store(closed).read()).content, "{}");
    const error = await errorOf(store(closed).checkAccess());
    assert.ok(error instanceof LockAccessError && error.status === 403, String(error));
    const missing = await errorOf(store("cd".repeat(16)).checkAccess());
    assert.ok(missing instanceof LockAccessError && missing.status === 404, String(missing));
  },
});
