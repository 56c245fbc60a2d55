import type { Preference } from "../../../elector/preference.ts";
import type { Timings } from "../../../elector/timings.ts";
import type { Protocol } from "../../../gist/mod.ts";
import type { RequestCounts } from "../../../lock/mod.ts";
import { type Edit, PEOPLES_EDITS, REQUESTS } from "../model/foreign.ts";
import type { Landmark } from "./landmarks.ts";

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

/** A bounded world to explore, in every order of events; each scope says in what it differs from this one. */
const BASE = {
  /** Names it. */
  name: "",
  /** Where the lock lives. */
  protocol: "git" as Protocol,
  /** For each elector, how fast its clocks run; see {@linkcode SLOW} and {@linkcode FAST}. */
  rates: [SLOW, FAST] as readonly number[],
  /** How many instants there are in a lease. */
  ticks: 4,
  /** D on a slow clock, in true time; {@linkcode LONGEST_DEADLINE} is the most that the rules allow. */
  deadline: LONGEST_DEADLINE,
  /** How many revisions there may be, besides the gist's first; a write that arrives later is lost. */
  revisions: 4,
  /**
   * How many faults there may be in all: stale and mixed answers, calls that are not answered in time, fail or are refused,
   * copies, late timers, crashes, suspensions, clocks that are set, edits of the gist.
   */
  faults: 4,
  /** How many revisions back a stale read goes. */
  staleness: 1,
  /** Whether a read may take longer than a tick to be answered; else it is answered within one, or never. */
  slowReads: false,
  /** How many writes of each elector, given up or copied, may be on their way to land late. */
  strays: 1,
  /** Whether the network may deliver a write twice. */
  copies: true,
  /** Whether calls may fail before they time out, with the outcome unknown. */
  errors: false,
  /** Whether timers may fire late, by any time. */
  lateTimers: false,
  /** Whether work may go on after its term has ended, for any time; else it settles at once. */
  lingeringWork: false,
  /** How often electors may be asked to stop, in all. */
  stops: 0,
  /** Who may be asked to. */
  stopped: "anybody" as "anybody" | "holders" | "followers",
  /** How many campaigns of one elector there may be, each with what the one before it knew. */
  campaigns: 1,
  /** Whether electors may crash, and start again with the same identity. */
  crashes: false,
  /** Whether an elector's machine may be suspended: its monotonic clock stands still. */
  suspensions: false,
  /** How many ways a wall clock may be set: 1 for forward, 2 for back, too. A machine that may be suspended has only one. */
  wallSteps: 0 as 0 | 1 | 2,
  /** Whether one answer may be made of two instants, in any order. */
  mixes: false,
  /** Whether the store may refuse a write, which is then known to be void. */
  refusals: false,
  /** What somebody else may do to the gist. */
  edits: [] as readonly Edit[],
  /** Who should lead: each elector's rank. */
  ranks: [0, 0, 0] as readonly number[],
  /** Whether a better rank asks for the lead, after a lease. */
  failback: false,
  /** Whether holders may hand over without being asked; it counts as a stop. */
  handovers: false,
  /** Whether electors may become not ready, and ready again. Their grace is a poll period. */
  readiness: false,
  /** Which electors are of version 0.1. */
  old: [] as readonly boolean[],
  /** What each elector draws whenever it draws at random, from 0 (included) to 1 (excluded). */
  randoms: [0, 0, 0] as readonly number[],
};

/** See {@linkcode BASE}. */
export interface Scope extends Readonly<typeof BASE> {
  /** What must be reached: a world that does not is a smaller one than its name says. */
  readonly reaches: readonly Landmark[];
}

/** One tick of true time: nothing happens between two of them. A lease on a fast clock is a whole number of them. */
export function tickOf({ ticks }: Scope): number {
  return FAST_LEASE / ticks;
}

/** How much a candidate's clock counts in a unit of true time. */
export function rateOf({ rates }: Scope, index: number): number {
  return (rates[index] ?? 40) * SCALE;
}

/** How many requests a call needs. Those of a read by git are taken for one here: nothing happens between them. */
export function requestsOf({ protocol }: Scope): RequestCounts {
  return protocol === "rest" ? { read: 2, write: 2 } : { read: 1, write: 1 };
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
    // A call of several requests takes up to four times as long: by either protocol whole ticks.
    requestTimeout: Math.floor(scope.ticks / 3) * tick / (requestsOf(scope).read > 1 ? 4 : 1),
    drainTimeout: Math.floor(scope.ticks / 3) * tick,
  };
}

/** The preference of an elector. */
export function preferenceOf(scope: Scope, index: number): Preference {
  const { leaseDuration, pollPeriod } = timingsOf(scope);
  return {
    rank: scope.ranks[index] ?? 0,
    failback: scope.failback ? leaseDuration : Infinity,
    readyGrace: pollPeriod,
  };
}

/** Whether anything of that is used. */
export function hasPreference(scope: Scope): boolean {
  return scope.ranks.some((rank) => rank > 0) || scope.handovers || scope.readiness ||
    scope.edits.some((edit) => REQUESTS.some((request) => request === edit));
}

/** What every world must reach. */
const EVERYWHERE: readonly Landmark[] = [
  "a takeover",
  "a late write takes effect",
  "the answer to a write is lost",
  "a term expires",
];

/** What a world with answers of two instants must reach. */
const TWO_INSTANTS: readonly Landmark[] = [
  "a rival's text is shown as another revision's",
  "an answer may show a void write as what won",
  "a write is not to be seen in its own answer",
];

/** Makes the scopes of one protocol. By REST late writes are void, too: by git they leave no trace. */
function scopesOf(protocol: Protocol) {
  const everywhere: readonly Landmark[] = protocol === "git"
    ? EVERYWHERE
    : [...EVERYWHERE, "a late write is void"];
  return (name: string, change: Partial<Scope>, reaches: readonly Landmark[] = []): Scope => ({
    ...BASE,
    protocol,
    ...change,
    name: `${protocol}: ${name}`,
    reaches: [...everywhere, ...reaches],
  });
}

const git = scopesOf("git");
const rest = scopesOf("rest");

/** The scopes of the gate. */
export const SMALL_SCOPES: readonly Scope[] = [
  git("two electors", {}),
  rest("two electors", { faults: 3 }),
  rest("two instants", { faults: 3, mixes: true, copies: false, edits: ["late forced release"] }, [
    ...TWO_INSTANTS,
    "what was shown is proven to be another's",
  ]),
];

/** Worlds that there are by either protocol. By REST each write leaves a trace, so that there are more states to a fault. */
const SHARED: readonly Scope[] = [git, rest].flatMap((scope) => {
  const isGit = scope === git;
  return [
    scope("network", { faults: isGit ? 5 : 4, revisions: isGit ? 5 : 4, staleness: 2 }, [
      "a stale read",
    ]),
    scope("slow reads", { faults: isGit ? 4 : 3, slowReads: true }, ["a read takes long"]),
    scope("errors", { faults: isGit ? 4 : 3, errors: true, refusals: true }, [
      "a write fails, and was in effect",
      "a refused renewal",
      "a refused write is followed by a term",
    ]),
    scope("finer time", { faults: 3, ticks: 12 }),
    scope("late timers", { faults: 3, lateTimers: true }, ["a timer is late", "a term ends late"]),
    scope("stops", { faults: 2, stops: isGit ? 2 : 1, lingeringWork: true }, [
      "a release takes effect",
      "a stop while work of an ended term goes on",
      "a leader steps down, and another leads",
    ]),
    scope("campaigns", {
      faults: 2,
      copies: false,
      stops: 1,
      campaigns: 2,
      lingeringWork: true,
    }, [
      "a campaign ends with its work unsettled",
      "work settles after its campaign",
      "work settles before the next campaign begins",
      "work settles in the next campaign",
      "a term in a second campaign",
      "a takeover in a second campaign",
      "a write of an earlier campaign lands late",
    ]),
    scope("short campaigns", {
      faults: 2,
      copies: false,
      stops: 2,
      stopped: "followers",
      campaigns: 3,
    }, ["a takeover in a second campaign"]),
    scope("crashes", { faults: 3, copies: isGit, crashes: true }, [
      "a term after a crash",
      "a write of a crashed process takes effect",
    ]),
    scope("suspended", { faults: 2, suspensions: true, lateTimers: true, wallSteps: 1 }, [
      "a leader wakes after its term",
      "another leads while one is suspended",
    ]),
    scope("wall clocks", { faults: 3, wallSteps: 2 }, [
      "a wall clock ends a term",
      "a wall clock is set back in a term",
      "a takeover from a clock that was set back",
    ]),
    scope("edits", { faults: 3, edits: PEOPLES_EDITS }, [
      "a term is lost",
      "an edit falls into a term",
      "a lock is set free over its leader",
      "a term after the lock was set free",
      "a term after garbage",
      "a term after a deletion",
      "a void renewal is sent again",
    ]),
    scope(
      "three",
      { faults: 3, rates: [SLOW, FAST, FAST], revisions: 3, randoms: [0, 0.9, 0.99] },
      isGit ? [] : ["a claim waits for its slot", "a lost race is followed by a term"],
    ),
  ];
});

/** Worlds of ranks, handovers, failback and readiness, by either protocol. */
export const PREFERENCE_SCOPES: readonly Scope[] = [git, rest].flatMap((scope) => {
  const isGit = scope === git;
  const handover = ["a request takes effect", "a term ends by handover"] as const;
  return [
    scope("requests", { faults: 3, copies: false, edits: REQUESTS }, [
      ...handover,
      "the named candidate leads",
      "a request is on top of an unclear claim",
      "a request is seen while a renewal is unclear",
      "who handed over leads again, without another in between",
      ...(isGit ? ["a request beats a claim"] as const : ["a request is void"] as const),
    ]),
    scope("requests and ranks", {
      faults: 3,
      copies: false,
      revisions: 5,
      ranks: [1, 0],
      edits: ["request for A", "request for nobody"],
    }, [...handover, "a better rank leads after a worse one"]),
    scope("requests and crashes", {
      faults: 2,
      copies: false,
      crashes: true,
      edits: ["request for nobody"],
    }, ["a request takes effect", "a term after a crash"]),
    scope("requests and edits", {
      faults: isGit ? 3 : 2,
      copies: false,
      edits: ["request for B", "forced release", "put back", "by hand", "go renewal"],
    }, ["a request takes effect", "a term after the lock was set free"]),
    scope("handovers", {
      faults: 2,
      copies: false,
      stops: 1,
      handovers: true,
      lingeringWork: true,
    }, ["a term ends by handover", "the named candidate leads"]),
    // The holder renews for the whole period, and then there is a request, a release and a claim.
    scope("failback", { faults: 2, copies: false, revisions: 10, ranks: [0, 1], failback: true }, [
      "a better rank asks for the lead",
      "a term ends by handover",
      "the named candidate leads",
      "a better rank leads after a worse one",
    ]),
    scope("readiness", { faults: 3, copies: false, readiness: true, ranks: [0, 1] }, [
      "a term ends as its leader is not ready",
      "a claim waits until its candidate is ready",
      "a worse rank leads after a better one",
    ]),
    scope("an old version", {
      faults: 3,
      copies: false,
      revisions: 5,
      old: [true, false],
      ranks: [0, 1],
      edits: ["request for A", "request for nobody"],
    }, ["an old version leads after a new one", "a new version leads after an old one"]),
  ];
});

/** The scopes of `deno task prove`. */
export const SCOPES: readonly Scope[] = [
  ...SHARED,
  ...PREFERENCE_SCOPES,
  rest("two instants", { mixes: true, errors: true }, TWO_INSTANTS),
  rest("two instants, and crashes", {
    faults: 2,
    mixes: true,
    copies: false,
    crashes: true,
    stops: 1,
    stopped: "holders",
  }, [...TWO_INSTANTS, "what was shown is proven to be another's", "a late release is void"]),
  rest("two instants, and campaigns", {
    faults: 2,
    mixes: true,
    copies: false,
    stops: 1,
    campaigns: 2,
  }, [...TWO_INSTANTS, "a release takes effect", "a term in a second campaign"]),
  rest("two instants, and edits", {
    faults: 3,
    mixes: true,
    edits: ["another file", "late forced release", "forced release"],
  }, [
    ...TWO_INSTANTS,
    "what was shown is proven to be another's",
    "a void renewal is sent again",
    "a term is lost",
    "a term after the lock was set free",
  ]),
];
