import assert from "node:assert/strict";
import { aliveIn, SHORT, until, World } from "../support/elector_process.ts";
import { statusOf, telemetryTo, urlOf } from "../support/served_url.ts";

Deno.test("elector run passes signals on, hides the token, and exits with the command's code", async () => {
  await using world = new World();
  const script = `trap 'echo got USR1' USR1; trap 'echo got HUP' HUP; trap 'exit 9' TERM
     echo "$LEADER_IDENTITY, $LEADER_TOKEN, $LEADER_LOCK, $LEADER_SINCE, [$GITHUB_TOKEN]"
     while :; do sleep 0.05; done`;
  const run = world.shell(script, ["--identity=me"]);
  assert.match(
    await run.printed(/^me/),
    /^me, 1, gist .{4}…\/leader-election\.json by git, 20.*Z, \[\]$/,
  );
  run.signal("SIGUSR1");
  await run.printed(/^got USR1$/);
  run.signal("SIGHUP");
  await run.printed(/^got HUP$/);
  // It goes on: there are renewals after the grace period.
  const heardAt = performance.now();
  await until(() => world.lastWriteAt > heardAt + 1_000, () => "renewals");
  run.signal("SIGTERM");
  assert.equal(await run.code, 9);
  assert.equal(world.holder, "");
  assert.equal(world.record.leaderTransitions, 1);
});

Deno.test("elector run ends the children that a command leaves behind, and a command that closes its stdin and exits at once", async () => {
  await using world = new World();
  const run = world.shell("echo $$; exec <&-; sleep 1000 & exit 7");
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
  await using world = new World(SHORT);
  const run = world.shell("echo $$; sleep 1000", ["--once"]);
  const group = await run.group();
  world.cut();
  assert.equal(await run.code, 76);
  assert.deepEqual(await aliveIn(group), []);
});

Deno.test("elector run ends with its command's code when it exports metrics to OpenTelemetry", async () => {
  await using world = new World();
  const run = world.shell("exit 5", [], telemetryTo(world.served.url));
  assert.equal(await run.ended(), 5);
});

Deno.test("elector run exits with 128 + n for every signal that ends its command, and logs how it ended", async () => {
  const signals: readonly (readonly [number, string])[] = [
    [1, "SIGHUP"],
    [6, "SIGABRT"],
    [8, "SIGFPE"],
    [11, "SIGSEGV"],
    [14, "SIGALRM"],
    // The runtime has no names for the real-time signals of Linux.
    ...(Deno.build.os === "linux"
      ? [[31, "SIGSYS"], [34, "signal 34"], [64, "signal 64"]] as const
      : []),
  ];
  await using world = new World();
  for (const [number, name] of signals) {
    const run = world.shell(`kill -${number} $$`);
    assert.equal(await run.code, 128 + number, name);
    const end = `ended on its own, by ${name}, with exit code ${128 + number}`;
    const told = run.stderr.filter((line) => line.endsWith(end));
    assert.match(told.join(), /^[^,]+Z elector: the command of term \d+ ended [^Z]*$/, end);
  }
});

Deno.test("elector run --json logs that the command ended, how, and with what code", async () => {
  await using world = new World();
  const endOf = (run: { stderr: string[] }) =>
    run.stderr.map((line) => JSON.parse(line)).filter(({ event }) => event === "command ended");
  const byItself = world.shell("exit 3", ["--json"]);
  assert.equal(await byItself.code, 3);
  const [{ token, cause, code, signal, message }] = endOf(byItself);
  assert.deepEqual([token, cause, code, signal], [1, "itself", 3, null]);
  assert.match(message, /ended on its own, with exit code 3/);

  const stopped = world.shell("echo $$; exec sleep 1000", ["--json"]);
  await stopped.group();
  stopped.signal("SIGTERM");
  assert.equal(await stopped.code, 143);
  const [stop] = endOf(stopped);
  assert.deepEqual([stop.cause, stop.code, stop.signal], ["stop", 143, "SIGTERM"]);
});

Deno.test("elector run warns at its start that --wait is shorter than a takeover may take", async () => {
  await using world = new World();
  const noted = async (wait: string) => {
    const run = world.elector(["run", `--wait=${wait}`, "--", "true"]);
    await run.code;
    return run.stderr.filter((line) => line.includes("shorter than a takeover"));
  };
  const [note = "", ...others] = await noted("3s");
  assert.match(note, /^\d{4}-\d\d-\d\dT[\d:]{8}Z elector: --wait 3 s is shorter .* \d/);
  assert.deepEqual([others, await noted("10m")], [[], []]);
});

/** A store that shows the lock to this access token, and refuses writes. */
function refuseWrites(world: World, isRefused: () => boolean): void {
  const { server } = world.served;
  const pass = server.intercept;
  server.intercept = async (request, proceed, clock) => {
    const isWrite = request.url.pathname.endsWith("git-receive-pack") && request.method === "POST";
    if (isWrite && isRefused()) return new Response("Permission denied", { status: 403 });
    return await (pass?.(request, proceed, clock) ?? proceed());
  };
}

Deno.test("elector run ends with 77 after two leases of refused writes, elector serve goes on and is not healthy", async () => {
  await using world = new World(SHORT);
  refuseWrites(world, () => true);
  const startedAt = performance.now();
  const run = world.elector(["run", "--", "true"]);
  const serve = world.elector(["serve", "--http=0"]);
  assert.equal(await run.code, 77, run.stderr.join("\n"));
  assert.ok(performance.now() - startedAt > 2 * SHORT.leaseDuration);
  assert.match(run.stderr.at(-1) ?? "", /every write was refused for \d+ s: /);
  const url = `${await urlOf(serve)}/healthz`;
  await until(async () => await statusOf(url) === 503, () => "no health");
  serve.signal("SIGTERM");
  assert.equal(await serve.code, 143);
});

Deno.test("elector run leads though its first writes were refused", async () => {
  await using world = new World();
  let refusals = 0;
  refuseWrites(world, () => ++refusals <= 2);
  const run = world.shell("exit 4");
  assert.equal(await run.code, 4, run.stderr.join("\n"));
  assert.ok(refusals > 2);
});
