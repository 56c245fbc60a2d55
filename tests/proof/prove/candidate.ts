import type { EndReason } from "../../../elector/machine/events.ts";
import { INITIAL_STATE, type State } from "../../../elector/machine/state.ts";
import type { Seen } from "../model/answers.ts";
import { type Memory, NO_MEMORY } from "../model/checks.ts";
import type { Commit, WriteRequest } from "../model/store.ts";

/** The one call that an elector waits for. */
export interface InFlight {
  /** What it writes; `undefined` for a read. */
  readonly write: WriteRequest | undefined;
  /** The newest revision when a write arrived; `undefined` as long as it has not, and for a read. */
  readonly arrived: Commit | undefined;
}

/** One elector, and what an observer knows of it. */
export interface Candidate {
  readonly state: State;
  /** When its timer is due, by its monotonic clock. */
  readonly wakeAt: number;
  /** How much true time its monotonic clock has lost in suspension. */
  readonly slept: number;
  /** Since when its machine is suspended. */
  readonly suspendedAt: number | undefined;
  /** By how much its wall clock was set, in all. */
  readonly wallStep: number;
  /** Whether that was ever back. */
  readonly isSetBack: boolean;
  readonly isRunning: boolean;
  /** Numbers its lock objects. */
  readonly session: number;
  /** Numbers the campaigns with one lock object. */
  readonly campaign: number;
  readonly writes: number;
  /** What its lock has last seen and proven, and writes after. */
  readonly last: Seen | undefined;
  /** The revisions that its lock has read by their own names: one bit for each. */
  readonly known: number;
  readonly inFlight: InFlight | undefined;
  /** Writes that may land late, or never. */
  readonly strays: readonly WriteRequest[];
  readonly memory: Memory;
  /** The highest token that this process started a term with, or -1. */
  readonly startedToken: number;
  /** Whether work has its term's end still to settle after. */
  readonly mustSettle: boolean;
  readonly isAskedToStop: boolean;
  /** Whether its workload is not ready. */
  readonly isUnready: boolean;
  /** How its last term ended: only for the landmarks of a world. */
  readonly ended: EndReason | undefined;
}

/** One that has not started. */
export const NEW_CANDIDATE: Candidate = {
  state: INITIAL_STATE,
  wakeAt: Infinity,
  slept: 0,
  suspendedAt: undefined,
  wallStep: 0,
  isSetBack: false,
  isRunning: false,
  session: 0,
  campaign: 0,
  writes: 0,
  last: undefined,
  known: 0,
  inFlight: undefined,
  strays: [],
  memory: NO_MEMORY,
  startedToken: -1,
  mustSettle: false,
  isAskedToStop: false,
  isUnready: false,
  ended: undefined,
};

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
