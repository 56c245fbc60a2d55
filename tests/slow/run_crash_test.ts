import assert from "node:assert/strict";
import { readLines } from "../../cli/run/lines.ts";
import {
  POLITE,
  STUBBORN,
  STUBBORN_SCRIPT,
  until,
  untilGone,
  World,
} from "../support/elector_process.ts";
import { STDERR_SETUPS, type StderrKind } from "../support/hostile_stderr.ts";

/** Code that fails in a process when it is told to, as a fault of the program would. */
class Fault implements Disposable {
  readonly path = Deno.makeTempFileSync({ suffix: ".ts" });
  readonly #word = `${this.path}.now`;

  constructor(code: string) {
    const look = `try { Deno.statSync(${JSON.stringify(this.#word)}); } catch { return; }`;
    const strike = `clearInterval(timer); ${code}`;
    // The runtime waits for all that this file waits for before it goes on to the program.
    const timer = `const timer = setInterval(() => { ${look} ${strike} }, 20);`;
    Deno.writeTextFileSync(this.path, `${timer} Deno.unrefTimer(timer);`);
  }

  strike(): void {
    Deno.writeTextFileSync(this.#word, "");
  }

  [Symbol.dispose](): void {
    for (const path of [this.path, this.#word]) Deno.removeSync(path);
  }
}

const FAULTS = {
  "throws an uncaught error": 'throw new Error("a fault");',
  "has an unhandled rejection": 'Promise.reject(new Error("a fault"));',
};

for (const [fault, code] of Object.entries(FAULTS)) {
  Deno.test(`elector run whose keeper ${fault} leaves no command behind, and releases the lock`, async () => {
    const kinds: readonly StderrKind[] = Deno.build.os === "linux"
      ? ["read", "full pipe"]
      : ["read"];
    await Promise.all(kinds.map(async (stderr) => {
      using fault = new Fault(code);
      await using world = new World();
      const command = stderr === "read" ? POLITE : STUBBORN;
      const deno = [`--preload=${fault.path}`];
      const run = world.elector(["run", "--identity=me", "--", ...command], {}, { stderr, deno });
      const group = await run.group();
      fault.strike();
      assert.equal(await run.exited, 70);
      await untilGone(group);
      await until(() => world.holder === "", () => "the release");
      await run.code;
      if (stderr === "read") assert.match(run.stderr.join("\n"), /elector: Error: a fault/);
    }));
  });

  Deno.test(`the campaigner of elector run that ${fault} ends, so that the keeper ends the command`, async () => {
    using fault = new Fault(code);
    await using world = new World();
    // The test is its keeper: it asks, and is granted a term.
    const { process, lines, send } = startCampaigner(world, fault.path);
    send({ type: "ask", n: 1 });
    await lines.next();
    await until(() => world.holder === "me", () => "a leader");
    fault.strike();
    // The end of its output is what the keeper ends the command for.
    for (let line = await lines.next(); !line.done; line = await lines.next());
    assert.equal((await process.status).code, 70);
  });
}

/** The process beside the keeper, by itself, with its stderr a pipe that is full. */
function startCampaigner(world: World, preload: string) {
  const main = new URL("../../cli/main.ts", import.meta.url).href;
  const program = [Deno.execPath(), "run", "--quiet", "--no-config", "--no-lock", "-A"];
  const [file = "", ...args] = STDERR_SETUPS["full pipe"].wrap(
    [...program, `--preload=${preload}`, main, "campaigner", "--identity=me"],
  );
  const process = new Deno.Command(file, {
    args,
    env: world.env(),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  const send = (message: unknown) =>
    writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
  process.status.then(() => Promise.all([writer.close().catch(() => {}), process.stderr.cancel()]));
  return { process, lines: readLines(process.stdout), send };
}

Deno.test("elector run with a fault in one process while the other is gone leaves no command behind", async () => {
  using fault = new Fault('throw new Error("a fault");');
  await using world = new World({ leaseDuration: 60_000 });
  const deno = [`--preload=${fault.path}`];
  const command = ["sh", "-c", STUBBORN_SCRIPT.replace("''", "'echo told'")];
  const run = world.elector(["run", "--grace=30s", "--", ...command], {}, { deno });
  const group = await run.group();
  // The keeper gives the command its grace, and fails meanwhile.
  Deno.kill(await run.campaigner(), "SIGKILL");
  await run.printed(/^told$/);
  fault.strike();
  assert.equal(await run.exited, 70);
  await untilGone(group);
});
