import assert from "node:assert/strict";
import { isMissing, type StderrKind } from "../support/hostile_stderr.ts";
import { SHORT, until, World } from "../support/elector_process.ts";
import { freePort, statusOf } from "../support/served_url.ts";

const MAIN = new URL("../../cli/main.ts", import.meta.url).href;

const KINDS: readonly StderrKind[] = ["full pipe", "full disk"];

Deno.test({
  name:
    "elector serve stops reporting that it leads, goes on and releases, though its lines are not written",
  ignore: KINDS.some(isMissing),
  fn: async () => {
    await Promise.all(KINDS.map(async (stderr) => {
      await using world = new World(SHORT);
      const port = freePort();
      const serve = world.elector(["serve", `--http=${port}`, "--identity=me"], {}, { stderr });
      /** When it was asked the last time that it said that it leads. */
      let ledAt = 0;
      const leads = async () => {
        const askedAt = performance.now();
        const isLeader = await statusOf(`http://127.0.0.1:${port}/leader`) === 200;
        if (isLeader) ledAt = askedAt;
        return isLeader;
      };
      await until(leads, () => "a leader");
      world.cut();
      await until(async () => !await leads(), () => "the end");
      assert.ok(ledAt - world.lastWriteAt < SHORT.leaseDuration);
      world.heal();
      await until(leads, () => "a leader again");
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      if (stderr === "full disk") {
        assert.match(metrics, /^leader_election_log_lines_dropped_total\{.*\} [1-9]/m);
      }
      serve.signal("SIGTERM");
      assert.equal(await serve.ended(), 143);
      assert.equal(world.holder, "");
    }));
  },
});

/** `elector watch` with another stdout. */
function watch(world: World, script: string) {
  return new Deno.Command("sh", {
    args: [
      "-c",
      script,
      "sh",
      Deno.execPath(),
      "run",
      "-A",
      "--no-config",
      MAIN,
      "watch",
      "--json",
    ],
    env: world.env(),
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

Deno.test({
  name:
    "elector watch goes on though its lines cannot be written, ends on TERM, and when its reader is gone",
  ignore: isMissing("full pipe"),
  fn: async () => {
    await using world = new World();
    const full = watch(world, 'exec "$@" > /dev/full');
    const held = watch(world, 'head -c 65536 /dev/zero; exec "$@"');
    const left = watch(world, 'exec "$@"');
    await left.stdout.cancel();
    const polls = world.served.server.counts;
    assert.equal((await left.status).code, 0);
    await using _rival = await world.rival();
    await until(
      () => Object.values(world.served.server.counts).join() !== Object.values(polls).join(),
      () => "polls",
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const process of [full, held]) {
      process.kill("SIGTERM");
      assert.equal((await process.status).code, 143);
      await process.stdout.cancel();
    }
  },
});

Deno.test({
  name: "elector demo with a full disk keeps its guarantees, and leaves no candidate behind",
  ignore: isMissing("full disk"),
  fn: async () => {
    const { code } = await new Deno.Command("sh", {
      args: ["-c", 'exec "$@" > /dev/full', "sh", Deno.execPath(), "run", "-A", MAIN, "demo"],
      stderr: "null",
    }).output();
    assert.equal(code, 0);
  },
});
