import { randomSession } from "../../lock/system.ts";
import { MOVED, type Store } from "../../store/mod.ts";
import { CommandError } from "../errors.ts";
import { EXIT } from "../exit_codes.ts";
import { contentWithoutHolder, type Found, MAX_ATTEMPTS, readContent, swap } from "./stored.ts";

/** Refuses to bring back a lock that has moved, unless the operator gives a token: those of the other store went on. */
export function refuseMoved({ record }: Found, token: number | undefined, lock: string): void {
  if (record?.protocol !== MOVED || token !== undefined) return;
  throw new CommandError(
    EXIT.data,
    `The lock of ${lock} has moved to another store: use that one; to bring this one back, stop every candidate ` +
      "and add --token N, where N is at least the highest fencing token there",
  );
}

/** The highest fencing token in any of these contents; `undefined` if there is none. An empty record has none. */
export function highestToken(contents: readonly (string | undefined)[]): number | undefined {
  const tokens = contents.flatMap((content) => {
    const { record, token } = readContent(content);
    const isEmpty = record?.renewTime === null && record.holderIdentity === "" && token === 0;
    return isEmpty ? [] : token ?? [];
  });
  return tokens.length === 0 ? undefined : Math.max(...tokens);
}

/**
 * Releases the lock from the term that the operator was shown, and from no other.
 *
 * The record gets a new session, so that no holder whose last write has an unknown outcome takes it for its own.
 *
 * @param token The fencing token that the record keeps.
 * @param now The wall clock, in milliseconds since the Unix epoch.
 * @returns Whether it was released; `false` if the content has changed since it was shown.
 */
export async function forceRelease(
  store: Store,
  { shown, token, now, inspect }: {
    readonly shown: Found;
    readonly token: number;
    readonly now: number;
    readonly inspect: () => Promise<Found>;
  },
): Promise<boolean> {
  const session = randomSession();
  let found = shown;
  // A holder may renew between a read and the write that follows it.
  for (let sequence = 1; sequence <= MAX_ATTEMPTS; sequence++) {
    const { protocol } = store;
    const write = { session, sequence, base: found.snapshot.head, protocol };
    const content = contentWithoutHolder(Math.max(token, found.token ?? 0), now, write);
    if (await swap(store, content, found.snapshot)) return true;
    found = await inspect();
    if (found.record?.session === session) return true;
    if (!isSame(found, shown)) return false;
  }
  return false;
}

/** Whether both are of one term, which may have been renewed. */
function isSame(found: Found, shown: Found): boolean {
  const [a, b] = [found.record, shown.record];
  if (!a || !b) {
    return found.kind === shown.kind && found.snapshot.version === shown.snapshot.version;
  }
  return a.holderIdentity === b.holderIdentity && a.leaderTransitions === b.leaderTransitions;
}
