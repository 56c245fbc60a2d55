import assert from "node:assert/strict";
import { type Check, fail, pass, runChecks, skip } from "../../../cli/check/check.ts";
import {
  cleanFinding,
  exitCodeOf,
  findingLine,
  findingsJson,
  summaryLine,
} from "../../../cli/check/report.ts";
import { main } from "../../../cli/main.ts";
import { PLAIN } from "../../../cli/output/terminal.ts";
import { GistServer, LOCAL_TOKEN, serveGists } from "../../../gist/server/mod.ts";
import { FakeClock, LockAccessError } from "../../../lock/mod.ts";
import { heldBy } from "./check_world.ts";

const CHECKS: readonly Check[] = [
  { name: "first", run: () => pass("fine") },
  { name: "second", run: () => Promise.reject(new LockAccessError("No right: get one")) },
  { name: "third", needs: ["first", "second"], run: () => pass("never") },
  { name: "fourth", run: () => fail(69, "not there: plug it in") },
  { name: "fifth", needs: ["absent"], run: () => pass("never") },
  { name: "sixth", run: () => skip("nothing to do") },
];

Deno.test("a run ends with the code of the first failure, and skips what needs a check that did not pass", async () => {
  const reported: string[] = [];
  const findings = await runChecks(CHECKS, new FakeClock(), (one) => {
    reported.push(findingLine(one, PLAIN));
  });
  assert.equal(exitCodeOf(findings), 77);
  assert.deepEqual(reported, [
    "✓ first:         fine",
    "✗ second:        No right: get one",
    '– third:         skipped: it needs "second"',
    "✗ fourth:        not there: plug it in",
    '– fifth:         skipped: it needs "absent"',
    "– sixth:         skipped: nothing to do",
  ]);
  assert.equal(summaryLine(findings, PLAIN), "This machine could not lead: 2 of 6 checks failed");
  assert.deepEqual(JSON.parse(findingsJson(findings)), {
    ok: false,
    checks: [
      { name: "first", ok: true, message: "fine", milliseconds: 0 },
      { name: "second", ok: false, message: "No right: get one", milliseconds: 0 },
      { name: "third", ok: null, message: 'it needs "second"' },
      { name: "fourth", ok: false, message: "not there: plug it in", milliseconds: 0 },
      { name: "fifth", ok: null, message: 'it needs "absent"' },
      { name: "sixth", ok: null, message: "nothing to do" },
    ],
  });
});

Deno.test("cleanFinding() removes secrets and escapes what a terminal would obey", () => {
  const finding = { name: "a", ...pass("token-1 and token-1 \x1b[2Jand ab") };
  const { message } = cleanFinding(finding, ["token-1", "ab"]);
  assert.ok(!message.includes("token-1") && !message.includes("\x1b"), message);
  // Part of every other word.
  assert.ok(message.endsWith("ab"));
});

/** Runs the program, and returns what it prints and its exit code. */
async function elector(args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (text: string) => lines.push(text);
  try {
    return { code: await main(args), text: lines.join("\n") };
  } finally {
    console.log = log;
  }
}

Deno.test("elector check works over a real port, in lines and in JSON", async () => {
  const server = new GistServer();
  const id = server.createGist({ "leader-election.json": heldBy("eu-west-1", "git") });
  await using served = serveGists({ server });
  const tokenFile = await Deno.makeTempFile();
  const wrongFile = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(tokenFile, LOCAL_TOKEN);
    await Deno.writeTextFile(wrongFile, "mistyped-token");
    const args = ["check", `--gist=${id}`, `--api-url=${served.url}`, `--git-url=${served.url}`];
    const lines = await elector([...args, `--token-file=${tokenFile}`]);
    assert.equal(lines.code, 0, lines.text);
    assert.match(lines.text, /✓ stale write: +refused/);
    assert.match(lines.text, /\nThis machine could lead, as far as was checked/);
    const json = await elector([...args, `--token-file=${wrongFile}`, "--json"]);
    assert.equal(json.code, 77);
    const { ok, checks } = JSON.parse(json.text);
    assert.equal(ok, false);
    assert.equal(checks.find(({ name }: { name: string }) => name === "token").ok, false);
    const none = await elector(["check", `--gist=${id}`, "--token-file=/nowhere", "--json"]);
    assert.equal(none.code, 77);
    assert.equal(JSON.parse(none.text).checks[0].name, "options");
    const all = lines.text + json.text + none.text;
    assert.ok(!all.includes(id) && !all.includes(LOCAL_TOKEN) && !all.includes("mistyped-token"));
  } finally {
    await Promise.all([tokenFile, wrongFile].map((path) => Deno.remove(path)));
  }
});
