import { DEFAULT_TIMINGS, failoverBounds, type Timings } from "../../../elector/mod.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { delayBy, homeWithin } from "../sim/calm.ts";
import { Random } from "../sim/random.ts";
import { drawPreferences, type Preference } from "../sim/scenario.ts";
import { BUCKET_FAULT_NAMES, GIST_FAULT_NAMES, type NetworkFault } from "./stores/network.ts";
import type { PlaceKind } from "./stores/place.ts";

/** What befalls a candidate, its machine, or the record, other than by the network. */
export type Misfortune = typeof MISFORTUNES[number];

export const MISFORTUNES = [
  "crash",
  "stop",
  "step down",
  "pause",
  "suspension",
  "wall clock set",
  "drift",
  "cut off",
  "other file edited",
  "garbage",
  "late work",
  "endless work",
  "edited by hand",
  "forced release",
  "late forced release",
] as const;

/** What a candidate's program does with its elector. */
export type Program =
  /** It runs until it is stopped. */
  | "run"
  /** It runs again after a stop, with the same elector. */
  | "run again"
  /** It leads for one term after the other. */
  | "lead"
  /** So does it, but each time it tries only for a while. */
  | "lead in tries";

const PROGRAMS: readonly Program[] = ["run", "run again", "lead", "lead in tries"];

/** What a candidate is among those that should lead. */
export interface Role {
  readonly rank: number;
  /** After how long it asks for the lead, in milliseconds. */
  readonly failback: number;
  /** Whether its workload is ready once the storm is over. At least one is. */
  readonly isReadyInCalm: boolean;
}

/** One seed's world: everything that is drawn before it begins. */
export interface Plan {
  readonly seed: number;
  readonly place: PlaceKind;
  readonly timings: Timings;
  /** How fast each candidate's clocks run. */
  readonly rates: readonly number[];
  /** What each candidate's program does. */
  readonly programs: readonly Program[];
  /** What of preference is in use, each candidate's part in it, and how long a leader may not be ready (milliseconds). */
  readonly preferences: ReadonlySet<Preference>;
  readonly roles: readonly Role[];
  readonly readyGrace: number;
  /** How far off clock rates may be. */
  readonly rateBound: number;
  /** Whether clock rates keep to the stated bound. Where not, only fencing is promised. */
  readonly isBound: boolean;
  readonly networkFaults: readonly NetworkFault[];
  /** How likely a fault is for a request. */
  readonly faultiness: number;
  /** How likely an answer by `rest` is to be made of two instants, besides. */
  readonly mixedness: number;
  /** How likely an answer is to be lost, besides. */
  readonly deafness: number;
  readonly misfortunes: readonly Misfortune[];
  /** How long requests and answers travel at the most, in milliseconds. */
  readonly latency: number;
  /** When the weather turns calm (true milliseconds). */
  readonly calmAt: number;
  /** When a leader must be there (true milliseconds). */
  readonly leaderBy: number;
  /** When no better rank that is ready may ask for the lead any more (true milliseconds). */
  readonly homeBy: number;
  /** When all ends (true milliseconds). */
  readonly endAt: number;
}

/** How far a clock's rate may be off: the guard of 5 % of L is just enough for this much either way. */
export const RATE_BOUND = 0.025;
/** How far it is off where the bound is broken. */
const BROKEN_BOUND = 0.2;

/** Valid timings: the defaults, a common small set, and two at the very edge of the rules. */
const TIMINGS: readonly Timings[] = [
  DEFAULT_TIMINGS,
  {
    leaseDuration: 15_000,
    renewDeadline: 10_000,
    retryPeriod: 3_000,
    pollPeriod: 1_000,
    requestTimeout: 3_000,
    drainTimeout: 8_000,
  },
  {
    leaseDuration: 20_000,
    renewDeadline: 19_000,
    retryPeriod: 15_833,
    pollPeriod: 1_000,
    requestTimeout: 9_500,
    drainTimeout: 30_000,
  },
  {
    leaseDuration: 10_000,
    renewDeadline: 9_500,
    retryPeriod: 2_000,
    pollPeriod: 500,
    requestTimeout: 4_750,
    drainTimeout: 6_000,
  },
];

/** The storm and the calm, in leases. */
const STORM = 12;
const CALM = 4;
/** How often handovers are asked for after the storm. */
export const ASKED_IN_CALM = 3;
/** How long a probe of a bucket may take, in milliseconds. */
const LONGEST_PROBE = 60_000;
/** A limit that begins in the storm's last moment may last this long, in milliseconds. */
export const LONGEST_LIMIT = 60_000;

/** Draws a world. Seeds take turns with the protocols of gists, unless a place is chosen. */
export function planOf(seed: number, chosen?: PlaceKind): Plan {
  const random = seededRandom(seed);
  const place = chosen ?? (seed % 2 === 0 ? "git" : "rest");
  const timings = TIMINGS[Math.floor(random() * TIMINGS.length)] ?? DEFAULT_TIMINGS;
  const isBound = random() < 0.85;
  const isPinned = random() < 0.4;
  const bound = isBound ? RATE_BOUND : BROKEN_BOUND;
  const rates = Array.from({ length: 2 + Math.floor(random() * 3) }, (_, index) => {
    const off = isPinned ? (index % 2 === 0 ? -1 : 1) : 2 * random() - 1;
    return 1 + off * bound;
  });
  const half = <T>(names: readonly T[]) => names.filter(() => random() < 0.5);
  const networkFaults = half(isBucket(place) ? BUCKET_FAULT_NAMES : GIST_FAULT_NAMES);
  const misfortunes = half(MISFORTUNES).filter((name) => name !== "drift" || !isPinned);
  const mixedness = [0, 0.1, 0.5][Math.floor(random() * 3)] ?? 0;
  const programs = rates.map(() => PROGRAMS[Math.floor(random() * PROGRAMS.length)] ?? "run");
  const preference = drawRoles(seed, rates.length, timings);
  const calmAt = STORM * timings.leaseDuration;
  const within = calmWithin(timings, bound, place, preference);
  const leaderBy = calmAt + within.leader;
  const homeBy = leaderBy + within.home;
  return {
    seed,
    place,
    timings,
    ...preference,
    rateBound: bound,
    isBound,
    rates,
    programs,
    networkFaults,
    faultiness: [0.02, 0.1, 0.3][Math.floor(random() * 3)] ?? 0.1,
    mixedness: place === "rest" ? mixedness : 0,
    // What a request does to a write whose answer was lost is seen where many are.
    deafness: preference.preferences.has("requests") ? 0.05 : 0,
    misfortunes,
    latency: random() < 0.3 ? 2 : 150,
    calmAt,
    leaderBy,
    homeBy,
    endAt: homeBy + CALM * timings.leaseDuration,
  };
}

type Roles = Pick<Plan, "preferences" | "roles" | "readyGrace">;

/** Preferences are drawn from streams of their own: where there are none, a seed is what it would be without them. */
function drawRoles(seed: number, count: number, { leaseDuration }: Timings): Roles {
  // Storms are short here: most of it together, and soon.
  const preferences = new Set(drawPreferences(new Random(seed, 4), leaseDuration, 0.8).preferences);
  const random = new Random(seed, 5);
  const failback = random.pick([1, 2]) * leaseDuration;
  const ready = random.index(count);
  const roles = Array.from({ length: count }, (_, index) => ({
    rank: preferences.has("ranks") ? random.index(3) : 0,
    failback: preferences.has("failback") && random.chance(0.7) ? failback : Infinity,
    isReadyInCalm: !preferences.has("unready spells") || index === ready || random.chance(0.7),
  }));
  return { preferences, roles, readyGrace: random.pick([0.2, 1]) * leaseDuration };
}

/**
 * How long after the storm a leader must be there: what a crash takes, on the slowest clock; once a limit is over that was
 * met in the last moment, or a candidate that stepped down may claim again; and what requests and a leader that is not ready
 * add. And how long after that the best rank leads.
 */
function calmWithin(timings: Timings, rateBound: number, place: PlaceKind, all: Roles) {
  const { preferences, roles, readyGrace } = all;
  const slowest = 1 / (1 - rateBound);
  const holdOff = Math.max(LONGEST_LIMIT, timings.leaseDuration);
  const isRest = place === "rest";
  const requests = isRest ? { read: 2, write: 2 } : { read: 2, write: 1 };
  // A probe that the storm has disturbed is made again in the calm.
  const probe = isBucket(place) ? LONGEST_PROBE : 0;
  const seats = roles.filter(({ isReadyInCalm }) => isReadyInCalm);
  const rank = Math.min(...seats.map(({ rank }) => rank));
  const failback = Math.min(...seats.map(({ failback }) => failback));
  const protocol = isRest ? "rest" : "git";
  const candidates = { scenario: { timings, rateBound, protocol, failback }, seats } as const;
  const delay = preferences.size === 0
    ? 0
    : delayBy(ASKED_IN_CALM, candidates) + readyGrace * slowest;
  const { crash } = failoverBounds(timings, requests, isRest, rank);
  return {
    leader: (crash + holdOff + probe) * slowest + delay,
    // Who is asked may lose a race, where a poll takes no longer than a request.
    home: 2 * homeWithin(candidates),
  };
}

/** Whether the lock is an object of a bucket. */
export function isBucket(place: PlaceKind): boolean {
  return place !== "git" && place !== "rest";
}
