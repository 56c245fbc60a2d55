/**
 * Puts each deliberate bug into a copy of the project and sees its check fail: `deno task mutants`. See `--help`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { ROOT } from "./copy.ts";
import { formatPage, tellFate } from "./report.ts";
import { runMutants } from "./run.ts";
import { DESIGNS, MUTANTS } from "./table.ts";

const PAGE = new URL("docs/mutants.md", ROOT);

const HELP = `Puts each deliberate bug of tests/proof/mutants/table/ into a copy of the
project, and runs the check that has to fail.

  --only TEXT        only the bugs whose file, or words, contain this; may be
                     repeated
  --page             write docs/mutants.md, and run nothing
  --write            write it once all of them were killed`;

const { values: { help, only, page, write } } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    page: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
if (help) console.log(HELP);
else if (page) await writePage();
else await run();

async function run(): Promise<void> {
  const begun = performance.now();
  const chosen = [...MUTANTS, ...DESIGNS].filter(({ file, bug }) =>
    only.length === 0 || only.some((text) => file.includes(text) || bug.includes(text))
  );
  if (chosen.length === 0) throw new RangeError(`No mutant contains ${only.join(" or ")}`);
  const fates = await runMutants(chosen, (fate) => console.log(tellFate(fate)));
  const alive = fates.filter(({ verdict }) => verdict !== "failed");
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  console.log(`${fates.length - alive.length} of ${fates.length} mutants killed, in ${seconds} s`);
  for (const fate of alive) console.error(tellFate(fate));
  if (alive.length > 0) Deno.exit(1);
  if (write) await writePage();
}

async function writePage(): Promise<void> {
  await Deno.writeTextFile(PAGE, formatPage(MUTANTS, DESIGNS));
}
