import assert from "node:assert/strict";
import { until, World } from "../support/elector_process.ts";
import { urlOf } from "../support/served_url.ts";

Deno.test("elector status --candidates asks real candidates, needs neither gist nor token, and sees one end", async () => {
  await using world = new World();
  const [one, two] = ["one", "two"].map((name) =>
    world.elector(["serve", "--http=0", `--identity=${name}`])
  );
  assert.ok(one && two);
  const urls = await Promise.all([urlOf(one), urlOf(two)]);
  await until(() => world.holder !== "", () => "a leader");
  const env = { GIST_ID: "", GITHUB_TOKEN: "", HOME: "/nowhere" };
  const args = ["status", `--candidates=${urls.join()}`];
  await until(async () => await world.elector(args, env).code === 0, () => "both to be able");
  const text = world.elector(args, env);
  await text.code;
  assert.match(
    text.stdout.join("\n"),
    /^one {2}\S.*\ntwo {2}\S.*\n[^]*2 of 2 alive and able; (one|two) leads$/,
  );

  two.signal("SIGTERM");
  await two.code;
  const json = world.elector([...args, "--json"], env);
  assert.equal(await json.code, 1);
  const { candidates } = JSON.parse(json.stdout.join(""));
  assert.deepEqual(candidates.map(({ alive }: { alive: boolean }) => alive), [true, false]);
});
