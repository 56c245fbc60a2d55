import assert from "node:assert/strict";
import type { LeaderElectionRecord } from "../../lock/mod.ts";
import { until, World } from "../support/elector_process.ts";
import { urlOf } from "../support/served_url.ts";

for (const protocol of ["git", "rest"]) {
  Deno.test(`elector handover by ${protocol} makes another process lead, and the one that led claims nothing in between`, async () => {
    await using world = new World();
    // The one that led holds back for 3 P: time enough for a slow machine.
    const env = { ELECTOR_PROTOCOL: protocol, ELECTOR_POLL_PERIOD: "2s" };
    const start = (name: string, ...options: string[]) =>
      world.elector(["run", `--identity=${name}`, ...options, "--", "sleep", "1000"], env);
    const a = start("a", "--rank=0");
    await until(() => world.holder === "a", () => a.stderr.join("\n"));
    const b = world.elector(["serve", "--identity=b", "--rank=1", "--http=0"], env);
    await b.said(/a leads/);

    const seen: LeaderElectionRecord[] = [];
    const observe = () => {
      if (seen.at(-1)?.leaderTransitions !== world.record.leaderTransitions) {
        seen.push(world.record);
      }
      return false;
    };
    observe();
    const handover = world.elector(["handover", "--to=b", "--json"], env);
    let code: number | undefined;
    handover.code.then((ended) => code = ended);
    await until(() => observe() || code !== undefined, () => "the handover");
    assert.equal(code, 0, [handover, a, b].map(({ stderr }) => stderr.join("\n")).join("\n"));
    observe();
    assert.deepEqual(
      seen.map(({ holderIdentity, leaderTransitions }) => [holderIdentity, leaderTransitions]),
      [["a", 1], ["b", 2]],
    );
    const { vacantSeconds, ...end } = JSON.parse(handover.stdout.join(""));
    const expected = { outcome: "handed over", from: "a", to: "b", leader: "b", token: 2, rank: 1 };
    assert.partialDeepStrictEqual(end, expected);
    assert.ok(vacantSeconds >= 0 && vacantSeconds < 30, `${vacantSeconds}`);
    assert.equal(a.stderr.filter((line) => /a leads with fencing token/.test(line)).length, 1);

    const again = world.elector(["handover", "--to=b"], env);
    assert.equal(await again.code, 0);
    assert.deepEqual(again.stdout, ["b leads already"]);
  });
}

Deno.test("elector resign --to hands over by name, and elector handover says who leads instead of a name that is gone", async () => {
  await using world = new World();
  const env = { ELECTOR_POLL_PERIOD: "2s" };
  const serve = (name: string) => world.elector(["serve", `--identity=${name}`, "--http=0"], env);
  const a = serve("a");
  await until(() => world.holder === "a", () => a.stderr.join("\n"));
  const [b, c] = [serve("b"), serve("c")];
  for (const follower of [b, c]) await follower.said(/a leads/);
  const resign = world.elector(["resign", `--http=${new URL(await urlOf(a)).host}`, "--to=c"], env);
  assert.equal(await resign.code, 0, resign.stderr.join("\n"));
  assert.deepEqual(resign.stdout, ["a hands over to c", "c leads now"]);
  assert.deepEqual([world.holder, world.record.leaderTransitions], ["c", 2]);

  const gone = world.elector(["handover", "--to=gone"], env);
  assert.equal(await gone.code, 75);
  assert.match(gone.stderr.join("\n"), /^elector: [abc] leads now, not gone$|c leads again$/);
});

Deno.test("elector handover exits with 1 if there is no leader, and with 64 without a name", async () => {
  await using world = new World();
  const nobody = world.elector(["handover", "--to=b"]);
  assert.equal(await nobody.code, 1);
  assert.match(nobody.stderr.join("\n"), /^elector: No leader of gist .*: wait until a candidate/);
  const nameless = world.elector(["handover"]);
  assert.equal(await nameless.code, 64);
});

Deno.test("--ready-url and --observe keep a candidate from leading, and --ready-url reaches the campaigner", async () => {
  let isReady = false;
  // It ends after the candidates, as it waits for their connections.
  await using workload = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { status: isReady ? 204 : 503 }),
  );
  await using world = new World();
  const observer = world.elector(["serve", "--identity=observer", "--observe", "--http=0"]);
  const url = `http://127.0.0.1:${workload.addr.port}/ready`;
  const options = ["--identity=a", "--rank=1"];
  const command = ["sh", "-c", "echo $$; exec sleep 1000"];
  const run = world.elector(["run", ...options, "--", ...command], { ELECTOR_READY_URL: url });
  await run.said(/the workload is not ready: .* status 503$/);
  // Many polls, and no claim.
  const { counts } = world.served.server;
  const polled = counts.gitPolls;
  await until(() => world.served.server.counts.gitPolls > polled + 20, () => "twenty polls");
  assert.equal(world.record.leaderTransitions, 0);
  assert.equal(world.holder, "");
  isReady = true;
  await until(() => world.holder === "a", () => run.stderr.join("\n"));
  await run.group();
  assert.equal(world.record.rank, 1);
  assert.ok(!observer.stderr.some((line) => /observer leads/.test(line)));
});
