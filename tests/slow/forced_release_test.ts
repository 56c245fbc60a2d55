import assert from "node:assert/strict";
import { parseRecord } from "../../lock/mod.ts";
import { World } from "../support/elector_process.ts";
import { GONE_HOLDER as HELD } from "../support/gone_holder.ts";

const FILE = "leader-election.json";

/** What an operator sees of a forced release of this content. */
async function operate(
  content: string | null,
  args: readonly string[] = [],
  before?: string,
): Promise<{ code: number; text: string; record: ReturnType<typeof parseRecord> | undefined }> {
  await using world = new World();
  const { server } = world.served;
  if (before !== undefined) server.editGist(world.gist, { [FILE]: before });
  server.editGist(world.gist, { [FILE]: content, "other.txt": "kept" });
  const release = world.elector(["release", "--force", "--yes", ...args]);
  const code = await release.code;
  const text = [...release.stdout, ...release.stderr].join("\n");
  const stored = server.revisions(world.gist)[0]?.files[FILE];
  return { code, text, record: code === 0 ? parseRecord(stored ?? "") : undefined };
}

Deno.test("elector release --force continues after the highest token in the stored content or in earlier revisions", async () => {
  const [held, edited, deleted] = await Promise.all([
    operate(HELD),
    operate("oops", ["--protocol=rest"], HELD),
    operate(null, [], HELD),
  ]);
  for (const { code, record, text } of [held, edited, deleted]) {
    assert.equal(code, 0, text);
    assert.equal(record?.leaderTransitions, 41, text);
    assert.match(text, /The lock is free; fencing tokens continue after 41$/m);
  }
  const { record } = await operate('{"holderIdentity":"x","leaderTransitions":3}', [
    "--protocol=rest",
  ], HELD);
  assert.equal(record?.leaderTransitions, 41);
});

Deno.test("elector release --force requires --token if it finds none, and refuses one that is too low", async () => {
  const [none, given, low, wrong] = await Promise.all([
    operate("oops", [], ""),
    operate("oops", ["--token=12"], ""),
    operate(HELD, ["--token=40"]),
    operate(HELD, ["--token=ghp_secret"]),
  ]);
  assert.equal(none.code, 65);
  assert.match(none.text, /No fencing token found in gist .*: add --token N/);
  assert.deepEqual([given.code, given.record?.leaderTransitions], [0, 12]);
  assert.equal(low.code, 64);
  assert.match(low.text, /--token must be at least 41, .* got 40/);
  assert.equal(wrong.code, 64);
  assert.ok(!wrong.text.includes("ghp_secret"), wrong.text);
});

Deno.test("elector release --force keeps the protocol of the record, unless --protocol changes it", async () => {
  const rest = HELD.replace("}", ',"protocol":"rest"}');
  const odd = HELD.replace("}", ',"protocol":"carrier pigeon"}');
  const [kept, changed, unknown, forced] = await Promise.all([
    operate(rest),
    operate(rest, ["--protocol=git"]),
    operate(odd),
    operate(odd, ["--protocol=git"]),
  ]);
  assert.deepEqual([kept.code, kept.record?.protocol], [0, "rest"]);
  assert.deepEqual([changed.code, changed.record?.protocol], [0, "git"]);
  assert.match(changed.text, /It uses the protocol git now/);
  assert.equal(unknown.code, 65);
  assert.match(unknown.text, /unknown protocol "carrier pigeon"/);
  assert.deepEqual([forced.code, forced.record?.protocol], [0, "git"]);
});

Deno.test("elector release --force does not bring back a lock that has moved without a token of the other store", async () => {
  const moved = '{"leaderTransitions":7,"protocol":"moved"}';
  const [plain, chosen, known] = await Promise.all([
    operate(moved),
    operate(moved, ["--protocol=git"]),
    operate(moved, ["--token=12"]),
  ]);
  for (const { code, text } of [plain, chosen]) {
    assert.equal(code, 65, text);
    assert.match(text, /has moved to another store: use that one; .* --token N/);
  }
  assert.deepEqual([known.code, known.record?.leaderTransitions], [0, 12]);
  assert.match(known.text, /It has moved .* brings it back, with the protocol git/);
});

Deno.test("elector release --force leaves a free lock as it is, unless --token raises its token", async () => {
  const free = '{"leaderTransitions":5}';
  const [left, raised] = await Promise.all([operate(free), operate(free, ["--token=9"])]);
  assert.equal(left.code, 0);
  assert.match(left.text, /^The lock has no holder$/m);
  assert.equal(left.record?.session, undefined);
  assert.equal(raised.record?.leaderTransitions, 9);
});
