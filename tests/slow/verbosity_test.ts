import assert from "node:assert/strict";
import { World } from "../support/elector_process.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ elector: /;

Deno.test("elector run --verbose logs requests and roles, --quiet only leaders, each line with its time", async () => {
  await using world = new World();
  const runs = [["--quiet"], [], ["--verbose"]].map((flags) =>
    world.elector(["run", "--identity=me", ...flags, "--", "true"], { TZ: "Asia/Kolkata" })
  );
  for (const run of runs) {
    assert.equal(await run.code, 0);
    assert.ok(run.stderr.every((line) => TIME.test(line)), run.stderr.join("\n"));
  }
  const [quiet = [], normal = [], verbose = []] = runs.map(({ stderr }) => stderr);
  assert.ok(quiet.some((line) => / me leads with fencing token \d/.test(line)));
  assert.ok(quiet.every((line) => / leads|stopped leading|no leader/.test(line)), quiet.join("\n"));
  assert.ok(normal.some((line) => /with exit code 0/.test(line)));
  assert.ok(normal.every((line) => !/ GET | POST |role:/.test(line)));
  assert.ok(verbose.some((line) => /elector: POST 127\.0\.0\.1:\d+: 200 in \d+ ms$/.test(line)));
  assert.ok(verbose.some((line) => /elector: role: \w+, was \w+$/.test(line)));
  assert.ok(!verbose.join().includes(world.gist));
});
