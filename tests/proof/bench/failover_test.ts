import assert from "node:assert/strict";
import { DEFAULT_TIMINGS, failoverBounds } from "../../../elector/mod.ts";
import { CAUSES, measure } from "./failover.ts";

// The bench plays 300 rounds of each: `tests/proof/bench/main.ts`.

const ROUNDS = 4;

for (const roundTrip of [100, 300, 1_000]) {
  for (const cause of CAUSES) {
    for (const ready of [[0, 1, 2], [1, 2]] as const) {
      const [best] = ready;
      Deno.test(`rank ${best} leads next at a round trip of ${roundTrip} ms: ${cause}, ranks ${ready} are ready`, async () => {
        const bounds = failoverBounds(DEFAULT_TIMINGS, { read: 2, write: 2 }, true, best);
        const longest = cause === "expiry" ? bounds.crash : bounds.release;
        for (let seed = 1; seed <= ROUNDS; seed++) {
          const round = { protocol: "rest", roundTrip, cause, ready, seed } as const;
          const { rank, after } = await measure(round);
          assert.equal(rank, best, `seed ${seed}`);
          assert.ok(after <= longest, `seed ${seed}: ${after} ms, at most ${longest}`);
        }
      });
    }
  }
}
