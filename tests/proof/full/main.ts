/**
 * Plays seeds of the whole stack: `deno run tests/proof/full/main.ts --seeds N --from S`, with `--place git`, `rest`, `s3`, `gcs` or `azure` for
 * all, or `--place bucket` for the three in turn.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { play } from "./campaign.ts";
import { type PlaceKind, PLACES } from "./stores/place.ts";
import { isBucket } from "./plan.ts";
import { missing, tellFailure, tellSeeds } from "./report.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    place: { type: "string" },
  },
});
const places = values.place === "bucket" ? PLACES.filter(isBucket) : [values.place];
const from = Number(values.from);
const results = [];
const begun = performance.now();
for (let seed = from; seed < from + Number(values.seeds); seed++) {
  const result = await play(seed, placeOf(places[seed % places.length]));
  if (result.failure) {
    console.error(tellFailure(result));
    Deno.exit(1);
  }
  results.push(result);
}
console.log(tellSeeds(results, performance.now() - begun));
// With fewer seeds, chance decides.
if (results.length >= 100 && missing(results).length > 0) Deno.exitCode = 1;

function placeOf(name: string | undefined): PlaceKind | undefined {
  const place = PLACES.find((place) => place === name);
  if (place === name) return place;
  throw new RangeError(`--place must be git, rest, s3, gcs, azure or bucket, got ${name}`);
}
