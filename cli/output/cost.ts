import { failoverBounds, type Timings } from "../../elector/mod.ts";
import { type Protocol, REQUESTS } from "../../gist/mod.ts";
import { counted, formatDuration } from "./terminal.ts";

/**
 * GitHub's limits for one user, all access tokens and candidates together, as documented; they may change without notice.
 * Those of git are recommendations.
 */
export const GITHUB_LIMITS = Object.freeze({
  requestsPerHour: 5_000,
  /** Writes that create content, an hour. */
  writesPerHour: 500,
  /** Points a minute: a read costs 1, a write 5. */
  pointsPerMinute: 900,
  pushesPerMinute: 6,
  readsPerSecond: 15,
});

/** The kind of store, which decides the cost. */
export type PlanStore = Protocol | "bucket" | "google bucket";

/** Prices of a store, in US dollars for a million requests. */
interface Prices {
  readonly write: number;
  readonly read: number;
}

/** What Amazon S3 charged in most regions in January 2026. */
const DEFAULT_PRICES: Prices = Object.freeze({ write: 5, read: 0.4 });

/** Google refuses a write of an object that comes sooner after the one before, in milliseconds. */
const GOOGLE_WRITE_PERIOD = 2_000;
const HOURS_PER_MONTH = 730;

/** The cost of an election, and how soon it fails over. Durations are in milliseconds. */
export interface Plan {
  readonly protocol: PlanStore;
  readonly candidates: number;
  /** The best rank of the candidates that are alive and ready. */
  readonly rank: number;
  /** Writes an hour, all candidates together: the leader's renewals. */
  readonly writesPerHour: number;
  /** Polls an hour, all followers together, at most. */
  readonly pollsPerHour: number;
  /** Requests an hour that GitHub charges to its REST quota for the leader. */
  readonly leaderPerHour: number;
  /** Requests an hour that GitHub charges to its REST quota for all candidates. */
  readonly chargedPerHour: number;
  /** What a bucket's provider charges for the requests of a month, in US dollars; 0 for a gist. */
  readonly dollarsPerMonth: number;
  /** The longest time without a leader after a crash. */
  readonly crashFailover: number;
  /** The longest time without a leader after a release. */
  readonly releaseFailover: number;
  /** A sentence for each limit of GitHub that is exceeded. */
  readonly refusals: readonly string[];
  /** A sentence for each limit that is near, and each recommendation that is exceeded. */
  readonly warnings: readonly string[];
}

/** A wait is drawn from the last fifth of the poll period. */
const MEAN_POLL = 0.9;
/** The part of a limit from which it counts as near. */
const NEAR = 0.8;

/** Estimates the cost of an election without failures. */
export function planOf(
  timings: Timings,
  candidates: number,
  protocol: PlanStore,
  rank = 0,
  prices: Prices = DEFAULT_PRICES,
): Plan {
  const followers = Math.max(0, candidates - 1);
  const hourly = (period: number) => 3_600_000 / period;
  const writesPerHour = hourly(timings.retryPeriod);
  const pollsPerHour = followers * hourly(timings.pollPeriod * MEAN_POLL);
  // Every change costs each follower one charged read, or one fetch; the other polls get a 304.
  const changedPolls = Math.min(pollsPerHour, followers * writesPerHour);
  const { crash, release } = failoverBounds(
    timings,
    isGist(protocol) ? REQUESTS[protocol] : { read: 1, write: 2 },
    protocol === "rest",
    rank,
  );
  // Each write is proven by one more read.
  const leaderPerHour = protocol === "rest" ? REQUESTS.rest.write * writesPerHour : 0;
  const costs = {
    writesPerHour,
    pollsPerHour,
    leaderPerHour,
    chargedPerHour: protocol === "rest" ? leaderPerHour + changedPolls : 0,
  };
  const dollarsPerHour = (writesPerHour * prices.write + pollsPerHour * prices.read) / 1e6;
  return {
    protocol,
    candidates,
    rank,
    ...costs,
    dollarsPerMonth: isGist(protocol) ? 0 : HOURS_PER_MONTH * dollarsPerHour,
    crashFailover: crash,
    releaseFailover: release,
    ...limits(protocol, timings, costs, changedPolls),
  };
}

export function isGist(store: string): store is Protocol {
  return store === "git" || store === "rest";
}

function limits(
  store: PlanStore,
  { retryPeriod }: Timings,
  costs: Costs,
  changedPolls: number,
): Pick<Plan, "refusals" | "warnings"> {
  if (store === "google bucket" && retryPeriod < GOOGLE_WRITE_PERIOD) {
    const period = formatDuration(retryPeriod);
    const warning =
      `a renewal every ${period}, and Google takes one write of an object a second: ` +
      `${RENEW_LESS} to 2s or more`;
    return { refusals: [], warnings: [warning] };
  }
  if (store === "rest") return check(restLimits(costs));
  return check(store === "git" ? gitLimits(costs, changedPolls) : []);
}

type Costs = Pick<Plan, "writesPerHour" | "pollsPerHour" | "leaderPerHour" | "chargedPerHour">;

/** A value, its limit, what to do about it, and whether GitHub refuses more. */
type Limit = readonly [what: string, value: number, limit: number, remedy: string, isHard: boolean];

const RENEW_LESS = "raise --retry-period";
const POLL_LESS = "raise --poll-period, or run fewer candidates";

function restLimits(
  { writesPerHour, pollsPerHour, leaderPerHour, chargedPerHour }: Costs,
): Limit[] {
  const { requestsPerHour, pointsPerMinute } = GITHUB_LIMITS;
  const points = (pollsPerHour + 6 * writesPerHour) / 60;
  // Beyond this one, the followers wait.
  const share = "followers poll less often to leave the leader its share, and a failover takes " +
    `longer; ${RENEW_LESS}, or run fewer candidates`;
  return [
    ["writes an hour", writesPerHour, GITHUB_LIMITS.writesPerHour, RENEW_LESS, true],
    ["charged requests of the leader an hour", leaderPerHour, requestsPerHour, RENEW_LESS, true],
    ["points a minute", points, pointsPerMinute, POLL_LESS, true],
    ["charged requests an hour", chargedPerHour, requestsPerHour, share, false],
  ];
}

/** GitHub recommends these limits, and does not enforce them. */
function gitLimits({ writesPerHour, pollsPerHour }: Costs, fetches: number): Limit[] {
  const reads = (pollsPerHour + fetches) / 3_600;
  return [
    ["pushes a minute", writesPerHour / 60, GITHUB_LIMITS.pushesPerMinute, RENEW_LESS, false],
    ["reads a second", reads, GITHUB_LIMITS.readsPerSecond, POLL_LESS, false],
  ];
}

function check(limits: readonly Limit[]): Pick<Plan, "refusals" | "warnings"> {
  const refusals: string[] = [];
  const warnings: string[] = [];
  for (const [what, value, limit, remedy, isHard] of limits) {
    const sentence = `${round(value)} ${what}, and GitHub allows ${limit}: ${remedy}`;
    if (value > limit && isHard) refusals.push(sentence);
    else if (value > NEAR * limit) warnings.push(sentence);
  }
  return { refusals, warnings };
}

/** Formats a number with no more digits than matter. */
export function round(value: number): string {
  return String(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
}

/** A plan as fields of a log line, or of JSON. */
export function planFields(plan: Plan): Record<string, unknown> {
  const { crashFailover, releaseFailover, refusals: _, warnings: __, ...fields } = plan;
  return {
    ...fields,
    crashFailoverSeconds: crashFailover / 1_000,
    releaseFailoverSeconds: releaseFailover / 1_000,
  };
}

export function planLine(plan: Plan): string {
  const { protocol, rank, dollarsPerMonth: price } = plan;
  const many = (value: number, noun: string) => counted(round(value), noun);
  const writes = many(plan.writesPerHour, "write");
  const charged = protocol === "rest" ? `, ${many(plan.chargedPerHour, "charged request")}` : "";
  const polls = many(plan.pollsPerHour, "poll");
  const dollars = price > 0 ? `, about $${price.toFixed(2)} a month` : "";
  const [crash, stop] = [plan.crashFailover, plan.releaseFailover].map(formatDuration);
  const leader = rank === 0 ? "a new leader" : `a new leader of rank ${rank}`;
  return `${protocol}: ${writes}${charged} and ${polls} an hour with ` +
    `${counted(plan.candidates, "candidate")}${dollars}; ` +
    `${leader} within ${crash} of a crash, ${stop} of a stop`;
}
