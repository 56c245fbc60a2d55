/**
 * Changes the sources in every way that a slip could, one change at a time, and runs the tests of the folder:
 * `deno task mutate`. See `--help`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { removeCopies } from "../copy.ts";
import { equivalentOf, staleEntries } from "./allow.ts";
import { EQUIVALENT } from "./equivalent.ts";
import { mutationsOf, sample } from "./generate.ts";
import { readImports } from "./imports.ts";
import { readSources } from "./project.ts";
import { formatMutation, formatReport } from "./report.ts";
import { type Job, type Result, runJobs } from "./run.ts";
import { Stages } from "./stages.ts";
import { MORE_TARGETS, SETTERS, type Target, TARGETS } from "./targets.ts";
import { endTests } from "./test_run.ts";

const ALL_TARGETS = [...TARGETS, ...MORE_TARGETS];

const HELP =
  `Mutates every comparison, condition, constant, assignment, call, timer and signal of the
sources, one at a time, and runs the tests that reach the changed file until one fails.

  --folder NAME      only this part: ${ALL_TARGETS.map(({ name }) => name).join(", ")}
                     (default: ${TARGETS.map(({ name }) => name).join(", ")})
  --only FILE:LINE   only this file, or this line of it; may be repeated
  --except PATH      not the files whose path begins so; may be repeated
  --sample N         only N of the mutants, chosen at random
  --seed S           another choice (default: 1)
  --list             list the mutants, run nothing

A mutant whose tests do not end is listed apart: it was not killed. One that passes its tests
with wrong types is invalid. Mutants that change nothing that a test could see stand in
tests/proof/mutants/systematic/equivalent.ts.`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    folder: { type: "string", multiple: true, default: [] },
    only: { type: "string", multiple: true, default: [] },
    except: { type: "string", multiple: true, default: [] },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
  },
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.addSignalListener(signal, () => {
    endTests();
    removeCopies();
    Deno.exit(code);
  });
}
if (values.help) console.log(HELP);
else Deno.exitCode = await mutate() ? 0 : 1;

async function mutate(): Promise<boolean> {
  const sources = await readSources();
  const every = ALL_TARGETS.flatMap((target) => jobsOf(target, sources));
  const stale = staleEntries(every.map(({ mutation }) => mutation), EQUIVALENT);
  for (const { file, line } of stale) {
    console.error(`No mutation of ${file} fits "${line}": correct equivalent.ts`);
  }
  const chosen = choose(every);
  if (values.list) {
    for (const { mutation } of chosen) console.log(formatMutation(mutation));
    console.log(`${chosen.length} mutants`);
    return stale.length === 0;
  }
  const isEquivalent = ({ mutation }: Job) => equivalentOf(mutation, EQUIVALENT) !== undefined;
  const equivalents = chosen.filter(isEquivalent)
    .map((job): Result => ({ ...job, outcome: "equivalent", ms: 0 }));
  const begun = performance.now();
  const jobs = chosen.filter((job) => !isEquivalent(job));
  const stages = new Stages(readImports(sources));
  const results = await runJobs(jobs, stages, progress(jobs.length));
  console.log(`\n${formatReport([...results, ...equivalents])}`);
  console.log(`\n${((performance.now() - begun) / 1_000).toFixed(0)} s`);
  return stale.length === 0 &&
    results.every(({ outcome }) => outcome === "killed" || outcome === "invalid");
}

function jobsOf(target: Target, sources: ReadonlyMap<string, string>): Job[] {
  const startsWith = (path: string) => (prefix: string) => path.startsWith(prefix);
  return [...sources]
    .filter(([path]) => target.sources.some(startsWith(path)))
    .filter(([path]) => !target.except.some(startsWith(path)))
    .flatMap(([path, source]) =>
      mutationsOf(path, source, SETTERS).map((mutation) => ({ mutation, target }))
    );
}

function choose(every: readonly Job[]): Job[] {
  const names = ALL_TARGETS.map(({ name }) => name);
  const unknown = values.folder.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`--folder must be one of ${names.join(", ")}, got ${unknown}`);
  }
  const isNamed = values.folder.length > 0 || values.only.length > 0;
  const chosen = every
    .filter(({ target }) => isNamed || TARGETS.includes(target))
    .filter(({ target }) => values.folder.length === 0 || values.folder.includes(target.name))
    .filter(({ mutation: { file, line } }) =>
      values.only.length === 0 ||
      values.only.some((only) => only === file || only === `${file}:${line}`)
    )
    .filter(({ mutation: { file } }) => !values.except.some((prefix) => file.startsWith(prefix)));
  const count = values.sample === undefined ? chosen.length : Number(values.sample);
  return sample(chosen, count, Number(values.seed));
}

/** Shows at once what was not killed, and now and then how far it has come. */
function progress(total: number): (result: Result) => void {
  let done = 0;
  return ({ outcome, mutation }) => {
    done++;
    if (outcome !== "killed") console.log(`${outcome.padEnd(8)}  ${formatMutation(mutation)}`);
    if (done % 25 === 0) console.log(`${done} of ${total}`);
  };
}
