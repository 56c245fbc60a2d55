import { applyDelta } from "./delta.ts";
import { GitFormatError } from "./errors.ts";
import { type GitObject, objectId } from "./objects.ts";
import type { Budget, PackEntry } from "./pack_entries.ts";

/**
 * Rebuilds each delta once its base is known, and returns the objects by id. A delta that is never rebuilt has no base, or
 * is part of a cycle.
 *
 * @param external Returns an object that is not in the pack.
 * @param budget The limit of the rebuilt objects' size.
 * @throws {GitFormatError} If a base is missing, a delta does not fit its base, or the objects exceed the budget.
 */
export function resolveEntries(
  entries: readonly PackEntry[],
  external: (id: string) => GitObject | undefined,
  budget: Budget,
): Map<string, GitObject> {
  const objects = new Map<string, GitObject>();
  const waiting = Map.groupBy(entries, ({ base }) => base);
  const ready: { entry: PackEntry; object: GitObject }[] = [];
  const rebuild = (entry: PackEntry, { type, body }: GitObject) => {
    const rebuilt = applyDelta(body, entry.data, budget.left);
    budget.spend(rebuilt.length);
    ready.push({ entry, object: { type, body: rebuilt } });
  };
  const settle = () => {
    for (let next = ready.pop(); next; next = ready.pop()) {
      const { entry, object } = next;
      const id = objectId(object.type, object.body);
      objects.set(id, object);
      for (const key of [entry.offset, id]) {
        for (const delta of waiting.get(key) ?? []) rebuild(delta, object);
        waiting.delete(key);
      }
    }
  };
  for (const entry of waiting.get(undefined) ?? []) {
    if (entry.type) ready.push({ entry, object: { type: entry.type, body: entry.data } });
  }
  waiting.delete(undefined);
  settle();
  for (const [key, deltas] of [...waiting]) {
    const object = typeof key === "string" && waiting.has(key) ? external(key) : undefined;
    if (!object) continue;
    waiting.delete(key);
    for (const delta of deltas) rebuild(delta, object);
    settle();
  }
  if (waiting.size > 0) {
    throw new GitFormatError("the base of a delta is missing");
  }
  return objects;
}
