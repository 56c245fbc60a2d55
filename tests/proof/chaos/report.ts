import { mean } from "../bench/figures.ts";
import { BOUND } from "./settings.ts";
import type { StormResult } from "./storm.ts";

/** What came of a storm, for people. */
export function tellStorm({ terms, strikes, failovers, broken }: StormResult): string[] {
  const kinds = [...new Set(strikes.map(({ kind }) => kind))].sort();
  const isHindered = new Set(strikes.filter((strike) => strike.hindersAll).map(({ kind }) => kind));
  return [
    `${terms} terms, ${strikes.length} strikes; without a command after each, in seconds:`,
    row("", "strikes", "failovers", "average", "longest"),
    ...kinds.map((kind) => {
      const gaps = failovers.filter((failover) => failover.kind === kind).map(({ gap }) => gap);
      const count = strikes.filter((strike) => strike.kind === kind).length;
      const mark = isHindered.has(kind) ? "*" : "";
      return row(kind + mark, String(count), String(gaps.length), figure(gaps, mean), figure(gaps));
    }),
    `* while it lasts, nobody can lead. Without that time, the longest failover took ${
      figure(failovers.map(({ counted }) => counted))
    } s (bound ${seconds(BOUND)} s), the shortest ${
      figure(failovers.map(({ gap }) => gap), (all) => Math.min(...all))
    } s.`,
    broken.length === 0
      ? "No two commands at once, no token fell, no process was left, no stale claim to lead."
      : ["BROKEN:", ...broken].join("\n  "),
  ];
}

function row(name: string, ...cells: readonly string[]): string {
  return `  ${name.padEnd(18)}${cells.map((cell) => cell.padStart(11)).join("")}`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

/** The most of some times, or another figure of them; nothing where there are none. */
function figure(all: readonly number[], of = (all: readonly number[]) => Math.max(...all)): string {
  return all.length === 0 ? "" : seconds(of(all));
}
