import assert from "node:assert/strict";
import { SHORT, until, World } from "../support/elector_process.ts";
import { freePort, statusOf, telemetryTo, urlOf } from "../support/served_url.ts";

Deno.test("elector serve reports the leader, steps down on request, and releases when stopped", async () => {
  await using world = new World();
  const serve = world.elector(["serve", "--http=0", "--identity=one"]);
  const url = await urlOf(serve);
  await until(async () => await statusOf(`${url}/leader`) === 200, () => "a leader");
  assert.equal(await statusOf(`${url}/healthz`), 200);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^leader_election_leader\{identity="one",.*\} 1$/m);

  const http = `--http=${new URL(url).host}`;
  const alone = world.elector(["resign", http, "--wait=100ms"]);
  assert.equal(await alone.code, 75);
  assert.equal(await statusOf(`${url}/leader`), 503);
  await until(() => world.holder === "", () => "the release");
  const again = world.elector(["resign", http]);
  assert.equal(await again.code, 1);
  assert.match(again.stderr.join(), /one does not lead/);

  const follower = world.elector(["serve", "--http=0", "--identity=two"]);
  await until(() => world.holder === "two", () => "the successor");
  assert.equal(await statusOf(`${await urlOf(follower)}/leader`), 200);
  follower.signal("SIGTERM");
  assert.equal(await follower.code, 143);
  assert.equal(world.holder, "");
  serve.signal("SIGINT");
  assert.equal(await serve.code, 130);
});

Deno.test("a store outage of three leases restarts no pod: /livez stays 200, /healthz does not", async () => {
  await using world = new World(SHORT);
  const port = freePort();
  const run = world.elector(["run", `--http=${port}`, "--", "sleep", "1000"]);
  await until(() => world.holder !== "", () => run.stderr.join("\n"));
  const urls = [`http://127.0.0.1:${port}`, await urlOf(world.elector(["serve", "--http=0"]))];
  const codes = (path: string) => Promise.all(urls.map((url) => statusOf(url + path)));
  await until(async () => (await codes("/healthz")).every((code) => code === 200), () => "health");

  world.cut();
  const end = performance.now() + 3 * SHORT.leaseDuration;
  let polls = 0;
  for (; performance.now() < end; polls++) {
    assert.deepEqual(await codes("/livez"), [200, 200]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(polls > 9, `${polls} polls`);
  assert.deepEqual(await codes("/healthz"), [503, 503]);
  assert.deepEqual(await codes("/leader"), [503, 503]);

  world.heal();
  await until(async () => (await codes("/leader")).includes(200), () => "a leader");
  assert.deepEqual(await codes("/livez"), [200, 200]);
});

Deno.test("elector serve reports the address that it cannot listen on", async () => {
  await using world = new World();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = world.elector(["serve", `--http=${taken.addr.port}`]);
  assert.equal(await serve.code, 69);
  assert.match(serve.stderr.join("\n"), /^elector: Cannot listen on .* another process listens/);
});

Deno.test("elector watch prints JSON lines for scripts until it is stopped, and status agrees", async () => {
  await using world = new World();
  const watch = world.elector(["watch", "--json"]);
  await watch.printed(/"state":"free"/);
  await using _rival = await world.rival();
  const { time, lock, leader, holder, token, since } = JSON.parse(
    await watch.printed(/"state":"held"/),
  );
  assert.deepEqual([leader, holder, token], ["rival", "rival", 1]);
  const json = world.elector(["status", "--json"]);
  assert.equal(await json.code, 0);
  const shown = JSON.parse(json.stdout.join(""));
  assert.deepEqual(
    [shown.leader, shown.holder, shown.token, shown.since, shown.lock],
    [leader, holder, token, since, lock],
  );
  for (const instant of [time, since, shown.time, shown.expires]) {
    assert.equal(new Date(instant).toISOString(), instant);
  }
  const status = world.elector(["status"]);
  assert.equal(await status.code, 0);
  assert.equal(status.stdout[0], "rival leads");
  watch.signal("SIGTERM");
  assert.equal(await watch.code, 143);
});

Deno.test("elector serve exports its metrics to OpenTelemetry", async () => {
  let exported: string | undefined;
  // It ends after the process that has connections to it.
  await using collector = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const text = await request.text();
      if (text.includes("leader_election_leader")) exported ??= text;
      return new Response("");
    },
  );
  await using world = new World();
  const telemetry = telemetryTo(`http://127.0.0.1:${collector.addr.port}`, 200);
  const serve = world.elector(["serve", "--http=0"], telemetry);
  const text = await until(() => exported, () => `an export\n${serve.stderr.join("\n")}`);
  for (const name of ["leader_election_terms_total", "leader_election_term_remaining_seconds"]) {
    assert.ok(text.includes(name), name);
  }
  serve.signal("SIGTERM");
  assert.equal(await serve.ended(), 143);
});

Deno.test("elector release --force releases the lock of a holder that goes on renewing", async () => {
  await using world = new World();
  await using rival = await world.rival();
  const release = world.elector(["release", "--force", "--yes"]);
  assert.equal(await release.code, 0, release.stderr.join());
  assert.equal(release.stdout[0], "rival leads");
  await until(() => !rival.isLeader() || world.record.leaderTransitions > 1, () => "the loss");
});
