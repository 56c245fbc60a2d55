import type { Outcome, Result } from "./run.ts";
import type { Mutation } from "./mutation.ts";

const OUTCOMES: readonly Outcome[] = ["killed", "survived", "hung", "invalid", "equivalent"];

/** One line for a mutation. */
export function formatMutation({ file, line, kind, before, after }: Mutation): string {
  return `${file}:${line}  ${kind}:  ${before}  →  ${after === "" ? "(nothing)" : after}`;
}

/** How many mutants came to what, by a key such as the folder. */
export function formatTable(
  title: string,
  results: readonly Result[],
  keyOf: (result: Result) => string,
): string {
  const keys = [...new Set(results.map(keyOf))].sort();
  const count = (key: string | undefined, outcome?: Outcome) =>
    results.filter((result) =>
      (key === undefined || keyOf(result) === key) &&
      (outcome === undefined || result.outcome === outcome)
    ).length;
  const row = (name: string, key: string | undefined) => [
    name,
    String(count(key)),
    ...OUTCOMES.map((outcome) => String(count(key, outcome))),
  ];
  const rows = [
    [title, "mutants", ...OUTCOMES],
    ...keys.map((key) => row(key, key)),
    ...(keys.length > 1 ? [row("all", undefined)] : []),
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0))
  );
  return rows.map((cells) =>
    cells.map((cell, column) => {
      const width = widths?.[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd()
  ).join("\n");
}

/** The whole report. */
export function formatReport(results: readonly Result[]): string {
  const list = (outcome: Outcome, heading: string) => {
    const found = results.filter((result) => result.outcome === outcome);
    if (found.length === 0) return [];
    return ["", heading, ...found.map(({ mutation }) => `  ${formatMutation(mutation)}`)];
  };
  return [
    formatTable("folder", results, ({ target }) => target.name),
    "",
    formatTable("kind", results, ({ mutation }) => mutation.kind),
    ...list("survived", "Survived:"),
    ...list("hung", "Hung, which kills nothing:"),
    ...list("invalid", "Invalid:"),
  ].join("\n");
}
