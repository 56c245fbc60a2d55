/**
 * Puts each deliberate bug into a copy of the project and sees its check fail: `deno task mutants [--write]`.
 *
 * @module
 */

import { formatPage, tellFate } from "./report.ts";
import { runMutants } from "./run.ts";
import { DESIGNS, MUTANTS } from "./table.ts";

const PAGE = new URL("../../../docs/mutants.md", import.meta.url);

const begun = performance.now();
const fates = await runMutants([...MUTANTS, ...DESIGNS], (fate) => console.log(tellFate(fate)));
const alive = fates.filter(({ verdict }) => verdict !== "failed");
const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
console.log(`${fates.length - alive.length} of ${fates.length} mutants killed, in ${seconds} s`);
for (const fate of alive) console.error(tellFate(fate));
if (alive.length > 0) Deno.exit(1);
if (Deno.args.includes("--write")) {
  await Deno.writeTextFile(PAGE, formatPage(MUTANTS, DESIGNS));
}
