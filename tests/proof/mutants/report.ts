import { describeKiller, type Mutant } from "./mutant.ts";
import type { Verdict } from "./check.ts";
import type { Fate } from "./run.ts";

const FATES: Readonly<Record<Verdict, string>> = {
  failed: "killed",
  passed: "SURVIVED",
  hung: "HUNG",
  broken: "BROKEN",
};

/** One line for a terminal. */
export function tellFate({ mutant, verdict }: Fate): string {
  return `${FATES[verdict].padEnd(8)}  ${mutant.file}: ${mutant.bug} (${
    describeKiller(mutant.killedBy)
  })`;
}

/** The page for readers. */
export function formatPage(mutants: readonly Mutant[], designs: readonly Mutant[]): string {
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Mutants",
    "",
    "Each line below is a deliberate bug in a line of code on which safety or liveness depends. The bug is put into a copy of",
    "the project, where the check next to it must fail; without the bug, the check must pass.",
    "",
    "`deno task mutants --write` writes this page; `deno task mutants` runs all checks.",
    "",
    `## ${mutants.length} bugs, none of which survives`,
    "",
    ...formatTable(mutants),
    "",
    "## Designs that look right",
    "",
    "These are rules that real elections go by, client-go's among them. Each was put in the place of ours. Where a seed is",
    "named, the full-stack simulation was played from seed 1 on until a promise broke: two leaders, or what is as bad.",
    "",
    ...formatTable(designs),
    "",
  ].join("\n");
}

function formatTable(mutants: readonly Mutant[]): string[] {
  const rows = mutants.map(({ file, bug, killedBy }) => [
    `\`${file}\``,
    escapeCell(bug),
    escapeCell(describeKiller(killedBy)),
  ]);
  return [
    "| in | the bug | what kills it |",
    "| --- | --- | --- |",
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
  ];
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
