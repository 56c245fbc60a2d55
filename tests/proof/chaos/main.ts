/**
 * Harms real `elector run` processes until there were enough terms: `deno task chaos --seed S --terms N --store S`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { STORES } from "../../support/local_stores.ts";
import { tellStorm } from "./report.ts";
import { playStorm } from "./storm.ts";

const HELP = `Harms real elector run processes, one at a time, until there were enough terms.

  --seed S           draws what is done (default: 1)
  --terms N          how many terms (default: 200)
  --store S          a gist by "git" or by "rest", or a "bucket" (default: git)
  --candidates C     how many candidates (default: 3)
  --hostile          stderr blocked, full or gone, signals to all processes of a
                     run, connections that freeze
  --quiet            tell the figures only`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    terms: { type: "string", default: "200" },
    store: { type: "string", default: "git" },
    candidates: { type: "string", default: "3" },
    hostile: { type: "boolean", default: false },
    quiet: { type: "boolean", default: false },
  },
});

async function main(): Promise<number> {
  const store = STORES.find((one) => one === values.store);
  if (!store) throw new RangeError(`--store must be ${STORES.join(" or ")}, got "${values.store}"`);
  // An interrupt must not leave the candidates behind.
  const stop = new AbortController();
  const abort = () => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, abort);
  const result = await playStorm({
    seed: Number(values.seed),
    store,
    candidates: Number(values.candidates),
    terms: Number(values.terms),
    strikes: Infinity,
    isHostile: values.hostile,
    signal: stop.signal,
    ...(values.quiet ? {} : { tell: console.log }),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, abort);
  console.log(
    [`seed ${values.seed}, ${store}${values.hostile ? ", hostile" : ""}`, ...tellStorm(result)]
      .join("\n"),
  );
  return result.broken.length === 0 ? 0 : 1;
}

if (values.help) console.log(HELP);
else Deno.exitCode = await main();
