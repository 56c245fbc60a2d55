import assert from "node:assert/strict";
import { aliveIn, TIMINGS, until, untilGone, World } from "./elector_process.ts";

Deno.test("elector run that loses its lease ends the whole group of a command that ignores TERM, then leads again", async () => {
  await using world = new World();
  const run = world.elector([
    "run",
    "--identity=me",
    "--",
    "sh",
    "-c",
    "trap '' TERM; echo $$ token $LEADER_TOKEN; sleep 1000 & while :; do echo on and on; sleep 0.01; done",
  ]);
  const first = Number((await run.printed(/token 1$/)).split(" ")[0]);
  world.cut();
  const cutAt = performance.now();
  await until(async () => (await aliveIn(first)).length > 0, () => "the command");
  const goneAt = await untilGone(first);
  assert.ok(goneAt - world.lastWriteAt < TIMINGS.leaseDuration);
  assert.ok(goneAt > cutAt + 500, "it was given the time of its lease");
  world.heal();
  const second = Number((await run.printed(/token 2$/)).split(" ")[0]);
  run.signal("SIGTERM");
  assert.equal(await run.code, 137);
  assert.deepEqual(await aliveIn(second), []);
  assert.equal(world.holder, "");
});

Deno.test("elector run passes signals on, hides the token, and exits with the command's code", async () => {
  await using world = new World();
  const run = world.elector([
    "run",
    "--identity=me",
    "--",
    "sh",
    "-c",
    `trap 'echo got USR1' USR1; trap 'echo got HUP' HUP; trap 'exit 9' TERM
     echo "$LEADER_IDENTITY, $LEADER_TOKEN, $LEADER_LOCK, $LEADER_SINCE, [$GITHUB_TOKEN]"
     while :; do sleep 0.05; done`,
  ]);
  assert.match(
    await run.printed(/^me/),
    /^me, 1, gist .{4}…\/leader-election\.json by git, 20.*Z, \[\]$/,
  );
  run.signal("SIGUSR1");
  await run.printed(/^got USR1$/);
  run.signal("SIGHUP");
  await run.printed(/^got HUP$/);
  // It goes on: there are renewals beyond the grace.
  const heardAt = performance.now();
  await until(() => world.lastWriteAt > heardAt + 1_000, () => "renewals");
  run.signal("SIGTERM");
  assert.equal(await run.code, 9);
  assert.equal(world.holder, "");
  assert.equal(world.record.leaderTransitions, 1);
});

Deno.test("elector run ends what a command leaves behind, and one that closes its stdin and exits at once", async () => {
  await using world = new World();
  const run = world.elector(["run", "--", "sh", "-c", "echo $$; exec <&-; sleep 1000 & exit 7"]);
  const group = await run.group();
  assert.equal(await run.code, 7);
  assert.deepEqual(await aliveIn(group), []);
  assert.equal(world.holder, "");
});

Deno.test("elector run reads the same stdin as its command", async () => {
  await using world = new World();
  const run = world.elector(["run", "--", "cat"]);
  assert.equal(await run.code, 0);
});

Deno.test("elector run --once exits with 76 when it loses its lease", async () => {
  await using world = new World();
  const run = world.elector(["run", "--once", "--", "sh", "-c", "echo $$; sleep 1000"]);
  const group = await run.group();
  world.cut();
  assert.equal(await run.code, 76);
  assert.deepEqual(await aliveIn(group), []);
});

Deno.test("elector run ends with its command's code where metrics go to the runtime's OpenTelemetry", async () => {
  await using world = new World();
  const run = world.elector(["run", "--", "sh", "-c", "exit 5"], {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: world.served.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  });
  let code: number | undefined;
  run.code.then((ended) => code = ended);
  assert.equal(await until(() => code, () => "its end"), 5);
});
