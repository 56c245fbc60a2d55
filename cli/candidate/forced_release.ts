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

/** What is stored where a lock's record belongs. */
export interface Found {
  /**
   * A record, content that is none, a file that was deleted, or one that never was.
   */
  readonly kind: "record" | "garbage" | "deleted" | "none";
  /** What a write follows. */
  readonly snapshot: Snapshot;
  /** The record, if it is one. */
  readonly record: LeaderElectionRecord | undefined;
  /** The highest fencing token that it shows; `undefined` if it shows none. */
  readonly token: number | undefined;
  /** What is wrong with it, in a sentence. */
  readonly fault: string | undefined;
}

/**
 * Reads what is stored, whatever it is.
 *
 * @param headOfDeleted The newest revision, for a file that was deleted.
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
    const fault = error.message;
    return { kind: "deleted", snapshot, record: undefined, token: undefined, fault };
  }
}

function readContent(content: string | undefined): Omit<Found, "snapshot"> {
  if (content === undefined) {
    return { kind: "none", record: undefined, token: undefined, fault: undefined };
  }
  try {
    const record = parseRecord(content);
    return { kind: "record", record, token: record.leaderTransitions, fault: undefined };
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    const { tokenFloor: token, message: fault } = error;
    return { kind: "garbage", record: undefined, token, fault };
  }
}

/** The highest fencing token that any of these contents shows; `undefined` if none does. An empty record shows none. */
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

/** What {@linkcode forceRelease} writes, and over what. */
export interface ForcedRelease {
  /** What was shown to the operator. */
  readonly shown: Found;
  /** The fencing token that the record keeps. */
  readonly token: number;
  /** The wall clock, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Reads again what is stored. */
  readonly inspect: () => Promise<Found>;
}

/**
 * Frees the lock from the term that was shown, and from no other.
 *
 * The record is nobody's: its session is new, so that no holder whose last write is unclear takes it for its own.
 *
 * @returns Whether it was freed; `false` if something else is stored by now.
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

/** Whether the same term is stored; it may have been renewed. */
function isSame(found: Found, shown: Found): boolean {
  const [a, b] = [found.record, shown.record];
  if (!a || !b) {
    return found.kind === shown.kind && found.snapshot.version === shown.snapshot.version;
  }
  return a.holderIdentity === b.holderIdentity && a.leaderTransitions === b.leaderTransitions;
}
