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
  const serve = (response: () => Response) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, response);
  await using other = serve(() => new Response("hello", { status: 418 }));
  await using json = serve(() => Response.json({ message: "Not Found" }, { status: 404 }));
  const cases: [port: number, sentence: RegExp][] = [
    [mute.addr.port, /no response within 5000 ms/],
    [other.addr.port, /is not a candidate's \(status 418\)/],
    [json.addr.port, /The response is not a candidate's/],
    [freePort(), /Connection refused/],
  ];
  await Promise.all(cases.map(async ([port, sentence]) => {
    const process = world.elector(["resign", `--http=${port}`]);
    assert.equal(await process.code, 69);
    assert.equal(process.stderr.length, 1, process.stderr.join("\n"));
    assert.match(process.stderr[0] ?? "", sentence);
  }));
});
