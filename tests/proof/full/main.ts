/**
 * Plays seeds of the whole stack: `deno run tests/proof/full/main.ts --seeds N --from S`, with `--protocol git` or `rest` for all.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { play } from "./campaign.ts";
import { tellFailure, tellSeeds } from "./report.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    protocol: { type: "string" },
  },
});
const { protocol } = values;
if (protocol !== undefined && protocol !== "git" && protocol !== "rest") {
  throw new RangeError(`--protocol must be git or rest, got ${protocol}`);
}
const from = Number(values.from);
const results = [];
const begun = performance.now();
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  const result = await play(seed, protocol);
  if (result.failure) {
    console.error(tellFailure(result));
    Deno.exit(1);
  }
  results.push(result);
}
console.log(tellSeeds(results, performance.now() - begun));
