import assert from "node:assert/strict";
import { aliveIn, until, World } from "../support/elector_process.ts";

Deno.test("elector serve --on-change runs its command for each leader, without the access token", async () => {
  await using world = new World();
  const command =
    'echo "$ELECTOR_IDENTITY sees <$ELECTOR_LEADER> <$ELECTOR_TOKEN> <$GITHUB_TOKEN>"; exit 3';
  const serve = world.elector([
    "serve",
    "--http=0",
    "--identity=me $(touch x); '",
    `--on-change=${command}`,
  ]);
  await serve.printed(/^me \$\(touch x\); ' sees <me \$\(touch x\); '> <1> <>$/);
  await serve.said(/--on-change failed with exit code 3/);
  serve.signal("SIGTERM");
  assert.equal(await serve.code, 143);
  assert.match(serve.stdout.at(-1) ?? "", / sees <> <1> <>$/);
  assert.equal(world.holder, "");
});

Deno.test("elector serve leads on while its --on-change hangs, and ends it at its own end", async () => {
  await using world = new World();
  const command = "trap '' TERM; echo $$; sleep 1000 & wait";
  const serve = world.elector(["serve", "--http=0", `--on-change=${command}`]);
  const group = await serve.group();
  await until(() => world.holder !== "", () => "a leader");
  const since = world.record.renewTime ?? 0;
  await until(() => (world.record.renewTime ?? 0) > since + 2_000, () => "renewals");
  assert.equal(world.record.leaderTransitions, 1);
  serve.signal("SIGTERM");
  await until(() => world.holder === "", () => "the release");
  assert.equal(await serve.code, 143);
  assert.deepEqual(await aliveIn(group), []);
});
