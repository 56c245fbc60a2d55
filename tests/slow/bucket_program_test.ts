/** The program over a bucket of the local bucket server, as real processes. */

import assert from "node:assert/strict";
import { serveBuckets, type ServedBuckets } from "../../bucket/server/mod.ts";
import { EXIT } from "../../cli/exit_codes.ts";
import { parseRecord } from "../../lock/mod.ts";
import { recordText } from "../bucket/bucket_world.ts";
import { ElectorProcess, Processes, SHORT, until } from "../support/elector_process.ts";
import { bucketEnv, LOCK, openStore } from "../support/local_stores.ts";

/** What a command printed, and its exit code. */
async function finished(process: ElectorProcess) {
  const code = await process.code;
  return { code, out: process.stdout.join("\n"), err: process.stderr.join("\n") };
}

class BucketStage extends Processes {
  readonly served: ServedBuckets = serveBuckets();

  protected override access(): Record<string, string> {
    return bucketEnv(this.served.url);
  }

  run(...args: string[]) {
    return finished(this.elector(args));
  }

  record(url = LOCK) {
    return parseRecord(this.served.server.object(url)?.content ?? "");
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.served[Symbol.asyncDispose]();
  }
}

Deno.test("the commands set a lock up in a bucket, lead under it, release it, and move it", async () => {
  // A lock that was released by force is held back from for a lease.
  const timings = { leaseDuration: 8_000, renewDeadline: 6_000, requestTimeout: 3_000 };
  await using stage = new BucketStage(timings);
  assert.match((await stage.run("status")).out, /never held\n.*no object.*`elector init`/);
  assert.match(
    (await stage.run("release", "--force", "--yes")).out,
    /no holder\nThere is no object.*`elector init`/,
  );
  const none = await stage.run("run", "--wait=2s", "--", "true");
  assert.equal(none.code, EXIT.notAcquired);
  assert.match(none.err, /create it by `elector init`/);

  const init = await stage.run("init", "--lock", LOCK, "--token", "41");
  assert.equal(init.code, 0, init.err);
  assert.match(init.out, /^export ELECTOR_LOCK=s3:\/\/locks\/leader-election.json/);
  assert.match((await stage.run("init", "--lock", LOCK)).err, /left as it is/);

  const script = 'echo token $LEADER_TOKEN under $LEADER_LOCK, key "$AWS_ACCESS_KEY_ID"';
  const led = await stage.run("run", "--strip-credentials", "--", "sh", "-c", script);
  assert.equal(led.code, 0, led.err);
  assert.match(led.out, /^token 42 under s3:\/\/locks\/leader-election.json at 127.*, key $/);
  assert.equal(stage.record().holderIdentity, "");

  const leader = stage.elector(["run", "--", "sh", "-c", "echo $$; sleep 1000"]);
  await leader.group();
  assert.equal((await stage.run("status", "--json")).code, 0);
  const released = await stage.run("release", "--force", "--yes");
  assert.equal(released.code, 0, released.err);
  assert.match(released.out, /fencing tokens continue after 43/);
  leader.signal("SIGTERM");
  await leader.code;

  const third = "s3://locks/third.json";
  const moved = await stage.run("migrate", "--from", LOCK, "--to", third);
  assert.equal(moved.code, 0, moved.err);
  assert.equal(stage.record().protocol, "moved");
  assert.equal(stage.record(third).leaderTransitions, stage.record().leaderTransitions);
  const forgotten = await stage.run("run", "--", "true");
  assert.equal(forgotten.code, EXIT.data);
  assert.match(forgotten.err, /its lock has moved to another store/);
  assert.equal((await stage.run("history")).code, EXIT.failed);
});

Deno.test("elector migrate moves a lock from a gist to a bucket, and a candidate that was forgotten does not lead", async () => {
  await Promise.all((["git", "rest"] as const).map(async (protocol) => {
    await using gist = openStore(protocol);
    await using bucket = openStore("bucket");
    const run = (env: Record<string, string>, ...args: string[]) =>
      finished(new ElectorProcess(args, env));
    const lead = ["run", "--poll-period=200ms", "--", "sh", "-c", "echo $LEADER_TOKEN"];
    for (const token of ["1", "2"]) {
      assert.equal((await run(gist.env(), ...lead)).out, token);
    }
    const both = { ...bucket.env(), ...gist.env(), ELECTOR_LOCK: "", GIST_ID: "" };
    const to = "s3://locks/moved.json";
    const from = `gist:${gist.env().GIST_ID}`;
    const moved = await run(both, "migrate", "--from", from, "--to", to);
    assert.equal(moved.code, 0, moved.err);
    assert.equal(gist.record().protocol, "moved");
    const forgotten = await run(gist.env(), ...lead);
    assert.equal(forgotten.code, EXIT.data);
    assert.match(forgotten.err, /its lock has moved to another store/);
    assert.equal(forgotten.out, "");
    const next = await run({ ...bucket.env(), ELECTOR_LOCK: to }, ...lead);
    assert.equal(next.out, "3", next.err);
  }));
});

Deno.test("a candidate over a bucket follows one that was killed", async () => {
  await using stage = new BucketStage(SHORT);
  stage.served.server.edit(LOCK, recordText("", 6));
  const command = ["--", "sh", "-c", "echo $$; sleep 1000"];
  const first = stage.elector(["run", "--identity=a", ...command]);
  await first.group();
  const second = stage.elector(["run", "--identity=b", ...command]);
  await second.said(/a leads/);
  Deno.kill(await first.campaigner(), "SIGKILL");
  await second.group();
  assert.equal(stage.record().holderIdentity, "b");
  assert.ok(stage.record().leaderTransitions >= 8);
  second.signal("SIGTERM");
  await second.code;
  assert.equal(stage.record().holderIdentity, "");
});

Deno.test("a program over a store that ignores conditions ends, and no command runs", async () => {
  await using stage = new BucketStage();
  stage.served.server.edit(LOCK, recordText("", 6));
  stage.served.server.quirks = { ignoresConditions: true };
  const { code, out, err } = await stage.run("run", "--", "echo", "I lead");
  assert.equal(code, EXIT.unavailable);
  assert.match(err, /two candidates would lead at once/);
  assert.equal(out, "");
  // Who only reports writes nothing, not even a probe.
  const { server } = stage.served;
  server.resetCounts();
  const observer = stage.elector(["serve", "--observe", "--http=127.0.0.1:0"]);
  await until(() => server.counts.reads >= 3, () => observer.stderr.join());
  assert.equal(server.counts.writes, 0);
  observer.signal("SIGTERM");
  await observer.code;
});

Deno.test("elector bucket-server prints what the other commands need", async () => {
  await using stage = new BucketStage();
  const server = stage.elector(["bucket-server", "--json"]);
  const variables = JSON.parse(await server.printed(/^\{/));
  const status = stage.elector(["status"], variables);
  assert.equal(await status.code, EXIT.failed);
  assert.match(status.stdout.join(), /never held/);
  server.signal("SIGTERM");
  await server.code;
});
