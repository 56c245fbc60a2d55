import type { EndReason } from "../../../elector/machine/events.ts";
import { INITIAL_STATE } from "../../../elector/machine/state.ts";
import type { Seen } from "../model/answers.ts";
import { NO_MEMORY } from "../model/checks.ts";
import type { Commit, WriteRequest } from "../model/store.ts";

/** The one call that an elector waits for. */
export interface InFlight {
  /** What it writes; `undefined` for a read. */
  readonly write: WriteRequest | undefined;
  /** The newest revision when a write arrived; `undefined` as long as it has not, and for a read. */
  readonly arrived: Commit | undefined;
}

/** One elector that has not started, and what an observer knows of it. */
export const NEW_CANDIDATE = {
  state: INITIAL_STATE,
  /** When its timer is due, by its monotonic clock. */
  wakeAt: Infinity,
  /** How much true time its monotonic clock has lost in suspension. */
  slept: 0,
  /** Since when its machine is suspended. */
  suspendedAt: undefined as number | undefined,
  /** By how much its wall clock was set, in all. */
  wallStep: 0,
  /** Whether that was ever back. */
  isSetBack: false,
  isRunning: false,
  /** Numbers its lock objects. */
  session: 0,
  /** Numbers the campaigns with one lock object. */
  campaign: 0,
  writes: 0,
  /** What its lock has last seen and proven, and writes after. */
  last: undefined as Seen | undefined,
  /** The revisions that its lock has read by their own names: one bit for each. */
  known: 0,
  inFlight: undefined as InFlight | undefined,
  /** Writes that may land late, or never. */
  strays: [] as readonly WriteRequest[],
  memory: NO_MEMORY,
  /** The highest token that this process started a term with, or -1. */
  startedToken: -1,
  /** Whether work has its term's end still to settle after. */
  mustSettle: false,
  isAskedToStop: false,
  /** Whether its workload is not ready. */
  isUnready: false,
  /** How its last term ended: only for the landmarks of a world. */
  ended: undefined as EndReason | undefined,
};

/** See {@linkcode NEW_CANDIDATE}. */
export type Candidate = Readonly<typeof NEW_CANDIDATE>;

/** Everything there is. Immutable. */
export interface World {
  /** True time. */
  readonly now: number;
  readonly head: Commit;
  /** The highest token of a term that started, or -1; an edit that lets tokens restart resets it. */
  readonly highestStarted: number;
  /** The newest revision in which somebody else set the lock free: terms that rest on earlier ones are not protected. */
  readonly freedAt: number;
  /** How many faults may yet happen. */
  readonly faults: number;
  readonly candidates: readonly Candidate[];
  /** Who started a term last: only for the landmarks of a world. */
  readonly lastLeader: number;
}

/** What to call a candidate. */
export function nameOf(index: number): string {
  return String.fromCharCode(65 + index);
}

/** One of the candidates. */
export function candidateOf(world: World, index: number): Candidate {
  const candidate = world.candidates[index];
  if (!candidate) throw new Error(`There is no candidate ${index}`);
  return candidate;
}

/** A world in which one candidate differs. */
export function replace(world: World, index: number, change: Partial<Candidate>): World {
  const candidates = world.candidates.slice();
  candidates[index] = { ...candidateOf(world, index), ...change };
  return { ...world, candidates };
}
