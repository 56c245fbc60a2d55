import type { Snapshot, Store } from "../../store/mod.ts";
import {
  EMPTY_RECORD,
  formatRecord,
  InvalidRecordError,
  type LeaderElectionRecord,
  LockConflictError,
  LockDeletedError,
  parseRecord,
  UnknownOutcomeError,
} from "../../lock/mod.ts";
import { randomSession } from "../../lock/system.ts";

/** The stored content, and what it shows. */
export interface Found {
  /** A record, other content, a file that was deleted, or one that never existed. */
  readonly kind: "record" | "garbage" | "deleted" | "none";
  /** What a write replaces. */
  readonly snapshot: Snapshot;
  readonly record: LeaderElectionRecord | undefined;
  /** The highest fencing token in the content; `undefined` if it has none. */
  readonly token: number | undefined;
  /** What is wrong with it, in a sentence. */
  readonly fault: string | undefined;
}

const NOTHING = { record: undefined, token: undefined, fault: undefined };

/**
 * Reads the stored content, valid or not.
 *
 * @param headOfDeleted Returns the newest revision, if the file was deleted.
 * @throws {LockError} If the store cannot be read.
 */
export async function inspect(
  store: Store,
  headOfDeleted: () => Promise<string>,
): Promise<Found> {
  try {
    const snapshot = await store.read({ proof: true });
    return { snapshot, ...readContent(snapshot.content) };
  } catch (error) {
    if (!(error instanceof LockDeletedError)) throw error;
    const head = await headOfDeleted();
    const snapshot = { content: undefined, version: head, head, isProven: true };
    return { ...NOTHING, kind: "deleted", snapshot, fault: error.message };
  }
}

function readContent(content: string | undefined): Omit<Found, "snapshot"> {
  if (content === undefined) return { ...NOTHING, kind: "none" };
  try {
    const record = parseRecord(content);
    return { ...NOTHING, kind: "record", record, token: record.leaderTransitions };
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    return { ...NOTHING, kind: "garbage", token: error.tokenFloor, fault: error.message };
  }
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

/** How often a holder may renew between a read and the write that follows it. */
const MAX_ATTEMPTS = 5;

/** Options of {@linkcode forceRelease}. */
interface ForcedRelease {
  /** The content that the operator was shown. */
  readonly shown: Found;
  /** The fencing token that the record keeps. */
  readonly token: number;
  /** The wall clock, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Reads the stored content again. */
  readonly inspect: () => Promise<Found>;
}

/**
 * Releases the lock from the term that was shown, and from no other.
 *
 * The record gets a new session, so that no holder whose last write has an unknown outcome takes it for its own.
 *
 * @returns Whether it was released; `false` if the content has changed since it was shown.
 */
export async function forceRelease(
  store: Store,
  { shown, token, now, inspect }: ForcedRelease,
): Promise<boolean> {
  const session = randomSession();
  let found = shown;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const content = formatRecord({
      ...EMPTY_RECORD,
      leaseDurationSeconds: 1,
      acquireTime: now,
      renewTime: now,
      leaderTransitions: Math.max(token, found.token ?? 0),
      session,
      sequence: attempt,
      base: found.snapshot.head,
      protocol: store.protocol,
    });
    try {
      await store.compareAndSwap(content, found.snapshot);
      return true;
    } catch (error) {
      const isOpen = error instanceof LockConflictError || error instanceof UnknownOutcomeError;
      if (!isOpen) throw error;
    }
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
