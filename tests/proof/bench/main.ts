/**
 * Measures how long the lock is without a leader, by the rank of the candidate that takes over, in virtual time on the local
 * gist server. See `--help`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { Protocol } from "../../../gist/mod.ts";
import { mean } from "./figures.ts";
import { CAUSES, measure, RANKS, type Round } from "./failover.ts";

const HELP = `Measures failover by rank: three candidates of ranks 0, 1 and 2, default timings.

  --rounds N         how many changes of leader for each line (default: 300)
  --protocol P       "rest" (the default) or "git"
  --round-trip MS    only this round trip, in milliseconds; may be repeated
                     (default: 100, 300 and 1000)`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    rounds: { type: "string", default: "300" },
    protocol: { type: "string", default: "rest" },
    "round-trip": { type: "string", multiple: true, default: ["100", "300", "1000"] },
  },
});

/** The best rank that is ready leads next; those before it are alive, and not ready. */
async function line(round: Omit<Round, "seed" | "ready">, best: number): Promise<boolean> {
  const ready = RANKS.filter((rank) => rank >= best);
  const times: number[] = [];
  let others = 0;
  const rounds = Number(values.rounds);
  for (let seed = 1; seed <= rounds; seed++) {
    const { rank, after } = await measure({ ...round, ready, seed });
    if (rank === best) times.push(after);
    else others++;
  }
  const figures = [Math.min(...times), mean(times), Math.max(...times)]
    .map((ms) => (ms / 1_000).toFixed(1).padStart(8));
  console.log(
    `${String(round.roundTrip).padStart(8)}  ${round.cause.padEnd(12)}${String(best).padStart(6)}` +
      `${figures.join("")}${`${times.length} of ${rounds}`.padStart(14)}`,
  );
  return others === 0;
}

async function run(): Promise<boolean> {
  console.log("RTT (ms)  cause         rank     min    mean     max (s)    leads next");
  const protocol = values.protocol as Protocol;
  let isAlways = true;
  for (const roundTrip of values["round-trip"].map(Number)) {
    for (const cause of CAUSES) {
      for (const best of RANKS) {
        if (!await line({ protocol, roundTrip, cause }, best)) isAlways = false;
      }
    }
  }
  return isAlways;
}

if (values.help) console.log(HELP);
else if (!await run()) Deno.exitCode = 1;
