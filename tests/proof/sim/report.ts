import { availableParallelism, cpus } from "node:os";
import { Coverage } from "./coverage.ts";
import type { Run } from "./run.ts";
import type { Shrunk } from "./shrink.ts";

const HOUR = 3_600_000;

/** What many seeds came to. */
export interface Totals {
  seeds: number;
  /** True time, in milliseconds. */
  simulated: number;
  events: number;
  terms: number;
  revisions: number;
  refused: number;
  /** FNV-1a over the hashes of all seeds' traces. */
  hash: number;
}

/** Before the first seed. */
export function noTotals(): Totals {
  return {
    seeds: 0,
    simulated: 0,
    events: 0,
    terms: 0,
    revisions: 0,
    refused: 0,
    hash: 0x811c9dc5,
  };
}

/** One more seed. */
export function addRun(totals: Totals, { simulated, events, terms, revisions, ...run }: Run): void {
  totals.seeds++;
  totals.simulated += simulated;
  totals.events += events;
  totals.terms += terms;
  totals.revisions += revisions;
  totals.refused += run.refused;
  totals.hash = Math.imul(totals.hash ^ parseInt(run.hash, 16), 0x01000193);
}

/** How it went so far, in a line. */
export function tellProgress(totals: Totals, cpuSeconds: number): string {
  const hours = totals.simulated / HOUR;
  return `${totals.seeds} seeds, ${count(hours)} simulated hours in ${cpuSeconds.toFixed(1)} s ` +
    `of one core: ${count(hours / cpuSeconds)} h/s`;
}

/** How it went, when all is done. */
export function tellTotals(totals: Totals, cpuSeconds: number, coverage: Coverage): string {
  const missing = coverage.missing();
  const trace = (totals.hash >>> 0).toString(16).padStart(8, "0");
  return [
    tellProgress(totals, cpuSeconds),
    `${count(totals.events)} events, ${count(totals.revisions)} revisions, ` +
    `${count(totals.terms)} terms, ${count(totals.refused)} stale effects refused by fencing`,
    missing.length === 0
      ? `every one of ${Coverage.size} faults and situations was met`
      : `not met: ${missing.join("; ")}`,
    `trace ${trace}`,
    `on ${cpus()[0]?.model ?? "an unknown processor"}, ${availableParallelism()} cores, ` +
    `Deno ${Deno.version.deno}`,
  ].join("\n");
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
function commit(): string {
  const git = new URL("../../../.git/", import.meta.url);
  try {
    const head = Deno.readTextFileSync(new URL("HEAD", git)).trim();
    const ref = /^ref: (.+)$/.exec(head)?.[1];
    return ref === undefined ? head : Deno.readTextFileSync(new URL(ref, git)).trim();
  } catch {
    return "unknown";
  }
}
