import assert from "node:assert/strict";
import {
  EMPTY_RECORD,
  type FakeClock,
  type LeaderElectionRecord,
  type Lock,
  LockConflictError,
  type Observed,
} from "../../lock/mod.ts";
import { nextTurn } from "../../lock/system.ts";
import type { Store } from "../../store/mod.ts";

/** A place with one lock, and as many candidates as a test asks for. */
export interface LockWorld extends AsyncDisposable {
  /** Makes a candidate's lock. */
  lock(identity: string): Lock;
}

/** How the next write fails. */
export type WriteFault = "request lost" | "answer lost" | "applied twice" | "applied late";

/** A gist with one lock, which a hand can reach into, and a network that can be told to fail. */
export interface GistWorld extends LockWorld {
  /** The clock of everything in this world. */
  readonly clock: FakeClock;
  /** Makes a candidate's store. */
  store(): Store;
  /** Puts a text into the lock's file, or with `null` deletes it, as a person does on the web. */
  edit(content: string | null): void | Promise<void>;
  /** Puts a text into another file of the gist. */
  editOtherFile(): void | Promise<void>;
  /** The other file's text. */
  otherFile(): string | Promise<string>;
  /** Makes the next write fail. */
  failNextWrite(fault: WriteFault): void;
  /** Lets the write that is late arrive, and waits until it has been dealt with. */
  arriveLate(): Promise<void>;
  /** Makes the next read answer with what was there before the newest revision. */
  staleNextRead(): void;
}

/** Makes a fresh world; a gist's file holds `content`, or is not there. */
export type MakeWorld<W> = (content?: string) => W | Promise<W>;

/** A record as an elector would write it. */
export function held(holder: string, leaderTransitions = 0): LeaderElectionRecord {
  const time = Date.UTC(2026, 0, 2, 3, 4, 5);
  return {
    ...EMPTY_RECORD,
    holderIdentity: holder,
    leaseDurationSeconds: 60,
    acquireTime: time,
    renewTime: time,
    leaderTransitions,
  };
}

/** What was written, without the keys that a lock adds of its own. */
export function plain(record: LeaderElectionRecord | undefined): LeaderElectionRecord | undefined {
  if (!record) return undefined;
  const { session: _1, sequence: _2, base: _3, protocol: _4, ...rest } = record;
  return rest;
}

/** Reads a record that must be there, with proof. */
export async function getHeld(lock: Lock): Promise<Observed> {
  const seen = await lock.get({ proof: true });
  assert.ok(seen, "there must be a record");
  return seen;
}

/** The places of those that were fulfilled; the others must have been rejected as conflicts. */
export function winners(results: readonly PromiseSettledResult<unknown>[]): number[] {
  return results.flatMap((result, place) => {
    if (result.status === "fulfilled") return [place];
    assert.ok(result.reason instanceof LockConflictError, String(result.reason?.stack));
    return [];
  });
}

/** Lets virtual time pass until the promise settles, in steps; at most a minute. */
export async function settle<T>(clock: FakeClock, promise: Promise<T>, step = 10): Promise<T> {
  let isSettled = false;
  const watched = promise.finally(() => isSettled = true);
  watched.catch(() => {});
  for (let passed = 0; !isSettled && passed < 60_000; passed += step) await clock.advance(step);
  await nextTurn();
  assert.ok(isSettled, "the promise must settle within a minute");
  return watched;
}
