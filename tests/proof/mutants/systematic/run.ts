import { inCopies } from "../copy.ts";
import { endLeftovers } from "./leftovers.ts";
import { applyChange, type Mutation } from "./mutation.ts";
import type { Stages } from "./stages.ts";
import type { Target } from "./targets.ts";
import { isTyped, type Limits, runTests } from "./test_run.ts";

/** What came of a mutation; it is invalid where it does not even load, or its types are wrong. */
export type Outcome = "killed" | "survived" | "hung" | "invalid" | "equivalent";

/** A mutation and its tests. */
export interface Job {
  readonly mutation: Mutation;
  readonly target: Target;
}

/** What came of a job. */
export interface Result extends Job {
  readonly outcome: Outcome;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** A run of tests is given up after this, and this many times what it takes without a mutation: machines are busy. */
const LEAST: Limits = { ms: 30_000, silence: 8_000 };
const PATIENCE = 8;
/** How often tests that hang are left out and the others run, before a mutant counts as hung. */
const HANGS = 3;
/** A test that fails without a mutation is given another chance: machines are busy. */
const TRIES = 2;

/**
 * Puts each mutation into a copy of the project, one at a time, and runs its tests there until one fails.
 *
 * @param onResult Is called as soon as a mutation has been tried.
 * @throws {Error} If the tests do not pass without a mutation.
 */
export async function runJobs(
  jobs: readonly Job[],
  stages: Stages,
  onResult: (result: Result) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = [];
  const baselines = new Map<string, Promise<Limits>>();
  await inCopies(jobs, async (job, directory) => {
    const { mutation, target } = job;
    const groups = stages.of(target, mutation.file);
    const path = `${directory}/${mutation.file}`;
    const source = await Deno.readTextFile(path);
    const begun = performance.now();
    let outcome: Outcome = "survived";
    for (const files of groups) {
      // Without the mutation, which the copy does not have yet.
      const key = files.join();
      const baseline = baselines.get(key) ?? measure(directory, files);
      baselines.set(key, baseline);
      const limits = limitsOf(await baseline);
      await Deno.writeTextFile(path, applyChange(source, mutation));
      const found = await tryGroup(directory, files, limits);
      await Deno.writeTextFile(path, source);
      await endLeftovers(directory);
      if (found === "survived") continue;
      outcome = found;
      if (found !== "hung") break;
    }
    if (outcome === "survived") {
      await Deno.writeTextFile(path, applyChange(source, mutation));
      if (!await isTyped(directory, mutation.file)) outcome = "invalid";
      await Deno.writeTextFile(path, source);
    }
    const result = { ...job, outcome, ms: performance.now() - begun };
    results.push(result);
    onResult(result);
  });
  return results.sort((a, b) =>
    jobs.findIndex(({ mutation }) => mutation === a.mutation) -
    jobs.findIndex(({ mutation }) => mutation === b.mutation)
  );
}

function limitsOf({ ms, silence }: Limits): Limits {
  return { ms: LEAST.ms + PATIENCE * ms, silence: LEAST.silence + PATIENCE * silence };
}

/** How long tests take without a mutation. */
async function measure(directory: string, files: readonly string[]): Promise<Limits> {
  let output = "";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const run = await runTests({ directory, files, limits: { ms: 600_000, silence: 200_000 } });
    if (run.verdict === "passed") return run;
    output = run.output;
  }
  throw new Error(
    `The tests must pass without a mutation, and do not: ${files.join(" ")}\n${
      output.slice(-2_000)
    }`,
  );
}

/** A test that hangs kills nothing: the others are asked, too. */
async function tryGroup(
  directory: string,
  files: readonly string[],
  limits: Limits,
): Promise<Outcome> {
  const except: string[] = [];
  for (let hangs = 0; hangs < HANGS; hangs++) {
    const { verdict, hungIn } = await runTests({ directory, files, limits, except });
    if (verdict === "failed") return "killed";
    if (verdict === "invalid") return "invalid";
    if (verdict !== "hung") return except.length > 0 ? "hung" : "survived";
    if (hungIn === undefined) break;
    except.push(hungIn);
  }
  return "hung";
}
