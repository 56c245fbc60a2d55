import assert from "node:assert/strict";
import { World } from "../support/elector_process.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ elector: /;

Deno.test("elector run --verbose logs requests and roles, --quiet only leaders, each line with its time", async () => {
  await using world = new World();
  const said: string[][] = [];
  // One after the other: candidates that race report refused writes, with --quiet, too.
  for (const flags of [["--quiet"], [], ["--verbose"]]) {
    const run = world.elector(["run", "--identity=me", ...flags, "--", "true"], {
      TZ: "Asia/Kolkata",
    });
    assert.equal(await run.code, 0);
    assert.ok(run.stderr.every((line) => TIME.test(line)), run.stderr.join("\n"));
    said.push(run.stderr);
  }
  const [quiet = [], normal = [], verbose = []] = said;
  assert.ok(quiet.some((line) => / me leads with fencing token \d/.test(line)));
  // A busy machine may miss a request's deadline: that is reported, with --quiet, too.
  assert.ok(
    quiet.every((line) => !/exit code| GET | POST |role:/.test(line)),
    quiet.join("\n"),
  );
  assert.ok(normal.some((line) => /with exit code 0/.test(line)));
  assert.ok(normal.every((line) => !/ GET | POST |role:/.test(line)));
  assert.ok(verbose.some((line) => /elector: POST 127\.0\.0\.1:\d+: 200 in \d+ ms$/.test(line)));
  assert.ok(verbose.some((line) => /elector: role: \w+, was \w+$/.test(line)));
  assert.ok(!verbose.join().includes(world.gist));
});
