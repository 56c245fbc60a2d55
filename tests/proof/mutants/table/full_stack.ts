import type { Mutant } from "../mutant.ts";
import { ELECTOR_MACHINE } from "./elector_machine.ts";

/** Bugs in preferences that the whole stack shows, too, and the first seed that does. */
const SEEDS: ReadonlyMap<string, number> = new Map([
  ["a request is a loss", 4],
  ["the write that was sent last counts as known in effect", 4],
  ["the name survives into the next term", 3],
  ["who handed over does not hold back", 8],
  ["a rank costs nothing", 4],
  ["failback without its period", 3],
  ["who is not ready claims", 4],
]);

/** The same bugs as in the steps of one election, found by what takes effect at the server. */
export const FULL_STACK: readonly Mutant[] = ELECTOR_MACHINE.flatMap((mutant) => {
  const seed = SEEDS.get(mutant.bug);
  return seed === undefined ? [] : [{ ...mutant, killedBy: { seed } }];
});
