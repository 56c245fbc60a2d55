import { runCheck, type Verdict } from "./check.ts";
import { inCopies } from "./copy.ts";
import { describeKiller, type Killer, type Mutant, mutate } from "./mutant.ts";

/** What came of a mutant. */
export interface Fate {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/**
 * Puts each bug into a copy of the project, one at a time, and runs its check there.
 *
 * @param onFate Is told of each mutant as soon as its check is done.
 * @throws {Error} If a check does not pass without the bug, or the table has drifted from the sources.
 */
export async function runMutants(
  mutants: readonly Mutant[],
  onFate: (fate: Fate) => void = () => {},
): Promise<Fate[]> {
  const fates: Fate[] = [];
  const untrusted: string[] = [];
  const clean = distinct(mutants.map(({ killedBy }) => killedBy));
  await inCopies(clean, async (killer, directory) => {
    const verdict = await runCheck(killer, directory);
    if (verdict !== "passed") untrusted.push(`${describeKiller(killer)} (${verdict})`);
  });
  if (untrusted.length > 0) {
    throw new Error(`These checks do not pass without a bug:\n${untrusted.join("\n")}`);
  }
  await inCopies(mutants, async (mutant, directory) => {
    const path = `${directory}/${mutant.file}`;
    const source = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, mutate(source, mutant));
    const verdict = await runCheck(mutant.killedBy, directory);
    await Deno.writeTextFile(path, source);
    fates.push({ mutant, verdict });
    onFate({ mutant, verdict });
  });
  return fates.sort((a, b) => mutants.indexOf(a.mutant) - mutants.indexOf(b.mutant));
}

function distinct(killers: readonly Killer[]): Killer[] {
  return [...new Map(killers.map((killer) => [JSON.stringify(killer), killer])).values()];
}
