/**
 * Simulates elections: `deno task simulate --seeds N --from S`. See `--help`.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { parseArgs } from "node:util";
import { Coverage } from "./coverage.ts";
import { tellFailure, tellProgress, tellTotals } from "./report.ts";
import { type Run, run } from "./run.ts";
import { type Choices, FAULTS, type Scenario } from "./scenario.ts";
import { shrink } from "./shrink.ts";

const HELP =
  `Simulates many electors, one seed after the other, until all have passed or one has failed.

  --seeds N          how many seeds (default: 200)
  --from S           the first of them (default: 1)
  --story            tell the end of each seed's story
  --protocol P       "git" or "rest", whatever the seed draws
  --hours H          how long each storm lasts, where leases are a minute
  --electors E       how many there are
  --course C         another course of events in the same scenario
  --off "A,B"        classes of fault that stay off: ${FAULTS.join(", ")}`;

/** A line of progress comes this often, in milliseconds. */
const PROGRESS = 10_000;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    story: { type: "boolean", default: false },
    protocol: { type: "string" },
    hours: { type: "string" },
    electors: { type: "string" },
    course: { type: "string" },
    off: { type: "string", default: "" },
  },
});
if (values.help) console.log(HELP);
else Deno.exitCode = simulate(Number(values.from), Number(values.seeds), chosen()) ? 0 : 1;

function chosen(): Choices {
  const off = values.off.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const unknown = off.find((name) => !FAULTS.some((fault) => fault === name));
  if (unknown !== undefined) throw new RangeError(`There is no class of fault "${unknown}"`);
  return {
    protocol: values.protocol as Scenario["protocol"] | undefined,
    hours: values.hours === undefined ? undefined : Number(values.hours),
    electors: values.electors === undefined ? undefined : Number(values.electors),
    course: values.course === undefined ? undefined : Number(values.course),
    off: FAULTS.filter((fault) => off.includes(fault)),
  };
}

function simulate(from: number, seeds: number, choices: Choices): boolean {
  const coverage = new Coverage();
  const runs: Run[] = [];
  let toldAt = performance.now();
  for (let seed = from; seed < from + seeds; seed++) {
    const result = run(seed, { ...choices, coverage, isTold: values.story });
    if (values.story) console.log([...result.story, ""].join("\n"));
    if (result.failure) {
      console.log(tellFailure(shrink(result, choices)));
      return false;
    }
    runs.push({ ...result, story: [] });
    if (performance.now() - toldAt < PROGRESS) continue;
    toldAt = performance.now();
    console.log(tellProgress(runs, spent()));
  }
  console.log(tellTotals(runs, spent(), coverage));
  return true;
}

/** The time that this process has spent computing, in seconds: others may share the machine. */
function spent(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}
