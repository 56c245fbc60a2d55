/**
 * Measures what it costs to wait and to lead, in CPU time and memory: `deno task bench:cost`. Only on Linux.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { readLines } from "../../../cli/run/lines.ts";

const HELP =
  `Measures the CPU time and memory of candidates with the default timings, each pair on an
\`elector gist-server\` of its own, all at once, beside an empty Deno process and one that only
sends a request each 5 s; then how long the library takes to load. Only on Linux.

  --seconds N        how long to measure (default: 300)
  --beside DIR       another checkout, measured in the same run`;

const HERE = new URL("../../../", import.meta.url);
/** How long the processes run before they are measured: by then the runtime has compiled what is hot. */
const WARM_UP_MS = 40_000;
const LOADS = 15;
const EMPTY = "setInterval(() => {}, 2 ** 30)";
const POLL = "setInterval(async () => await (await fetch(URL)).arrayBuffer(), 5_000)";

/** A process that is measured. */
interface Measured {
  readonly name: string;
  readonly pid: number;
}

/** CPU time in seconds, and resident memory in MiB, by process. */
type Usage = ReadonlyMap<number, { readonly cpu: number; readonly rss: number }>;

const children: Deno.ChildProcess[] = [];

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", "--no-lock", "--no-prompt", "-A", ...args],
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  children.push(child);
  return child;
}

function startScript(script: string): Deno.ChildProcess {
  return start([`data:text/javascript,${encodeURIComponent(script)}`]);
}

/** Waits for a line that has the text, and drops the others. */
async function untilSaid(stream: Deno.ChildProcess["stdout"], text: string): Promise<string> {
  const lines = readLines(stream);
  const said: string[] = [];
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    said.push(next.value);
    if (!next.value.includes(text)) continue;
    dropAll(lines);
    return next.value;
  }
  throw new Error(`A process said no "${text}": ${said.join("\n")}`);
}

async function dropAll(lines: AsyncIterable<string>): Promise<void> {
  for await (const _ of lines);
}

/** Starts a leader and a follower on a server of their own. */
async function startPair(tree: URL, kind: string, protocol: string): Promise<Measured[]> {
  const server = start([`${new URL("cli/main.ts", HERE)}`, "gist-server", "--json"]);
  const variables = JSON.parse(await untilSaid(server.stdout, "GIST_ID"));
  const { GIST_ID: id, GITHUB_TOKEN: token, ELECTOR_API_URL: url } = variables;
  const measured: Measured[] = [];
  for (const role of ["leader", "follower"]) {
    const name = `${kind} ${protocol} ${role}`;
    if (kind === "library") {
      const candidate = `${new URL("cost_candidate.ts", import.meta.url)}`;
      const child = start([candidate, `${new URL("mod.ts", tree)}`, id, token, url, protocol]);
      await untilSaid(child.stdout, "");
      measured.push({ name, pid: child.pid });
      continue;
    }
    const line = ["run", "--json", `--protocol=${protocol}`, "--", "sleep", "100000"];
    const child = start([`${new URL("cli/main.ts", tree)}`, ...line], variables);
    await untilSaid(child.stderr, role === "leader" ? '"event":"leads"' : '"event":"leader"');
    measured.push({ name: `${name}, keeper`, pid: child.pid });
    measured.push({ name: `${name}, campaigner`, pid: await campaignerOf(child.pid) });
  }
  return measured;
}

async function shell(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout);
}

/** The child that is this program: the other one is the command. */
async function campaignerOf(pid: number): Promise<number> {
  const pids = (await shell(`cat /proc/${pid}/task/*/children`)).split(/\s+/).filter(Boolean);
  for (const child of pids) {
    if ((await shell(`cat /proc/${child}/cmdline`)).includes("campaigner")) return Number(child);
  }
  throw new Error(`Process ${pid} has no campaigner`);
}

/** Reads what processes have used, from `PID (NAME) STATE …` with times in ticks and memory in pages. */
async function usageOf(pids: readonly number[]): Promise<Usage> {
  const files = pids.map((pid) => `/proc/${pid}/stat`).join(" ");
  const text = await shell(`getconf CLK_TCK; getconf PAGESIZE; cat ${files}`);
  const [ticks, page, ...stats] = text.trim().split("\n");
  return new Map(stats.map((stat) => {
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
    const [user = NaN, system = NaN] = fields.slice(11, 13);
    const rss = (fields[21] ?? NaN) * Number(page) / 1_048_576;
    return [parseInt(stat), { cpu: (user + system) / Number(ticks), rss }];
  }));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Measures all processes at once, and prints a line for each, and the sum of the two of a program. */
async function measure(processes: readonly Measured[], seconds: number): Promise<void> {
  const pids = processes.map(({ pid }) => pid);
  await pause(WARM_UP_MS);
  const [before, from] = [await usageOf(pids), performance.now()];
  await pause(seconds * 1_000);
  const [after, hours] = [await usageOf(pids), (performance.now() - from) / 3_600_000];
  const sums = new Map<string, { cpu: number; rss: number }>();
  for (const { name, pid } of processes) {
    const cpu = ((after.get(pid)?.cpu ?? NaN) - (before.get(pid)?.cpu ?? NaN)) / hours;
    const rss = after.get(pid)?.rss ?? NaN;
    const [both = ""] = name.split(",");
    for (const key of new Set([both, name])) {
      const { cpu: more, rss: space } = sums.get(key) ?? { cpu: 0, rss: 0 };
      sums.set(key, { cpu: cpu + more, rss: rss + space });
    }
  }
  const unit = sums.get(POLLING)?.cpu ?? NaN;
  console.log(`${"".padEnd(42)}CPU s an hour  × a bare poll    MiB`);
  for (const [name, { cpu, rss }] of sums) {
    const figures = `${cpu.toFixed(1).padStart(13)}${(cpu / unit).toFixed(1).padStart(15)}`;
    console.log(`${name.padEnd(42)}${figures}${rss.toFixed(0).padStart(7)}`);
  }
}

/** Measures how long modules take to load, in turn; returns the median of each, in milliseconds. */
async function loadTimes(modules: readonly string[]): Promise<number[]> {
  const times = modules.map(() => [] as number[]);
  for (let load = 0; load <= LOADS; load++) {
    for (const [index, module] of modules.entries()) {
      const from = performance.now();
      const args = ["run", "--quiet", "--no-config", "--no-lock", module];
      await new Deno.Command(Deno.execPath(), { args }).output();
      // The first one fills the runtime's caches.
      if (load > 0) times[index]?.push(performance.now() - from);
    }
  }
  return times.map((all) => all.toSorted((one, other) => one - other)[LOADS >> 1] ?? NaN);
}

const POLLING = "a bare poll each 5 s";

async function main(seconds: number, beside: string | undefined): Promise<void> {
  const trees: [label: string, tree: URL][] = [["", HERE]];
  if (beside !== undefined) {
    trees.push(["beside: ", new URL(`${beside}/`, `file://${Deno.cwd()}/`)]);
  }
  try {
    const server = start([`${new URL("cli/main.ts", HERE)}`, "gist-server", "--json"]);
    const { GIST_ID, ELECTOR_API_URL } = JSON.parse(await untilSaid(server.stdout, "GIST_ID"));
    const poll = POLL.replace("URL", JSON.stringify(`${ELECTOR_API_URL}/gists/${GIST_ID}`));
    const processes = [
      { name: "an empty Deno process", pid: startScript(EMPTY).pid },
      { name: POLLING, pid: startScript(poll).pid },
    ];
    for (const [label, tree] of trees) {
      for (const kind of ["program", "library"]) {
        for (const protocol of ["git", "rest"]) {
          const pair = await startPair(tree, kind, protocol);
          processes.push(...pair.map(({ name, pid }) => ({ name: `${label}${name}`, pid })));
        }
      }
    }
    await measure(processes, seconds);
  } finally {
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(children.map(({ status }) => status));
  }
  const [empty = NaN, ...loads] = await loadTimes([
    "data:text/javascript,",
    ...trees.map(([, tree]) => `${new URL("mod.ts", tree)}`),
  ]);
  for (const [index, [label]] of trees.entries()) {
    const more = ((loads[index] ?? NaN) - empty).toFixed(0);
    console.log(
      `${label}mod.ts loads in ${more} ms more than an empty module (${empty.toFixed(0)} ms)`,
    );
  }
}

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    seconds: { type: "string", default: "300" },
    beside: { type: "string" },
  },
});
if (values.help) console.log(HELP);
else await main(Number(values.seconds), values.beside);
Deno.exit();
