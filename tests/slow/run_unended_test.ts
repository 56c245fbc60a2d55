import assert from "node:assert/strict";
import { aliveIn, until, World } from "../support/elector_process.ts";

const NOBODY = ["--reuid=65534", "--regid=65534", "--clear-groups"];
const OTHER = "--reuid=65533 --regid=65533 --clear-groups";
const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;

/** Whether this test may change users, and an ordinary user can run the program. */
function canChangeUser(): boolean {
  if (Deno.build.os !== "linux") return false;
  try {
    const { stdout } = new Deno.Command("id", { args: ["-u"] }).outputSync();
    if (new TextDecoder().decode(stdout).trim() !== "0") return false;
    const args = [
      ...NOBODY,
      "sh",
      "-c",
      'test -r "$1" && "$2" --version',
      "sh",
      MAIN,
      Deno.execPath(),
    ];
    return new Deno.Command("setpriv", { args, stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

/** A folder with a program that changes its user, as `sudo` does, and the runtime's cache for an ordinary user. */
async function makeFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/cache`);
  const script =
    `chmod 755 "$1"; chown 65534 "$1/cache"; cp "$(command -v setpriv)" "$1/su"; chmod 4755 "$1/su"`;
  const { success } = await new Deno.Command("sh", { args: ["-c", script, "sh", folder] }).output();
  assert.ok(success);
  return folder;
}

const COMMANDS: Readonly<Record<string, (su: string) => string>> = {
  "a command that has changed its user": (su) => `exec ${su} ${OTHER} sh -c 'echo $$; sleep 1000'`,
  "a command whose child has changed its user": (su) =>
    `${su} ${OTHER} sleep 1000 & sleep 0.2; echo $$; wait`,
};

for (const [name, script] of Object.entries(COMMANDS)) {
  Deno.test({
    name: `elector run reports that it cannot end ${name}, keeps the lock, and exits with 71`,
    ignore: !canChangeUser(),
    fn: async () => {
      const folder = await makeFolder();
      try {
        await using world = new World();
        const run = world.elector(
          ["run", "--identity=me", "--", "sh", "-c", script(`${folder}/su`)],
          { DENO_DIR: `${folder}/cache`, HOME: folder },
          { prefix: ["setpriv", ...NOBODY] },
        );
        const group = await run.group();
        Deno.kill(run.pid, "SIGTERM");
        assert.equal(await run.exited, 71, run.stderr.join("\n"));
        assert.ok((await aliveIn(group)).length > 0);
        assert.equal(world.holder, "me");
        const told = run.stderr.filter((line) => line.includes("could not be ended"));
        assert.equal(told.length, 1, run.stderr.join("\n"));
        assert.match(told[0] ?? "", new RegExp(`kill -KILL -- -${group}`));
        Deno.kill(-group, "SIGKILL");
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test({
  name:
    "elector run that loses its lease with a command that has changed its user stops leading, and exits with 71",
  ignore: !canChangeUser(),
  fn: async () => {
    const folder = await makeFolder();
    try {
      await using world = new World();
      const run = world.elector(
        [
          "run",
          "--identity=me",
          "--",
          "sh",
          "-c",
          `exec ${folder}/su ${OTHER} sh -c 'echo $$; sleep 1000'`,
        ],
        { DENO_DIR: `${folder}/cache`, HOME: folder },
        { prefix: ["setpriv", ...NOBODY] },
      );
      const group = await run.group();
      world.cut();
      assert.equal(await run.exited, 71, run.stderr.join("\n"));
      world.heal();
      await until(() => run.stderr.some((line) => line.includes("could not be ended")), () => "it");
      Deno.kill(-group, "SIGKILL");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
