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
import type { Snapshot, Store } from "../../store/mod.ts";

/** How often a write is tried whose outcome is unknown, or that another write came before. */
export const MAX_ATTEMPTS = 5;

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

/** Reads the stored content, valid or not; of a deleted file, the newest revision, if there is a way to read that. */
export async function inspect(store: Store, headOfDeleted?: () => Promise<string>): Promise<Found> {
  try {
    const snapshot = await store.read({ proof: true });
    return { snapshot, ...readContent(snapshot.content) };
  } catch (error) {
    if (!(error instanceof LockDeletedError && headOfDeleted)) throw error;
    const head = await headOfDeleted();
    const snapshot = { content: undefined, version: head, head, isProven: true };
    return { ...NOTHING, kind: "deleted", snapshot, fault: error.message };
  }
}

export function readContent(content: string | undefined): Omit<Found, "snapshot"> {
  if (content === undefined) return { ...NOTHING, kind: "none" };
  try {
    const record = parseRecord(content);
    return { ...NOTHING, kind: "record", record, token: record.leaderTransitions };
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    return { ...NOTHING, kind: "garbage", token: error.tokenFloor, fault: error.message };
  }
}

/** The content of a lock without a holder, after the term of a token, written at a time by the wall clock. */
export function contentWithoutHolder(
  token: number,
  now: number,
  write: Pick<LeaderElectionRecord, "session" | "sequence" | "base" | "protocol">,
): string {
  return formatRecord({
    ...EMPTY_RECORD,
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
    leaderTransitions: token,
    ...write,
  });
}

/** Writes, and returns whether that is known to be in effect. */
export async function swap(store: Store, content: string, snapshot: Snapshot): Promise<boolean> {
  try {
    await store.compareAndSwap(content, snapshot);
    return true;
  } catch (error) {
    if (error instanceof LockConflictError || error instanceof UnknownOutcomeError) return false;
    throw error;
  }
}
