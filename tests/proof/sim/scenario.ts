import { checkTimings, DEFAULT_TIMINGS, type Timings } from "../../../elector/mod.ts";
import type { Protocol } from "../../../gist/mod.ts";
import type { RequestCounts } from "../../../lock/mod.ts";
import { Random } from "./random.ts";

/** The classes of fault. Each is off in half of the seeds. */
const PLAIN_FAULTS = [
  "slow network",
  "lost requests",
  "lost answers",
  "late writes",
  "copied writes",
  "error answers",
  "stale reads",
  "partitions",
  "rate limits",
  "revoked tokens",
  "deletions",
  "garbage",
  "foreign writers",
  "other files",
  "drifting clocks",
  "wall clock steps",
  "suspensions",
  "pauses",
  "starvation",
  "crashes",
  "stops",
  "slow work",
  "stuck work",
  "mixed answers",
  "hand edits",
  "forced releases",
  "resets",
] as const;

/** What ranks, handovers, failback and readiness bring. All of them are off in half of the seeds, and each in half of the rest. */
export const PREFERENCES = [
  "ranks",
  "failback",
  "requests",
  "handovers",
  "unready spells",
  "old versions",
] as const;

/** One of {@linkcode PREFERENCES}. */
export type Preference = typeof PREFERENCES[number];

/** All classes. */
export const FAULTS = [...PLAIN_FAULTS, ...PREFERENCES] as const;

/** One of {@linkcode FAULTS}. */
export type Fault = typeof FAULTS[number];

/** How close to the edge a seed goes. */
export type Kind =
  /** The timings for a gist, or other ones that are allowed; clocks within their bound. */
  | "ordinary"
  /** The smallest guard, clocks pinned at their bound, answers within milliseconds. */
  | "edge"
  /** Clocks that break every assumption. Only the fencing token protects. */
  | "broken clocks";

/** All that a run depends on. */
export interface Scenario {
  readonly seed: number;
  /** What all but the scenario is drawn from: the seed, or something else where another course was chosen. */
  readonly courseSeed: number;
  readonly kind: Kind;
  readonly protocol: Protocol;
  /** How many electors. */
  readonly electors: number;
  /** Whether clocks run at the edge of what is allowed, all the time; else within it, and not always at one rate. */
  readonly isPinned: boolean;
  /** How far off the right one a clock's rate may be. */
  readonly rateBound: number;
  /** How long it runs before it calms down, in hours. */
  readonly hours: number;
  readonly timings: Timings;
  /** After how long a better rank asks for the lead, in milliseconds. */
  readonly failback: number;
  readonly faults: ReadonlySet<Fault>;
  /** The shortest and the longest way to the store or back while all is well, in milliseconds. */
  readonly latency: readonly [number, number];
}

/** What may be chosen instead of drawn. */
export interface Choices {
  readonly protocol?: Protocol | undefined;
  /** How long the storm lasts, with leases of a minute; shorter leases have a shorter one. */
  readonly hours?: number | undefined;
  readonly electors?: number | undefined;
  /** Another course of events in the same scenario. */
  readonly course?: number | undefined;
  /** How far off clocks' rates may be, unless they are to break every bound. */
  readonly rateBound?: number | undefined;
  /** Classes of fault that are off whatever was drawn. */
  readonly off?: readonly Fault[] | undefined;
}

/** How far off clocks' rates may be for the promises to hold: the least guard, 5 % of L, is just enough for it. */
const RATE_BOUND = 0.025;
/** How far off they are where the bound is broken. */
const BROKEN_RATE_BOUND = 0.5;

/** How many requests a call needs. */
export function requestsOf(protocol: Protocol): RequestCounts {
  return protocol === "rest" ? { read: 2, write: 2 } : { read: 2, write: 1 };
}

/** The scenario of a seed. */
export function makeScenario(seed: number, choices: Choices = {}): Scenario {
  const { protocol, hours, off = [] } = choices;
  const random = new Random(seed, 0);
  const drawn = random.pick(["git", "rest"]);
  const kind = drawKind(random);
  const electors = random.pick([2, 2, 3, 3, 3, 4, 5, 7]);
  const timings = drawTimings(random, kind);
  const faults = new Set<Fault>(PLAIN_FAULTS.filter(() => random.chance(0.5)));
  const { preferences, failback } = drawPreferences(new Random(seed, 4), timings.leaseDuration);
  for (const each of preferences) faults.add(each);
  for (const fault of off) faults.delete(fault);
  const scale = timings.leaseDuration / DEFAULT_TIMINGS.leaseDuration;
  return {
    seed,
    courseSeed: seed + (choices.course ?? 0) * 7_919_000_003,
    kind,
    protocol: protocol ?? drawn,
    electors: choices.electors ?? electors,
    rateBound: kind === "broken clocks" ? BROKEN_RATE_BOUND : choices.rateBound ?? RATE_BOUND,
    isPinned: kind === "edge" || random.chance(0.3),
    hours: (hours ?? (kind === "edge" ? 2 : 6)) * Math.min(1, scale),
    timings,
    failback: faults.has("failback") ? failback : Infinity,
    faults,
    latency: kind === "edge" ? [0.05, 2] : [20, 250],
  };
}

/**
 * Draws preferences, from a stream of their own: where there are none, all is as it would be without them.
 *
 * @param share How likely each is, in the half of the seeds that have any.
 */
export function drawPreferences(
  random: Random,
  leaseDuration: number,
  share = 0.5,
): { readonly preferences: readonly Preference[]; readonly failback: number } {
  const isUsed = random.chance(0.5);
  const failback = random.pick([1, 2, 5]) * leaseDuration;
  const chosen = PREFERENCES.filter(() => random.chance(share));
  return { preferences: isUsed ? chosen : [], failback };
}

function drawKind(random: Random): Kind {
  const drawn = random.next();
  if (drawn < 0.7) return "ordinary";
  return drawn < 0.9 ? "edge" : "broken clocks";
}

function drawTimings(random: Random, kind: Kind): Timings {
  if (kind === "edge") {
    const leaseDuration = 1_000 * (1 + random.index(4));
    return checkTimings({
      leaseDuration,
      renewDeadline: leaseDuration * 0.95,
      retryPeriod: leaseDuration / random.pick([3, 4, 8]),
      pollPeriod: leaseDuration / random.pick([10, 50, 100]),
      requestTimeout: leaseDuration / 10,
      drainTimeout: leaseDuration,
    });
  }
  if (random.chance(0.7)) return DEFAULT_TIMINGS;
  const leaseDuration = 1_000 * Math.round(random.between(15, 90));
  const renewDeadline = Math.floor(leaseDuration * random.between(0.5, 0.95));
  return checkTimings({
    leaseDuration,
    renewDeadline,
    retryPeriod: Math.floor(renewDeadline * random.between(0.2, 0.8)),
    pollPeriod: Math.floor(leaseDuration * random.between(0.05, 0.6)),
    requestTimeout: Math.floor(renewDeadline * random.between(0.1, 0.5)),
    drainTimeout: Math.floor(leaseDuration * random.between(0.2, 2)),
  });
}
