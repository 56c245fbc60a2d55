/**
 * Measures how long nobody leads in a planned handover between real processes: `deno task bench:handover`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { BUCKET_TIMINGS } from "../../../bucket/mod.ts";
import { EMPTY_RECORD } from "../../../lock/mod.ts";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { longestHandover } from "../../../cli/actions/planned_handover.ts";
import { readLines } from "../../../cli/run/lines.ts";

const HELP = `Measures how long nobody leads in planned handovers between real processes, with
the default timings, by \`elector gist-server\` and \`bucket-server\` here.

  --rounds N         how many handovers (default: 6)
  --protocol P       "git", "rest" or "bucket" (default: all)`;

const MAIN = new URL("../../../cli/main.ts", import.meta.url).href;
const NAMES = ["a", "b"] as const;

/** An event of a candidate's log. */
interface Logged {
  readonly name: string;
  readonly event: string;
  /** By the wall clock, which all processes of this machine share, in milliseconds. */
  readonly at: number;
  readonly token: number | undefined;
}

/** The program as a process. */
function start(args: readonly string[], env: Readonly<Record<string, string>>): Deno.ChildProcess {
  const permissions = ["--allow-net", "--allow-env", "--allow-read", "--allow-sys=hostname"];
  const deno = ["run", "--quiet", "--no-config", "--no-lock", "--no-prompt", ...permissions];
  return new Deno.Command(Deno.execPath(), {
    args: [...deno, MAIN, ...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Reads all that a candidate logs. */
async function follow(name: string, child: Deno.ChildProcess, log: Logged[]): Promise<void> {
  for await (const line of readLines(child.stderr)) {
    const { event, time, token } = parse(line);
    if (typeof event !== "string" || typeof time !== "string") continue;
    const term = typeof token === "number" ? token : undefined;
    log.push({ name, event, at: Date.parse(time), token: term });
  }
}

function parse(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}

/** Waits until a candidate has logged an event. */
async function logged(log: Logged[], name: string, event: string, after = 0): Promise<Logged> {
  const limit = longestHandover(DEFAULT_TIMINGS, { ...EMPTY_RECORD, leaseDurationSeconds: 60 });
  for (const giveUpAt = performance.now() + limit; performance.now() < giveUpAt;) {
    const found = log.find((line) => line.name === name && line.event === event && line.at > after);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} logged no "${event}" within ${limit} ms`);
}

/** Hands over to and fro, and returns how long nobody led each time, in milliseconds. */
async function measure(protocol: string, rounds: number): Promise<number[]> {
  const server = start([protocol === "bucket" ? "bucket-server" : "gist-server", "--json"], {});
  const children = [server];
  const drains: Promise<unknown>[] = [server.stderr.cancel()];
  try {
    const { value: line = "" } = await readLines(server.stdout).next();
    const variables: Record<string, string> = JSON.parse(line);
    const chosen = protocol === "bucket" ? {} : { ELECTOR_PROTOCOL: protocol };
    const env = { ...variables, ...chosen, NO_COLOR: "1" };
    const log: Logged[] = [];
    for (const name of NAMES) {
      const child = start(["serve", `--identity=${name}`, "--http=0", "--json"], env);
      children.push(child);
      drains.push(follow(name, child, log), child.stdout.cancel());
      if (name === NAMES[0]) await logged(log, name, "leads");
    }
    await logged(log, "b", "leader");
    const vacancies: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [to, from] = round % 2 === 0 ? ["b", "a"] as const : NAMES;
      const askedAt = Date.now();
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-config", "--no-lock", "-A", MAIN, "handover", `--to=${to}`],
        env,
      }).output();
      if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
      const ended = await logged(log, from, "ended", askedAt);
      const began = await logged(log, to, "leads", askedAt);
      if ((began.token ?? 0) !== (ended.token ?? 0) + 1) throw new Error("a term came in between");
      vacancies.push(began.at - ended.at);
      console.log(
        `${protocol}: ${from} → ${to} with token ${began.token}, ` +
          `${seconds(ended.at - askedAt)} after the request, nobody led for ${
            seconds(vacancies.at(-1) ?? 0)
          }`,
      );
    }
    return vacancies;
  } finally {
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(children.map(({ status }) => status));
    await Promise.allSettled(drains);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** P + 4 τ; the work of these candidates ends at once. */
function boundOf(protocol: string): number {
  const { pollPeriod, requestTimeout } = protocol === "bucket" ? BUCKET_TIMINGS : DEFAULT_TIMINGS;
  return pollPeriod + 4 * requestTimeout;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", default: false },
      rounds: { type: "string", default: "6" },
      protocol: { type: "string" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  let isWithin = true;
  for (
    const protocol of values.protocol === undefined ? ["git", "rest", "bucket"] : [values.protocol]
  ) {
    const all = await measure(protocol, Number(values.rounds));
    const mean = all.reduce((sum, ms) => sum + ms, 0) / all.length;
    const [least, most] = [Math.min(...all), Math.max(...all)];
    console.log(
      `${protocol}: nobody led for ${seconds(least)} to ${seconds(most)}, ` +
        `${seconds(mean)} on average of ${all.length}; bound ${seconds(boundOf(protocol))}`,
    );
    isWithin &&= most <= boundOf(protocol);
  }
  return isWithin ? 0 : 1;
}

Deno.exit(await main());
