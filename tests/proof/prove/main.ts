/**
 * Explores every order of events in bounded worlds of two and three electors: `deno task prove`. With `--small`, the scopes
 * of the gate; with `--scope TEXT`, those whose names contain the text; with `--jobs N`, so many at a time.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type Scope, SCOPES, SMALL_SCOPES } from "./scope.ts";
import type { Report } from "./worker.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    small: { type: "boolean", default: false },
    scope: { type: "string", default: "" },
    jobs: { type: "string", default: String(Math.min(2, navigator.hardwareConcurrency)) },
  },
});

const scopes = (values.small ? SMALL_SCOPES : SCOPES)
  .filter(({ name }) => name.includes(values.scope));
const startedAt = performance.now();
let peak = 0;
const watch = setInterval(() => peak = Math.max(peak, Deno.memoryUsage().rss), 200);

console.log(row("scope", "states", "transitions", "deepest", "terms", "seconds"));
const queue = [...scopes];
const reports: Report[] = [];
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
clearInterval(watch);

const sum = (of: (report: Report) => number) =>
  reports.reduce((total, report) => total + of(report), 0);
const [states, transitions] = [sum((report) => report.states), sum((report) => report.transitions)];
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
console.log(row("all", states, transitions, "", "", seconds));
const broken = reports.filter(({ story }) => story.length > 0);
console.log(
  broken.length > 0
    ? `\n${broken.length} of ${scopes.length} scopes break a promise.`
    : `\nEvery scope was exhausted and no promise broken; at most ${
      Math.ceil(peak / 2 ** 20)
    } MiB of memory.`,
);
for (const { scope, story } of broken) console.log(`\n${scope.name}\n${story.join("\n")}`);
const small = reports.filter(({ unreached }) => unreached.length > 0);
for (const { scope, unreached } of small) {
  console.log(`\n${scope.name} is too small a world: never reached: ${unreached.join("; ")}`);
}
if (broken.length + small.length > 0) Deno.exit(1);

async function work(): Promise<void> {
  for (let scope = queue.shift(); scope; scope = queue.shift()) {
    const report = await exploreApart(scope);
    reports.push(report);
    const { states, transitions, depth, starts, seconds } = report;
    const terms = starts.filter((count) => count > 0).length;
    console.log(row(scope.name, states, transitions, depth, terms, seconds.toFixed(1)));
  }
}

/** A worker for each scope: its memory is given back with it. */
async function exploreApart(scope: Scope): Promise<Report> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Report>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(scope);
    });
  } finally {
    worker.terminate();
  }
}

function row(name: string, ...cells: (string | number)[]): string {
  const width = Math.max(...scopes.map((scope) => scope.name.length));
  return [name.padEnd(width), ...cells.map((cell) => format(cell).padStart(12))].join("");
}

function format(cell: string | number): string {
  return typeof cell === "number" ? cell.toLocaleString("en-GB") : cell;
}
