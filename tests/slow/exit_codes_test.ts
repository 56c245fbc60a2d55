import assert from "node:assert/strict";
import { LOCAL_TOKEN } from "../../gist/server/mod.ts";
import { systemFetch } from "../../lock/system.ts";
import { type ElectorProcess, World } from "../support/elector_process.ts";

/** The exit code, and the sentences that were printed. */
async function ending(process: ElectorProcess): Promise<[number, string[]]> {
  const code = await process.code;
  return [code, process.stderr.filter((line) => !/ elector: (git|rest): /.test(line))];
}

async function endsWith(process: ElectorProcess, code: number, sentence: RegExp): Promise<void> {
  const [actual, told] = await ending(process);
  assert.equal(actual, code, told.join("\n"));
  assert.equal(told.length, 1, told.join("\n"));
  assert.match(told[0] ?? "", sentence);
  assert.ok(!told.join().includes(LOCAL_TOKEN));
}

Deno.test("elector prints one sentence and exits with a specific code for an invalid command line", async () => {
  await using world = new World();
  await Promise.all([
    endsWith(
      world.elector(["run", "--grce", "3s", "--", "true"]),
      64,
      /No option --grce .* --grace\?/,
    ),
    endsWith(world.elector(["rnu"]), 64, /No command "rnu": did you mean run\?/),
    endsWith(world.elector(["run", "true"]), 64, /`--`.*is "true" the command\?/),
    endsWith(world.elector(["run", "--token=x", "--", "true"]), 64, /--token,? .* GITHUB_TOKEN/),
  ]);
  await Promise.all([
    endsWith(world.elector(["run", "--grace=9s", "--", "true"]), 78, /--grace .* at most 4200 ms/),
    endsWith(
      world.elector(["serve", "--renew-deadline=29s"]),
      78,
      /--renew-deadline .* 95 % of ELECTOR_LEASE_DURATION/,
    ),
    endsWith(world.elector(["watch"], { ELECTOR_POLL_PERIOD: "5" }), 78, /ELECTOR_POLL_PERIOD/),
  ]);
});

Deno.test("elector prints one sentence and exits with a specific code for an invalid gist or token", async () => {
  await using world = new World();
  const home = await Deno.makeTempDir();
  const run = ["run", "--", "true"];
  // A folder cannot be read as a file, by any user.
  const odd = await Deno.makeTempDir();
  await Deno.mkdir(`${odd}/github_api_token.txt`);
  await Promise.all([
    endsWith(
      world.elector(run, { GITHUB_TOKEN: "", HOME: odd }),
      77,
      /~\/github_api_token.txt: it cannot be read/,
    ),
    endsWith(
      world.elector(["status"], { ELECTOR_TOKEN_FILE: odd }),
      77,
      /token file ".*": it cannot be read/,
    ),
    endsWith(
      world.elector(run, { GITHUB_TOKEN: "", HOME: home }),
      77,
      /No access token: set GITHUB_TOKEN/,
    ),
    endsWith(world.elector(run, { GITHUB_TOKEN: "wrong" }), 77, /the server does not .* the token/),
    endsWith(world.elector(run, { GIST_ID: "abcdef" }), 77, /abcd…/),
    endsWith(world.elector(["status"], { GIST_ID: "" }), 78, /set GIST_ID/),
  ]);
  await Promise.all([
    endsWith(world.elector(["status"], { GIST_ID: "../x" }), 78, /GIST_ID must be a gist/),
    endsWith(
      world.elector(["status"], { ELECTOR_API_URL: "http://127.0.0.1:9" }),
      69,
      /Cannot reach/,
    ),
    endsWith(world.elector(["resign", "--http", "127.0.0.1:9"]), 69, /Cannot reach a candidate/),
  ]);
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
  assert.match(late.stderr.at(-1) ?? "", /not acquired within 3000 ms \(--wait\): rival leads/);
  stopped.signal("SIGTERM");
  assert.equal(await stopped.code, 143);
});

Deno.test("elector reports a manual edit, and releases the lock by force", async () => {
  await using world = new World();
  const body = JSON.stringify({
    files: { "leader-election.json": { content: 'oops "leaderTransitions": 41' } },
  });
  const request = new Request(`${world.served.url}/gists/${world.gist}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${LOCAL_TOKEN}` },
    body,
  });
  const response = await systemFetch(request);
  await response.body?.cancel();
  await endsWith(world.elector(["status"]), 65, /must be JSON, got "oops/);
  await endsWith(world.elector(["release"]), 64, /--force/);
  await endsWith(world.elector(["release", "--force"]), 64, /--yes/);
  const release = world.elector(["release", "--force", "--yes"]);
  assert.equal(await release.code, 0);
  assert.equal(world.record.leaderTransitions, 41);
  const status = world.elector(["status", "--json"]);
  assert.equal(await status.code, 1);
  const { state, leader, token } = JSON.parse(status.stdout.join(""));
  assert.deepEqual({ state, leader, token }, { state: "released", leader: null, token: 41 });
});
