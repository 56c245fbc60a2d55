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
    "Do the checks bite? Each line below is a deliberate bug in a line of the code that safety or liveness rests on. It is",
    "put into a copy of the project, the one check beside it is run, and has to fail there; without the bug it has to pass.",
    "",
    "This page is written by `deno task mutants --write`; `deno task mutants` runs it all again.",
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
