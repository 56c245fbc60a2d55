import assert from "node:assert/strict";
import { LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { until, World } from "../support/elector_process.ts";

Deno.test("elector run keeps its term while its token file is replaced and the old token revoked", async () => {
  await using world = new World();
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, `${LOCAL_TOKEN}\n`);
    const run = world.shell("echo $$; exec sleep 600", [`--token-file=${file}`], {
      GITHUB_TOKEN: "",
    });
    const group = await run.group();
    const { acquireTime, leaderTransitions } = world.record;
    world.served.server.replaceToken("another-token");
    await Deno.writeTextFile(file, "another-token\n");
    // The server takes no write by the old token any more.
    const since = world.record.renewTime ?? 0;
    await until(() => (world.record.renewTime ?? 0) > since + 2_000, () => "renewals");
    const { record } = world;
    assert.deepEqual(
      [record.acquireTime, record.leaderTransitions],
      [acquireTime, leaderTransitions],
    );
    assert.ok(group > 0 && !run.stderr.join("\n").includes("stopped leading"));
    run.signal("SIGTERM");
    assert.equal(await run.code, 143);
  } finally {
    await Deno.remove(file);
  }
});
