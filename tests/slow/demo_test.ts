import assert from "node:assert/strict";
import type { DemoEvent } from "../../cli/demo/events.ts";
import { readLines } from "../../cli/run/lines.ts";
import { until } from "../support/elector_process.ts";
import { ROOT, run } from "../support/programs.ts";

const DEMO = [
  "run",
  "--no-prompt",
  "--allow-net=127.0.0.1",
  `--allow-run=${Deno.execPath()}`,
  "cli/main.ts",
  "demo",
];

function isRunning(pid: number): boolean {
  try {
    // Asks a running process for nothing: only one that was stopped takes notice.
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function pidsOf(events: readonly DemoEvent[]): number[] {
  return events.flatMap((event) => event.type === "joined" ? [event.pid] : []);
}

/** Runs a demo with `--json`; after each event, `react` may interfere. */
async function watch(
  react: (events: readonly DemoEvent[], demo: Deno.ChildProcess) => void,
  options: readonly string[] = [],
) {
  const demo = new Deno.Command(Deno.execPath(), {
    args: [...DEMO, "--json", ...options],
    cwd: ROOT,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines: string[] = [];
  const events: DemoEvent[] = [];
  for await (const line of readLines(demo.stdout)) {
    lines.push(line);
    events.push(JSON.parse(line));
    react(events, demo);
  }
  return { status: await demo.status, lines, events, pids: pidsOf(events) };
}

/** Ends the demo by a signal as soon as all have joined and one leads. */
function cutShort(signal: Deno.Signal) {
  let isCut = false;
  return (events: readonly DemoEvent[], demo: Deno.ChildProcess) => {
    const isReady = pidsOf(events).length === 3 && events.some(({ type }) => type === "leads");
    if (!isReady || isCut) return;
    isCut = true;
    demo.kill(signal);
  };
}

/** Runs a whole demo, and checks what it printed. */
async function playWhole(options: readonly string[], lock: RegExp): Promise<void> {
  const { code, stdout: out = "", stderr, text } =
    await run(Deno.execPath(), ["task", "--quiet", "demo", ...options]) ?? {};
  assert.equal(code, 0, text);
  assert.equal(stderr, "");
  assert.ok(!out.includes("\x1b"), "no escape sequence in a pipe");
  assert.equal(out.match(/is killed with SIGKILL/g)?.length, 1);
  assert.ok((out.match(/is stopped with SIGTERM/g)?.length ?? 0) >= 3);
  assert.equal(out.match(/ joins as process /g)?.length, 4);
  assert.match(out, lock);
  const tokens = Array.from(out.matchAll(/ leads with fencing token (\d+)/g), ([, n]) => Number(n));
  assert.ok(tokens.length >= 4, `only ${tokens.length} terms`);
  assert.deepEqual(tokens, tokens.map((_, i) => i + 1));
  assert.match(out, /\nOverlap of terms\n {2}none,/);
  assert.match(out, /\nAll guarantees were kept; no process is left running\.\n$/);
}

Deno.test("deno task demo elects, kills, stops and restarts candidates, keeps all guarantees, in plain lines, by a gist and a bucket", async () => {
  // At the same time, as both mostly wait.
  await Promise.all([
    playWhole([], /watching gist .* by git\n/),
    playWhole(["--store", "bucket"], /watching s3:\/\/locks\/leader-election\.json at /),
  ]);
});

Deno.test("demo: interrupted, it ends every process that it started, and exits with 130", async () => {
  const { status, pids, events } = await watch(cutShort("SIGINT"), ["--protocol", "rest"]);
  assert.equal(status.code, 130);
  const locks = events.flatMap((event) => event.type === "joined" ? [event.lock] : []);
  assert.deepEqual(locks.filter((lock) => !lock.endsWith(" by rest")), []);
  assert.equal(pids.length, 3);
  assert.deepEqual(pids.filter(isRunning), []);
});

Deno.test("demo: killed, it leaves candidates that end on their own", async () => {
  const { status, pids } = await watch(cutShort("SIGKILL"));
  assert.equal(status.signal, "SIGKILL");
  assert.equal(pids.length, 3);
  await until(() => !pids.some(isRunning), () => `the end of ${pids.filter(isRunning)}`);
});

Deno.test("demo: a candidate that ends on its own ends the demo at once, with exit code 1", async () => {
  let struck: number | undefined;
  const { status, pids, lines } = await watch((events) => {
    const [first] = pidsOf(events);
    if (struck !== undefined || first === undefined) return;
    struck = first;
    Deno.kill(first, "SIGKILL");
  });
  assert.equal(status.code, 1);
  assert.deepEqual(pids.filter(isRunning), []);
  const summary = JSON.parse(lines.at(-1) ?? "");
  const broken = summary.broken.filter((sentence: string) => sentence !== "No candidate ever led");
  assert.equal(broken.length, 1);
  assert.match(broken[0], /^[a-z]+-[a-z]+-1 ended on its own, with SIGKILL$/);
});
