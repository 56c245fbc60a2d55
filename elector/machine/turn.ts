import type { Observed, RequestCounts } from "../../lock/mod.ts";
import type { Preference } from "../preference.ts";
import type { Timings } from "../timings.ts";
import type { Effect, Finish } from "./events.ts";
import type { Problem, Reading, State } from "./state.ts";

/** Who this candidate is, and its timings. */
export interface MachineConfig extends Timings, Preference {
  /** The identity that it writes into the record. */
  readonly identity: string;
  /** Names this campaign: with the number of a call, it distinguishes one write from every other. */
  readonly session: string;
  /** How many requests a read and a write of the lock need. */
  readonly requests: RequestCounts;
  /** Whether a lost race leaves something behind; see `Lock.keepsLostWrites`. */
  readonly keepsLostWrites: boolean;
}

/** One step under way: the only place where the state changes, before it is returned as immutable. */
export interface Turn {
  readonly config: MachineConfig;
  readonly now: Reading;
  readonly effects: Effect[];
  state: State;
  /** Whether this step is to end with a claim: what was just read allows it, and is proven. */
  claims: boolean;
  /** What to put a request for the lead on, if this step is to end with one: what was just read, and is proven. */
  asksOn: Observed | undefined;
}

export function set(turn: Turn, change: Partial<State>): void {
  turn.state = { ...turn.state, ...change };
}

/** Reports a problem that lasts once, until a new version is observed. */
export function report(turn: Turn, problem: Extract<Problem, "deleted" | "exhausted">): void {
  if (turn.state.reported === problem) return;
  set(turn, { reported: problem });
  turn.effects.push({ type: "report", problem });
}

export function finish(turn: Turn, how: Finish): void {
  if (turn.state.call) turn.effects.push({ type: "abandon", id: turn.state.call.id });
  set(turn, { finished: true, call: undefined, lease: undefined });
  turn.effects.push({ type: "finish", how });
}

/** Checks what split brain would begin with if it did not hold. */
export function invariant(holds: unknown, promise: string): asserts holds {
  if (!holds) throw new Error(`Broken invariant of the election, please report it: ${promise}`);
}
