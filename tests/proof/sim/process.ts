import type { Outcome } from "../../../elector/machine/events.ts";
import { INITIAL_STATE, nextCampaign, type State } from "../../../elector/machine/state.ts";
import { checkPreference } from "../../../elector/preference.ts";
import type { MachineConfig } from "../../../elector/machine/turn.ts";
import type { Seen } from "../model/answers.ts";
import type { RunningTerm } from "../model/checks.ts";
import type { Commit, WriteRequest } from "../model/store.ts";
import type { MachineClock } from "./machine_clock.ts";
import type { Cut, Trip } from "./network.ts";
import type { Random } from "./random.ts";
import { requestsOf, type Scenario } from "./scenario.ts";

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
  /** What the store refuses to it. */
  refused: "nothing" | "writes" | "everything";
  /** By how much its timers, and what it hears, may be late, in milliseconds. */
  lateness: number;
  /** Its candidate's rank. */
  readonly rank: number;
  /** Whether its workload is not ready. */
  isUnready: boolean;
}

/** The call that a process waits for; its trip's `arriveAt` is `Infinity` once a write has reached the store. */
export interface InFlight extends Omit<Trip, "copyAt"> {
  readonly id: number;
  /** What it writes; `undefined` for a read. */
  readonly write: WriteRequest | undefined;
  /** Whether a read asks for proof. */
  readonly proof: boolean;
  /** What came of a write that the store did not take. */
  outcome: Outcome | undefined;
  /** When a write arrived (true time). */
  arrivedAt: number;
}

/** One elector of a candidate: the machine's state, what it waits for, and what an observer knows of it. */
export class Process {
  readonly seat: Seat;
  /** What the machine of its campaign is told. */
  config: MachineConfig;
  /** Numbers its lock object; an elector that follows another one may use the same. */
  readonly session: number;
  /** How many campaigns it had before this one. */
  campaign = 0;
  /** The revisions that its lock has read by their own names. */
  readonly known: Set<number>;
  readonly random: Random;
  state: State = INITIAL_STATE;
  writes = 0;
  /** What its lock saw last, and proved, and may write after. */
  last: Seen | undefined;
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
  /** Whether it is of version 0.1. */
  isOld = false;
  /** Whether its election is over. */
  isFinished = false;

  // What an observer remembers; see `Memory`.
  term: RunningTerm | undefined;
  isWorking = false;
  effective: WriteRequest | undefined;
  /** The highest token that it started a term with, and in which of its campaigns. */
  startedToken = -1;
  startedIn = -1;

  /** Where in the log its newest claim stands. */
  claimIndex = -1;
  habit: WorkHabit = "prompt";
  /** Whether its work settles as soon as what goes on now is over. */
  mustSettle = false;
  /** No request may leave before this (its monotonic clock). */
  limitedUntil = -Infinity;

  // What it spent since the budget was last looked at.
  steps = 0;
  reads = 0;
  sentWrites = 0;

  /** A process that has not begun, the `number`th of all; it may use the lock of one before it. */
  constructor(
    seat: Seat,
    { timings, protocol, failback }: Scenario,
    number: number,
    random: Random,
    before?: Process,
  ) {
    this.seat = seat;
    this.config = {
      ...timings,
      ...checkPreference({ rank: seat.rank, failback }, timings.leaseDuration),
      identity: seat.identity,
      session: `campaign ${number}`,
      requests: requestsOf(protocol),
      keepsLostWrites: protocol === "rest",
    };
    this.session = before?.session ?? number;
    this.known = before?.known ?? new Set();
    this.writes = before?.writes ?? 0;
    this.random = random;
  }

  /** Its program makes another campaign of the same elector: it has yet to begin. */
  campaignAgain(): void {
    this.campaign++;
    this.config = { ...this.config, session: `campaign ${this.campaign} of ${this.session}` };
    this.state = nextCampaign(this.state, this.isWorking);
    this.isFinished = false;
    this.effective = undefined;
    this.claimIndex = -1;
  }

  /** What is proven is known by name from then on, with all that is void on the way to it. */
  learn({ head }: Seen): void {
    for (let commit: Commit | undefined = head; commit; commit = commit.parent) {
      this.known.add(commit.index);
      if (commit === head.effective) return;
    }
  }

  /** When the next thing happens to it (true time). */
  get nextAt(): number {
    const { inFlight, timerAt, pausedUntil } = this;
    const own = inFlight && inFlight.answerAt < timerAt ? inFlight.answerAt : timerAt;
    const next = own < pausedUntil ? pausedUntil : own;
    return inFlight && inFlight.arriveAt < next ? inFlight.arriveAt : next;
  }
}
