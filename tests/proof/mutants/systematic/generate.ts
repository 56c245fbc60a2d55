import { seededRandom } from "../../../support/seeded_random.ts";
import { applyChange, locate, type Mutation } from "./mutation.ts";
import { operatorChanges } from "./operators.ts";
import { type Setter, statementChanges } from "./statements.ts";
import { parse } from "./syntax.ts";

/** Every mutation of a source file, in the order of their places. The same change is made once. */
export function mutationsOf(
  file: string,
  source: string,
  setters: readonly Setter[] = [],
): Mutation[] {
  const syntax = parse(source);
  const all = [...operatorChanges(syntax), ...statementChanges(syntax, setters)]
    .map((change) => locate(file, source, change));
  const distinct = new Map(all.map((mutation) => [applyChange(source, mutation), mutation]));
  return [...distinct.values()].sort((a, b) =>
    a.start - b.start || a.end - b.end || (a.replacement < b.replacement ? -1 : 1)
  );
}

/** A random part of the mutations, the same for the same seed, in the order of their places. */
export function sample<T>(all: readonly T[], count: number, seed: number): T[] {
  const random = seededRandom(seed);
  const ranked = all.map((item, at) => ({ item, at, rank: random() }));
  return ranked.sort((a, b) => a.rank - b.rank).slice(0, count)
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
