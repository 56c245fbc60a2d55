import type { Equivalent } from "./equivalent.ts";
import type { Mutation } from "./mutation.ts";

/** The entry of the list that a mutation is equivalent by. */
export function equivalentOf(
  mutation: Mutation,
  list: readonly Equivalent[],
): Equivalent | undefined {
  return list.find(({ file, below, line, after }) =>
    file === mutation.file && fits(line, mutation.lineText) &&
    (below === undefined || fits(below, mutation.lineAbove)) &&
    (after === undefined || fits(after, mutation.after))
  );
}

/** Entries that no mutation fits. */
export function staleEntries(
  mutations: readonly Mutation[],
  list: readonly Equivalent[],
): Equivalent[] {
  const used = new Set(mutations.map((mutation) => equivalentOf(mutation, list)));
  return list.filter((entry) => !used.has(entry));
}

function fits(pattern: string | RegExp, text: string): boolean {
  return typeof pattern === "string" ? pattern === text : pattern.test(text);
}
