import assert from "node:assert/strict";
import { LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { World } from "../support/elector_process.ts";

type Refusal = readonly [
  code: number,
  sentence: RegExp,
  args: string,
  env?: Record<string, string>,
];

/** The program prints one sentence, without the token, and exits. */
async function refuses(world: World, [code, sentence, args, env]: Refusal): Promise<void> {
  const process = world.elector(args.split(" "), env);
  const actual = await process.code;
  const told = process.stderr.filter((line) => !/ elector: (git|rest): /.test(line));
  assert.equal(actual, code, told.join("\n"));
  assert.equal(told.length, 1, told.join("\n"));
  assert.match(told[0] ?? "", sentence);
  assert.ok(!told.join().includes(LOCAL_TOKEN));
}

Deno.test("elector prints one sentence and exits with a specific code for an invalid command line", async () => {
  await using world = new World();
  const refusals: readonly Refusal[] = [
    [64, /No option --grce .* --grace\?/, "run --grce 3s -- true"],
    [64, /No command "rnu": did you mean run\?/, "rnu"],
    [64, /`--`.*is "true" the command\?/, "run true"],
    [64, /--token,? .* GITHUB_TOKEN/, "run --token=x -- true"],
    [78, /--grace .* at most 4\.2 s/, "run --grace=9s -- true"],
    [78, /--renew-deadline .* 95 % of ELECTOR_LEASE_DURATION/, "serve --renew-deadline=29s"],
    [78, /ELECTOR_POLL_PERIOD/, "watch", { ELECTOR_POLL_PERIOD: "5" }],
    [78, /^elector: --poll-period must be more than 0 ms/, "watch --poll-period=0s"],
    [78, /more than 0 ms/, "migrate --from=gist:ab --to=gist:cd --poll-period=0s"],
    [78, /--lock must be an object's address/, "init --lock=gist:ab"],
    [78, /ELECTOR_LOCK must be an object's address/, "init", { ELECTOR_LOCK: "gist:ab" }],
  ];
  await Promise.all(refusals.map((refusal) => refuses(world, refusal)));
});

Deno.test("elector prints one sentence and exits with a specific code for an invalid gist or token", async () => {
  await using world = new World();
  const home = await Deno.makeTempDir();
  // A folder cannot be read as a file, by any user.
  const odd = await Deno.makeTempDir();
  await Deno.mkdir(`${odd}/github_api_token.txt`);
  const without = (HOME: string) => ({ GITHUB_TOKEN: "", HOME });
  const refusals: readonly Refusal[] = [
    [77, /~\/github_api_token.txt: it cannot be read/, "run -- true", without(odd)],
    [77, /token file ".*": it cannot be read/, "status", { ELECTOR_TOKEN_FILE: odd }],
    [77, /No access token: set GITHUB_TOKEN/, "run -- true", without(home)],
    [77, /the server does not .* the token/, "run -- true", { GITHUB_TOKEN: "wrong" }],
    [77, /abcd…/, "run -- true", { GIST_ID: "abcdef" }],
    [78, /set GIST_ID/, "status", { GIST_ID: "" }],
    [78, /GIST_ID must be a gist/, "status", { GIST_ID: "../x" }],
    [69, /Cannot reach/, "status", { ELECTOR_API_URL: "http://127.0.0.1:9" }],
    [69, /Cannot reach a candidate/, "resign --http 127.0.0.1:9"],
  ];
  await Promise.all(refusals.map((refusal) => refuses(world, refusal)));
  for (const folder of [home, odd]) await Deno.remove(folder, { recursive: true });
});

Deno.test("elector run exits with 127 or 126 if there is no such command, and 143 or 75 if it never led", async () => {
  await using world = new World();
  const missing = world.elector(["run", "--", "/does/not/exist"]);
  assert.equal(await missing.code, 127);
  const plain = world.elector(["run", "--", "/etc/passwd"]);
  assert.equal(await plain.code, 126);

  await using _rival = await world.rival();
  const [late, stopped] = [
    world.elector(["run", "--wait=3s", "--", "true"]),
    world.elector(["run", "--", "true"]),
  ];
  assert.equal(await late.code, 75);
  assert.match(late.stderr.at(-1) ?? "", /not acquired within 3 s \(--wait\): rival leads/);
  stopped.signal("SIGTERM");
  assert.equal(await stopped.code, 143);
});

Deno.test("elector reports a manual edit, and releases the lock by force", async () => {
  await using world = new World();
  const content = 'oops "leaderTransitions": 41';
  world.served.server.editGist(world.gist, { "leader-election.json": content });
  await refuses(world, [65, /must be JSON, got "oops/, "status"]);
  await refuses(world, [64, /--force/, "release"]);
  await refuses(world, [64, /--yes/, "release --force"]);
  const release = world.elector(["release", "--force", "--yes"]);
  assert.equal(await release.code, 0);
  assert.equal(world.record.leaderTransitions, 41);
  const status = world.elector(["status", "--json"]);
  assert.equal(await status.code, 1);
  const shown = { state: "released", leader: null, token: 41 };
  assert.partialDeepStrictEqual(JSON.parse(status.stdout.join("")), shown);
});
