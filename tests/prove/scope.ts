import type { Timings } from "../../elector/config.ts";
import type { Protocol } from "../../gist/mod.ts";

/** A bounded world to explore, in every order of events. */
export interface Scope {
  /** Names it. */
  readonly name: string;
  /** Where the lock lives. */
  readonly protocol: Protocol;
  /** For each elector, how fast its clocks run; see {@linkcode SLOW} and {@linkcode FAST}. */
  readonly rates: readonly number[];
  /** How many instants there are in a lease. */
  readonly ticks: number;
  /** D on a slow clock, in true time; {@linkcode LONGEST_DEADLINE} is the most that the rules allow. */
  readonly deadline: number;
  /** How many revisions there may be, besides the gist's first; a write that arrives later is lost. */
  readonly revisions: number;
  /**
   * How many faults there may be in all: stale reads, calls that are not answered in time or fail, copies, late timers,
   * crashes, suspensions.
   */
  readonly faults: number;
  /** How many revisions back a stale read goes. */
  readonly staleness: number;
  /** Whether a read may take longer than a tick to be answered; else it is answered within one, or never. */
  readonly slowReads: boolean;
  /** How many writes of each elector, given up or copied, may be on their way to land late. */
  readonly strays: number;
  /** Whether the network may deliver a write twice. */
  readonly copies: boolean;
  /** Whether calls may fail before they time out, with the outcome unknown. */
  readonly errors: boolean;
  /** Whether timers may fire late, by any time. */
  readonly lateTimers: boolean;
  /** Whether work may go on after its term has ended, for any time; else it settles at once. */
  readonly lingeringWork: boolean;
  /** How many of the electors may be asked to stop. */
  readonly stops: number;
  /** Whether electors may crash, and start again with the same identity. */
  readonly crashes: boolean;
  /** Whether an elector's machine may be suspended: its monotonic clock stands still. */
  readonly suspensions: boolean;
}

/**
 * What an elector's clocks count in one unit of true time, where 40 were right: 39 is 2.5 % slow and 41 is 2.5 % fast, the
 * very edge of what the guard allows.
 */
export const SLOW = 39;
/** See {@linkcode SLOW}. */
export const FAST = 41;

/** L on a fast clock, in true time. */
export const FAST_LEASE = 780;
/** D on a slow clock, in true time, where D is 95 % of L: it ends one before others may take over. */
export const LONGEST_DEADLINE = FAST_LEASE - 1;
/** Makes L a whole number of seconds, as it must be. */
const SCALE = 50;

/** One tick of true time: nothing happens between two of them. A lease on a fast clock is a whole number of them. */
export function tickOf({ ticks }: Scope): number {
  return FAST_LEASE / ticks;
}

/** How much a candidate's clock counts in a unit of true time. */
export function rateOf({ rates }: Scope, index: number): number {
  return (rates[index] ?? 40) * SCALE;
}

/**
 * The timings of every elector, by its own clocks. The guard is 5 % of L: the least that is allowed. The others are whole
 * ticks on a slow clock, and so at most one tick late on a fast one.
 */
export function timingsOf(scope: Scope): Timings {
  const tick = tickOf(scope) * SLOW * SCALE;
  const leaseDuration = FAST_LEASE * FAST * SCALE;
  return {
    leaseDuration,
    renewDeadline: scope.deadline * SLOW * SCALE,
    retryPeriod: Math.floor(scope.ticks / 3) * tick,
    pollPeriod: Math.floor(scope.ticks / 2) * tick,
    requestTimeout: Math.floor(scope.ticks / 3) * tick,
    drainTimeout: Math.floor(scope.ticks / 3) * tick,
  };
}

const BASE: Scope = {
  name: "",
  protocol: "git",
  rates: [SLOW, FAST],
  ticks: 4,
  deadline: LONGEST_DEADLINE,
  revisions: 4,
  faults: 4,
  staleness: 1,
  slowReads: false,
  strays: 1,
  copies: true,
  errors: false,
  lateTimers: false,
  lingeringWork: false,
  stops: 0,
  crashes: false,
  suspensions: false,
};

const PROTOCOLS: readonly Protocol[] = ["git", "rest"];

/** The scopes of the gate. */
export const SMALL_SCOPES: readonly Scope[] = PROTOCOLS.map((protocol) => ({
  ...BASE,
  protocol,
  name: `${protocol}: two electors`,
  revisions: 4,
}));

/** The scopes of `deno task prove`. By REST each write leaves a trace, so that there are more states to a fault. */
export const SCOPES: readonly Scope[] = PROTOCOLS.flatMap((protocol) => [
  {
    ...BASE,
    protocol,
    name: `${protocol}: network`,
    faults: protocol === "git" ? 5 : 4,
    revisions: 5,
    staleness: 2,
  },
  { ...BASE, protocol, name: `${protocol}: slow reads`, slowReads: true },
  { ...BASE, protocol, name: `${protocol}: errors`, errors: true },
  { ...BASE, protocol, name: `${protocol}: finer time`, faults: 3, ticks: 12 },
  { ...BASE, protocol, name: `${protocol}: late timers`, faults: 3, lateTimers: true },
  {
    ...BASE,
    protocol,
    name: `${protocol}: stops`,
    faults: 2,
    stops: protocol === "git" ? 2 : 1,
    lingeringWork: true,
  },
  { ...BASE, protocol, name: `${protocol}: crashes`, faults: 3, crashes: true },
  {
    ...BASE,
    protocol,
    name: `${protocol}: suspended`,
    faults: 2,
    suspensions: true,
    lateTimers: true,
  },
  {
    ...BASE,
    protocol,
    name: `${protocol}: three`,
    faults: 3,
    rates: [SLOW, FAST, FAST],
    revisions: 3,
  },
]);
