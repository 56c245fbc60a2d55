import assert from "node:assert/strict";
import {
  type ElectorProcess,
  listProcesses,
  POLITE,
  STUBBORN,
  until,
  untilGone,
  World,
} from "../support/elector_process.ts";

type Part = "keeper" | "campaigner" | "command";

/** The processes of a run that leads. */
async function partsOf(run: ElectorProcess): Promise<Record<Part, number>> {
  const command = await run.group();
  return { keeper: await run.keeper(), campaigner: await run.campaigner(), command };
}

/** Sends signals one after the other; a process that is gone by then needs none. */
async function send(
  parts: Record<Part, number>,
  signals: readonly (readonly [Part, Deno.Signal])[],
  pause: number,
): Promise<void> {
  for (const [part, signal] of signals) {
    try {
      Deno.kill(parts[part], signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Nothing is left of a run, and the lock is free: a campaigner that died would have left it held. */
async function assertCleanEnd(
  world: World,
  run: ElectorProcess,
  parts: Record<Part, number>,
  codes: readonly number[],
): Promise<void> {
  const code = await run.code;
  assert.ok(codes.includes(code), `${code}: ${run.stderr.join("\n")}`);
  assert.equal(world.holder, "", run.stderr.join("\n"));
  for (const group of [parts.command, parts.campaigner]) await untilGone(group);
}

const ORDERS: readonly (readonly Part[])[] = [
  ["keeper", "campaigner", "command"],
  ["keeper", "command", "campaigner"],
  ["campaigner", "keeper", "command"],
  ["campaigner", "command", "keeper"],
  ["command", "keeper", "campaigner"],
  ["command", "campaigner", "keeper"],
];

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`elector run releases the lock when each of its processes gets ${signal}, in any order`, async () => {
    await Promise.all(ORDERS.map(async (order, index) => {
      await using world = new World();
      const run = world.elector(["run", "--", ...(index % 2 === 0 ? POLITE : STUBBORN)]);
      const parts = await partsOf(run);
      await send(parts, order.map((part) => [part, signal]), index < 3 ? 0 : 20);
      await assertCleanEnd(world, run, parts, [signal === "SIGTERM" ? 143 : 130, 137]);
    }));
  });
}

Deno.test("elector run stops cleanly on TERM or INT to its campaigner alone, and on several signals in a row", async () => {
  const cases: readonly (readonly [number, ...(readonly [Part, Deno.Signal])[]])[] = [
    [143, ["campaigner", "SIGTERM"]],
    [130, ["campaigner", "SIGINT"]],
    [143, ["campaigner", "SIGTERM"], ["campaigner", "SIGTERM"], ["campaigner", "SIGHUP"]],
    [143, ["keeper", "SIGTERM"], ["campaigner", "SIGTERM"], ["keeper", "SIGHUP"]],
    [130, ["campaigner", "SIGINT"], ["keeper", "SIGTERM"]],
    [130, ["keeper", "SIGINT"], ["keeper", "SIGINT"], ["campaigner", "SIGTERM"]],
  ];
  await Promise.all(cases.map(async ([code, ...signals]) => {
    await using world = new World();
    const run = world.elector(["run", "--", ...POLITE]);
    const parts = await partsOf(run);
    await send(parts, signals, 0);
    // Whichever signal the command gets first ends it.
    await assertCleanEnd(world, run, parts, [code, 129, 130, 143]);
  }));
});

Deno.test("elector run that never led ends when its campaigner is stopped", async () => {
  await using world = new World();
  await using _rival = await world.rival();
  const run = world.elector(["run", "--", "true"]);
  const campaigner = await until(() => run.campaigner().catch(() => undefined), () => "it");
  await run.said(/rival leads/);
  Deno.kill(campaigner, "SIGTERM");
  assert.equal(await run.code, 143);
  assert.equal(world.holder, "rival");
});

Deno.test("elector run goes on when its campaigner gets signals that are meant for the command", async () => {
  await using world = new World();
  const run = world.elector(["run", "--", ...POLITE]);
  const parts = await partsOf(run);
  const signals = ["SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
  await send(parts, signals.map((signal) => ["campaigner", signal]), 0);
  const at = performance.now();
  await until(() => world.lastWriteAt > at + 1_000, () => `renewals ${run.stderr.join("\n")}`);
  Deno.kill(parts.keeper, "SIGHUP");
  // Passed on, and the command ends by it.
  await assertCleanEnd(world, run, parts, [129]);
  assert.match(run.stderr.join("\n"), /ended on its own, by SIGHUP, with exit code 129/);
});

Deno.test("elector run that gets a signal while it starts leaves no process behind, and no lock held", async () => {
  await Promise.all([0, 30, 80, 130, 200].map(async (delay) => {
    await using world = new World();
    const run = world.elector(["run", "--", ...POLITE]);
    const campaigner = await until(
      async () => (await listProcesses()).find(({ parent }) => parent === run.pid)?.pid,
      () => "the campaigner",
    );
    const parts = { keeper: run.pid, campaigner, command: run.pid };
    await new Promise((resolve) => setTimeout(resolve, delay));
    await send(parts, [["campaigner", "SIGTERM"], ["keeper", "SIGTERM"]], 0);
    await assertCleanEnd(world, run, parts, [143]);
  }));
});

Deno.test("elector serve releases the lock on TERM, INT, HUP and QUIT, and on two of them in a row", async () => {
  const cases: readonly (readonly [number, ...Deno.Signal[]])[] = [
    [143, "SIGTERM"],
    [129, "SIGHUP"],
    [131, "SIGQUIT"],
    [130, "SIGINT", "SIGTERM"],
    [143, "SIGTERM", "SIGHUP", "SIGTERM"],
  ];
  await Promise.all(cases.map(async ([code, ...signals]) => {
    await using world = new World();
    const serve = world.elector(["serve", "--http=0", "--identity=me"]);
    await until(() => world.holder === "me", () => "a leader");
    // The release takes longer than what follows the first signal.
    world.heal(200);
    for (const signal of signals) {
      serve.signal(signal);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const actual = await serve.code;
    // Of two signals that come at once, either may be seen first.
    assert.ok([code, ...(signals.length > 1 ? [129, 130, 143] : [])].includes(actual), `${actual}`);
    assert.equal(world.holder, "");
  }));
});
