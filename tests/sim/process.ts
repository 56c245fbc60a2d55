import { INITIAL_STATE, type Outcome, type State } from "../../elector/state.ts";
import type { MachineConfig } from "../../elector/machine.ts";
import type { Timings } from "../../elector/mod.ts";
import type { RunningTerm } from "../model/checks.ts";
import type { Commit, WriteRequest } from "../model/store.ts";
import type { MachineClock } from "./machine_clock.ts";
import type { Cut } from "./network.ts";
import type { Random } from "./random.ts";

/** How work takes its term's end. */
export type WorkHabit = "prompt" | "slow" | "stuck";

/** Where a candidate runs: a machine, its clocks, its way to the store. */
export interface Seat {
  readonly index: number;
  readonly identity: string;
  readonly clock: MachineClock;
  /** Whether its wall clock may be set back, which fools the monotonic one of a machine that is never suspended. */
  readonly isSetBack: boolean;
  /** The candidate that runs there now. */
  process: Process | undefined;
  cut: Cut;
  isRevoked: boolean;
  /** By how much its timers, and what it hears, may be late, in milliseconds. */
  lateness: number;
}

/** The call that a process waits for. */
export interface InFlight {
  readonly id: number;
  /** What it writes; `undefined` for a read. */
  readonly write: WriteRequest | undefined;
  /** When a write reaches the store (true time); `Infinity` once it has, or where it never does. */
  arriveAt: number;
  answerAt: number;
  readonly isError: boolean;
  readonly lag: number;
  outcome: Outcome | undefined;
  seen: Commit | undefined;
}

/** One process of a candidate: the machine's state, what it waits for, and what an observer knows of it. */
export class Process {
  readonly seat: Seat;
  readonly config: MachineConfig;
  /** Numbers its lock object; an election that follows another one may use the same. */
  readonly session: number;
  readonly random: Random;
  state: State = INITIAL_STATE;
  writes = 0;
  /** The head that its lock saw last, and may write after. */
  last: Commit | undefined;
  inFlight: InFlight | undefined;
  /** When its machine wants to be woken (its monotonic clock). */
  wakeAt = Infinity;
  /** When its timer fires (true time). */
  timerAt = Infinity;
  /** Nothing reaches it before this (true time): the process is paused, or its machine is. */
  pausedUntil = 0;
  /** Its timers may have been late until then (true time). */
  lateUntil = 0;
  isDead = false;
  /** Whether its election is over. */
  isFinished = false;

  // What an observer remembers; see `Memory`.
  term: RunningTerm | undefined;
  isWorking = false;
  effective: WriteRequest | undefined;

  /** Where in the log its newest claim stands. */
  claimIndex = -1;
  habit: WorkHabit = "prompt";
  /** Whether its work settles as soon as what goes on now is over. */
  mustSettle = false;
  /** No request may leave before this (its monotonic clock). */
  limitedUntil = -Infinity;

  // What it spent since the budget was last looked at.
  steps = 0;
  looks = 0;
  sentWrites = 0;

  /** A process that has not begun, the `number`th of all; it may use the lock of one before it. */
  constructor(
    seat: Seat,
    timings: Timings,
    number: number,
    random: Random,
    keepsLostWrites: boolean,
    before?: Process,
  ) {
    this.seat = seat;
    this.config = {
      ...timings,
      identity: seat.identity,
      session: `campaign ${number}`,
      requests: { read: 1, write: 1 },
      keepsLostWrites,
    };
    this.session = before?.session ?? number;
    this.writes = before?.writes ?? 0;
    this.random = random;
  }

  /** When the next thing happens to it (true time). */
  get nextAt(): number {
    const { inFlight, timerAt, pausedUntil } = this;
    const own = inFlight && inFlight.answerAt < timerAt ? inFlight.answerAt : timerAt;
    const next = own < pausedUntil ? pausedUntil : own;
    return inFlight && inFlight.arriveAt < next ? inFlight.arriveAt : next;
  }
}
