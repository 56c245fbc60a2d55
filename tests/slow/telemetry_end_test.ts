import assert from "node:assert/strict";
import { isMissing } from "../support/hostile_stderr.ts";
import { until, World } from "../support/elector_process.ts";
import { telemetryTo } from "../support/served_url.ts";

for (const stderr of ["read", "full pipe"] as const) {
  Deno.test({
    name: `elector ends though its collector does not respond, with stderr as ${stderr}`,
    ignore: isMissing(stderr),
    fn: async () => {
      // A collector that takes connections, and never answers.
      using collector = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      await using world = new World();
      const url = `http://127.0.0.1:${collector.addr.port}`;
      const env = { ...telemetryTo(url, 100), OTEL_EXPORTER_OTLP_TIMEOUT: "500" };
      // If the runtime cannot report that an export failed, the process kills itself.
      const killed = stderr === "read" ? [] : [137];
      const serve = world.elector(["serve", "--http=0", "--identity=me"], env, { stderr });
      await until(() => world.holder === "me", () => "a leader");
      serve.signal("SIGTERM");
      assert.ok([143, ...killed].includes(await serve.ended()));
      assert.equal(world.holder, "");
      const run = world.elector(["run", "--", "sh", "-c", "exit 5"], env, { stderr });
      assert.ok([5, ...killed].includes(await run.ended()));
    },
  });
}

Deno.test("exit() lets a process with telemetry end on its own: Deno.exit may hang during an export", async () => {
  const module = JSON.stringify(import.meta.resolve("../../cli/output/exit.ts"));
  const script = `Deno.exit = () => { throw "exits" }; (await import(${module})).exit(5);`;
  const env = telemetryTo("http://127.0.0.1:9");
  const { code } = await new Deno.Command(Deno.execPath(), { args: ["eval", script], env })
    .output();
  assert.equal(code, 5);
});
