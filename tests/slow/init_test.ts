import assert from "node:assert/strict";
import { World } from "../support/elector_process.ts";

Deno.test("elector init warns that GIST_ID is set, without the whole id, and creates a gist anyway", async () => {
  await using world = new World();
  const id = "abcdef0123456789abcdef0123456789";
  const [set, unset] = [
    world.elector(["init"], { GIST_ID: id }),
    world.elector(["init"], { GIST_ID: "" }),
  ];
  for (const init of [set, unset]) {
    assert.equal(await init.code, 0);
    assert.match(init.stdout.join(), /^export GIST_ID=[0-9a-f]+$/);
  }
  const warning = set.stderr.filter((line) =>
    /^elector: warning: GIST_ID is set to abcd… /.test(line)
  );
  assert.equal(warning.length, 1, set.stderr.join("\n"));
  assert.ok(!set.stderr.join().includes(id));
  assert.ok(!/warning/.test(unset.stderr.join()));
});

Deno.test("a mistyped variable is reported on stderr and changes nothing else, also as JSON", async () => {
  await using world = new World();
  const env = { ELECTOR_POLL_PERIODE: "secret" };
  const plan = world.elector(["plan"], env);
  assert.equal(await plan.code, 0);
  assert.deepEqual(plan.stderr, [
    "elector: No option reads the variable ELECTOR_POLL_PERIODE: did you mean ELECTOR_POLL_PERIOD?",
  ]);
  const run = world.elector(["run", "--json", "--", "true"], env);
  assert.equal(await run.code, 0);
  const events = run.stderr.map((line) => JSON.parse(line));
  const unknown = events.filter(({ event }) => event === "variable");
  assert.deepEqual(unknown.map(({ meant }) => meant), ["ELECTOR_POLL_PERIOD"]);
  const quiet = world.elector(["run", "--quiet", "--", "true"], env);
  assert.equal(await quiet.code, 0);
  assert.ok(!quiet.stderr.join().includes("POLL_PERIODE"));
});
