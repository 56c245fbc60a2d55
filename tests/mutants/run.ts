import { runCheck, type Verdict } from "./check.ts";
import { type Killer, type Mutant, mutate } from "./mutant.ts";

/** What came of a mutant. */
export interface Fate {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

const ROOT = new URL("../../", import.meta.url);
/** All that a check may need. */
const NEEDED = ["deno.json", "mod.ts", "lock", "elector", "gist", "tests"] as const;
const WORKERS = 2;

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
  const clean = distinct(mutants.map(({ killedBy }) => killedBy));
  await inParallel(clean, async (killer, directory) => {
    const verdict = await runCheck(killer, directory);
    if (verdict === "passed") return;
    throw new Error(
      `Cannot trust a check as it must pass without a bug: ${JSON.stringify(killer)} ${verdict}`,
    );
  });
  await inParallel(mutants, async (mutant, directory) => {
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

/** Works through a list with a few workers, each in a copy of the project of its own. */
async function inParallel<T>(
  list: readonly T[],
  work: (item: T, directory: string) => Promise<void>,
): Promise<void> {
  const queue = [...list];
  await Promise.all(Array.from({ length: WORKERS }, async () => {
    const directory = await Deno.makeTempDir({ prefix: "mutants-" });
    try {
      for (const name of NEEDED) await copy(new URL(name, ROOT).pathname, `${directory}/${name}`);
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        await work(item, directory);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }));
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}
