import assert from "node:assert/strict";
import { run } from "../support/programs.ts";
import { aliveIn, type ElectorProcess, PATIENT, SHORT, World } from "../support/elector_process.ts";

const NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const OTHER = "--reuid=65533 --regid=65533 --clear-groups";
const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;

/** Whether this test may change users, and an ordinary user can run the program. */
async function canChangeUser(): Promise<boolean> {
  if (Deno.build.os !== "linux" || (await run("id", ["-u"]))?.stdout.trim() !== "0") return false;
  const script = 'test -r "$1" && "$2" --version';
  const args = [...NOBODY, "sh", "-c", script, "sh", MAIN, Deno.execPath()];
  return (await run("setpriv", args))?.code === 0;
}

const ignore = !await canChangeUser();

/** A folder with a program that changes its user, as `sudo` does, and the runtime's cache for an ordinary user. */
async function makeFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/cache`);
  const script =
    `chmod 755 "$1"; chown 65534 "$1/cache"; cp "$(command -v setpriv)" "$1/su"; chmod 4755 "$1/su"`;
  assert.equal((await run("sh", ["-c", script, "sh", folder]))?.code, 0);
  return folder;
}

/** A run of an ordinary user, whose command it cannot end. */
function unendedTest(
  name: string,
  script: (su: string) => string,
  timings: typeof SHORT,
  test: (world: World, run: ElectorProcess, group: number) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      const folder = await makeFolder();
      try {
        await using world = new World(timings);
        const started = world.elector(
          ["run", "--identity=me", "--", "sh", "-c", script(`${folder}/su`)],
          { DENO_DIR: `${folder}/cache`, HOME: folder },
          { prefix: ["setpriv", ...NOBODY] },
        );
        const group = await started.group();
        await test(world, started, group);
        Deno.kill(-group, "SIGKILL");
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

const CHANGED = (su: string) => `exec ${su} ${OTHER} sh -c 'echo $$; sleep 1000'`;
const COMMANDS = {
  "a command that has changed its user": CHANGED,
  "a command whose child has changed its user": (su: string) =>
    `${su} ${OTHER} sleep 1000 & until [ $(ps -o uid= -p $!) -eq 65533 ]; do sleep 0.05; done; echo $$; wait`,
};

for (const [what, script] of Object.entries(COMMANDS)) {
  const name = `elector run reports that it cannot end ${what}, keeps the lock, and exits with 71`;
  unendedTest(name, script, PATIENT, async (world, run, group) => {
    Deno.kill(run.pid, "SIGTERM");
    assert.equal(await run.exited, 71, run.stderr.join("\n"));
    assert.ok((await aliveIn(group)).length > 0);
    assert.equal(world.holder, "me");
    const told = await run.said(/could not be ended/);
    assert.match(told, new RegExp(`kill -KILL -- -${group}`));
    assert.equal(run.stderr.filter((line) => line.includes("could not be ended")).length, 1);
  });
}

unendedTest(
  "elector run that loses its lease with a command that has changed its user stops leading, and exits with 71",
  CHANGED,
  SHORT,
  async (world, run) => {
    world.cut();
    assert.equal(await run.exited, 71, run.stderr.join("\n"));
    world.heal();
    await run.said(/could not be ended/);
  },
);
