/**
 * Measures how long there is no leader in a planned handover between real processes: `deno task bench:handover`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { BUCKET_TIMINGS } from "../../../bucket/mod.ts";
import { EMPTY_RECORD } from "../../../lock/mod.ts";
import { DEFAULT_TIMINGS } from "../../../elector/mod.ts";
import { mean } from "./figures.ts";
import { longestHandover } from "../../../cli/actions/planned_handover.ts";
import { ElectorProcess, until } from "../../support/elector_process.ts";
import { STORES } from "../../support/local_stores.ts";

const HELP = `Measures how long there is no leader in planned handovers between real processes, with
the default timings, by \`elector gist-server\` and \`bucket-server\` here.

  --rounds N         how many handovers (default: 6)
  --protocol P       "git", "rest" or "bucket"; may be repeated (default: all)`;

/** An event of a candidate's log. */
interface Logged {
  readonly event: string;
  /** By the wall clock, which all processes of this machine share, in milliseconds. */
  readonly at: number;
  readonly token: number;
}

function parse(line: string): Logged[] {
  try {
    const { event, time, token = 0 } = JSON.parse(line);
    return [{ event, at: Date.parse(time), token }];
  } catch {
    return [];
  }
}

/** Waits until a candidate has logged an event. */
async function logged({ stderr }: ElectorProcess, event: string, after = 0): Promise<Logged> {
  return await until(
    () => stderr.flatMap(parse).find((line) => line.event === event && line.at > after),
    () => `"${event}" in ${stderr.slice(-9).join("\n")}`,
    longestHandover(DEFAULT_TIMINGS, { ...EMPTY_RECORD, leaseDurationSeconds: 60 }),
  );
}

/** Hands over back and forth, and returns how long there was no leader each time, in milliseconds. */
async function measure(protocol: string, rounds: number): Promise<number[]> {
  const kind = protocol === "bucket" ? "bucket-server" : "gist-server";
  const server = new ElectorProcess([kind, "--json"], {});
  const processes = [server];
  try {
    const variables: Record<string, string> = JSON.parse(await server.printed(/^\{/));
    const chosen = protocol === "bucket" ? {} : { ELECTOR_PROTOCOL: protocol };
    const env = { ...variables, ...chosen, NO_COLOR: "1" };
    const start = (name: string) => {
      const args = ["serve", `--identity=${name}`, "--http=0", "--json"];
      const process = new ElectorProcess(args, env);
      processes.push(process);
      return { name, process };
    };
    const a = start("a");
    await logged(a.process, "leads");
    const b = start("b");
    await logged(b.process, "leader");
    const vacancies: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [to, from] = round % 2 === 0 ? [b, a] : [a, b];
      const askedAt = Date.now();
      const handover = new ElectorProcess(["handover", `--to=${to.name}`], env);
      if (await handover.code !== 0) throw new Error(handover.stderr.join("\n"));
      const ended = await logged(from.process, "ended", askedAt);
      const began = await logged(to.process, "leads", askedAt);
      if (began.token !== ended.token + 1) throw new Error("a term came in between");
      const vacancy = began.at - ended.at;
      vacancies.push(vacancy);
      console.log(
        `${protocol}: ${from.name} → ${to.name} with token ${began.token}, ` +
          `${seconds(ended.at - askedAt)} after the request, no leader for ${seconds(vacancy)}`,
      );
    }
    return vacancies;
  } finally {
    for (const process of processes) await process.end();
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
      protocol: { type: "string", multiple: true, default: [...STORES] },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  let isWithin = true;
  for (const protocol of values.protocol) {
    const all = await measure(protocol, Number(values.rounds));
    const [least, most] = [Math.min(...all), Math.max(...all)];
    console.log(
      `${protocol}: no leader for ${seconds(least)} to ${seconds(most)}, ` +
        `${seconds(mean(all))} on average of ${all.length}; bound ${seconds(boundOf(protocol))}`,
    );
    isWithin &&= most <= boundOf(protocol);
  }
  return isWithin ? 0 : 1;
}

Deno.exit(await main());
