import assert from "node:assert/strict";
import { until, World } from "../support/elector_process.ts";
import { freePort } from "../support/served_url.ts";

Deno.test("elector resign succeeds with a leader that runs with --once, and exits then", async () => {
  await using world = new World();
  const http = `--http=127.0.0.1:${freePort()}`;
  const run = world.elector(["run", "--once", http, "--identity=me", "--", "sleep", "1000"]);
  await until(() => world.holder === "me", () => run.stderr.join("\n"));
  const command = world.elector(["resign", http]);
  assert.equal(await command.code, 0, command.stderr.join("\n"));
  assert.match(command.stdout.join("\n"), /me steps down\nme has ended/);
  assert.equal(await run.code, 76);
  assert.equal(world.holder, "");
});

Deno.test("elector resign reports why it cannot reach a candidate, and waits at most its timeout", async () => {
  await using world = new World();
  // One accepts the connection without a response; two send another response; one does not exist.
  using mute = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using other = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("hello", { status: 418 }),
  );
  await using json = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ message: "Not Found" }, { status: 404 }),
  );
  const ask = (port: number) => world.elector(["resign", `--http=${port}`]);
  const [late, wrong, refused] = [ask(mute.addr.port), ask(other.addr.port), ask(freePort())];
  const alike = ask(json.addr.port);
  for (const process of [late, wrong, refused, alike]) {
    assert.equal(await process.code, 69);
    assert.equal(process.stderr.length, 1, process.stderr.join("\n"));
  }
  assert.match(late.stderr[0] ?? "", /no response within 5000 ms/);
  assert.match(wrong.stderr[0] ?? "", /is not a candidate's \(status 418\)/);
  assert.match(alike.stderr[0] ?? "", /The response is not a candidate's/);
  assert.match(refused.stderr[0] ?? "", /Connection refused/);
});
