import assert from "node:assert/strict";
import { until, World } from "../support/elector_process.ts";
import { NotifySocket } from "../support/notify_socket.ts";
import { findProgram } from "../support/programs.ts";

// systemd itself need not be here.
const ignore = !await findProgram("systemd-notify", "the tests of reports to systemd");

/** What systemd sets for a service; the watchdog is shorter, so that a test is. */
function env({ path }: NotifySocket): Record<string, string> {
  const credentials = { CREDENTIALS_DIRECTORY: "/run/credentials/x" };
  return { NOTIFY_SOCKET: path, WATCHDOG_USEC: "2000000", ...credentials };
}

function systemdTest(
  name: string,
  fn: (world: World, socket: NotifySocket) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore,
    async fn() {
      await using world = new World();
      await using socket = await NotifySocket.open();
      await fn(world, socket);
    },
  });
}

/** Waits until this many more beats have come. */
async function beats(socket: NotifySocket, more: number): Promise<void> {
  const seen = socket.reports.length;
  await until(() => socket.reports.length >= seen + more, () => `${more} beats`);
}

/** Waits until no beat has come for the watchdog's time, as systemd does. */
async function silence(socket: NotifySocket): Promise<void> {
  let [count, since] = [socket.reports.length, performance.now()];
  await until(
    () => {
      if (socket.reports.length !== count) {
        [count, since] = [socket.reports.length, performance.now()];
      }
      return performance.now() - since > 2_000;
    },
    () => "silence",
  );
}

const COMMAND = ["--", "sh", "-c", "env; echo begun; exec sleep 1000"];

systemdTest(
  "elector run reports to systemd, beats while both processes are sound, and hides it from the command",
  async (world, socket) => {
    const run = world.elector(["run", ...COMMAND], env(socket));
    await run.printed(/^begun$/);
    await until(() => socket.reports.length > 0, () => "the first report");
    assert.equal(socket.reports[0], "READY=1 WATCHDOG=1");
    const names = run.stdout.map((line) => line.split("=")[0]);
    assert.ok(names.includes("LEADER_TOKEN"));
    for (
      const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY"]
    ) {
      assert.ok(!names.includes(name), name);
    }
    await beats(socket, 3);
    assert.ok(socket.reports.slice(1).every((report) => report === "WATCHDOG=1"));

    const campaigner = await run.campaigner();
    Deno.kill(campaigner, "SIGSTOP");
    await silence(socket);
    Deno.kill(campaigner, "SIGCONT");
    await beats(socket, 2);

    const keeper = await run.keeper();
    Deno.kill(keeper, "SIGSTOP");
    await silence(socket);
    Deno.kill(keeper, "SIGCONT");
    run.signal("SIGTERM");
    await run.code;
  },
);

systemdTest(
  "elector run beats while it follows, too, and reports nothing of a watchdog that is another's",
  async (world, socket) => {
    await using rival = await world.rival();
    const run = world.elector(["run", ...COMMAND], env(socket));
    await beats(socket, 3);
    assert.equal(rival.isLeader(), true);
    run.signal("SIGTERM");
    await run.code;

    // What the first one reported may still be on its way.
    await using another = await NotifySocket.open();
    const other = world.elector(["run", ...COMMAND], { ...env(another), WATCHDOG_PID: "1" });
    await beats(another, 1);
    await silence(another);
    assert.deepEqual(another.reports, ["READY=1"]);
    other.signal("SIGTERM");
    await other.code;
  },
);

systemdTest("elector serve reports to systemd, too", async (world, socket) => {
  const serve = world.elector(["serve", "--http=0"], env(socket));
  await beats(socket, 3);
  assert.equal(socket.reports[0], "READY=1 WATCHDOG=1");
  serve.signal("SIGTERM");
  assert.equal(await serve.code, 143);
});
