import { availableParallelism, cpus } from "node:os";
import { Coverage } from "./coverage.ts";
import type { Run } from "./run.ts";
import type { Shrunk } from "./shrink.ts";

const HOUR = 3_600_000;

/** How it went so far, in a line. */
export function tellProgress(runs: readonly Run[], cpuSeconds: number): string {
  const hours = sum(runs, "simulated") / HOUR;
  return `${runs.length} seeds, ${count(hours)} simulated hours in ${cpuSeconds.toFixed(1)} s ` +
    `of one core: ${count(hours / cpuSeconds)} h/s`;
}

/** How it went, when all is done. */
export function tellTotals(runs: readonly Run[], cpuSeconds: number, coverage: Coverage): string {
  const missing = coverage.missing();
  const total = (what: Figure) => count(sum(runs, what));
  // FNV-1a over the hashes of all seeds' traces.
  const hash = runs.reduce(
    (hash, run) => Math.imul(hash ^ parseInt(run.hash, 16), 0x01000193),
    0x811c9dc5,
  );
  return [
    tellProgress(runs, cpuSeconds),
    `${total("events")} events, ${total("revisions")} revisions, ` +
    `${total("terms")} terms, ${total("refused")} stale effects refused by fencing`,
    missing.length === 0
      ? `every one of ${Coverage.size} faults and situations was met`
      : `not met: ${missing.join("; ")}`,
    `trace ${(hash >>> 0).toString(16).padStart(8, "0")}`,
    `on ${cpus()[0]?.model ?? "an unknown processor"}, ${availableParallelism()} cores, ` +
    `Deno ${Deno.version.deno}`,
  ].join("\n");
}

type Figure = "simulated" | "events" | "revisions" | "terms" | "refused";

function sum(runs: readonly Run[], what: Figure): number {
  return runs.reduce((total, run) => total + run[what], 0);
}

/** What went wrong with a seed, shrunk, and how to see it again. */
export function tellFailure({ choices, run }: Shrunk): string {
  const { scenario, failure, story, hash } = run;
  const { seed, kind, protocol, electors, timings, faults } = scenario;
  const off = choices.off?.length ? ` --off ${JSON.stringify(choices.off.join(","))}` : "";
  const hours = choices.hours === undefined ? "" : ` --hours ${choices.hours}`;
  const course = choices.course ? ` --course ${choices.course}` : "";
  return [
    ...story.slice(-60),
    "",
    `seed ${seed}, commit ${commit()}, trace ${hash}`,
    failure instanceof Error ? `${failure.name}: ${failure.message}` : "no failure",
    `${kind}, ${protocol}, ${electors} electors, L ${timings.leaseDuration} ms; faults: ${
      [...faults].join(", ")
    }`,
    `Replay: deno task simulate --story --seeds 1 --from ${seed} --protocol ${protocol} ` +
    `--electors ${electors}${course}${hours}${off}`,
  ].join("\n");
}

function count(amount: number): string {
  return Math.round(amount).toLocaleString("en-GB");
}

/** The commit that is checked out, read from the repository's files: no command needs to run for it. */
export function commit(): string {
  const git = new URL("../../../.git/", import.meta.url);
  try {
    const head = Deno.readTextFileSync(new URL("HEAD", git)).trim();
    const ref = /^ref: (.+)$/.exec(head)?.[1];
    return ref === undefined ? head : Deno.readTextFileSync(new URL(ref, git)).trim();
  } catch {
    return "unknown";
  }
}
