import { failoverBounds, type Timings } from "../../elector/mod.ts";
import { type Protocol, REQUESTS } from "../../gist/mod.ts";
import { formatDuration } from "./terminal.ts";

/**
 * GitHub's limits for one user, all access tokens and candidates together, as documented; they may change without notice.
 * Those of git are recommendations.
 */
export const GITHUB_LIMITS = Object.freeze({
  /** Requests that are charged, an hour. */
  requestsPerHour: 5_000,
  /** Writes that create content, an hour. */
  writesPerHour: 500,
  /** Points a minute: a read costs 1, a write 5. */
  pointsPerMinute: 900,
  /** Pushes a minute to one repository. */
  pushesPerMinute: 6,
  /** Reads a second of one repository. */
  readsPerSecond: 15,
});

/** The cost of an election, and how soon it fails over. Durations are in milliseconds. */
export interface Plan {
  readonly protocol: Protocol;
  readonly candidates: number;
  /** Writes an hour, all candidates together: the leader's renewals. */
  readonly writesPerHour: number;
  /** Polls an hour, all followers together, at most. */
  readonly pollsPerHour: number;
  /** Requests an hour that GitHub charges to its REST quota for the leader. */
  readonly leaderPerHour: number;
  /** Requests an hour that GitHub charges to its REST quota for all candidates. */
  readonly chargedPerHour: number;
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
export function planOf(timings: Timings, candidates: number, protocol: Protocol): Plan {
  const followers = Math.max(0, candidates - 1);
  const hourly = (period: number) => 3_600_000 / period;
  const writesPerHour = hourly(timings.retryPeriod);
  const pollsPerHour = followers * hourly(timings.pollPeriod * MEAN_POLL);
  // Every change costs each follower one charged read, or one fetch; the other polls get a 304.
  const changedPolls = Math.min(pollsPerHour, followers * writesPerHour);
  const { crash, release } = failoverBounds(timings, REQUESTS[protocol], protocol === "rest");
  const plan = {
    protocol,
    candidates,
    writesPerHour,
    pollsPerHour,
    // Each write is proven by one more read.
    leaderPerHour: protocol === "rest" ? REQUESTS.rest.write * writesPerHour : 0,
    chargedPerHour: protocol === "rest" ? REQUESTS.rest.write * writesPerHour + changedPolls : 0,
    crashFailover: crash,
    releaseFailover: release,
  };
  return { ...plan, ...(protocol === "rest" ? checkRest(plan) : checkGit(plan, changedPolls)) };
}

type Findings = Pick<Plan, "refusals" | "warnings">;
type Costs = Pick<Plan, "writesPerHour" | "pollsPerHour" | "leaderPerHour" | "chargedPerHour">;

function checkRest(
  { writesPerHour, pollsPerHour, leaderPerHour, chargedPerHour }: Costs,
): Findings {
  const { requestsPerHour, pointsPerMinute } = GITHUB_LIMITS;
  const findings = check([
    ["writes an hour", writesPerHour, GITHUB_LIMITS.writesPerHour, "raise --retry-period"],
    [
      "charged requests of the leader an hour",
      leaderPerHour,
      requestsPerHour,
      "raise --retry-period",
    ],
    [
      "points a minute",
      (pollsPerHour + 6 * writesPerHour) / 60,
      pointsPerMinute,
      "raise --poll-period, or run fewer candidates",
    ],
  ]);
  const shared = check([[
    "charged requests an hour",
    chargedPerHour,
    requestsPerHour,
    "followers poll less often to leave the leader its share, and a failover takes longer; " +
    "raise --retry-period, or run fewer candidates",
  ]]);
  const warnings = [...findings.warnings, ...shared.refusals, ...shared.warnings];
  return { refusals: findings.refusals, warnings };
}

function checkGit({ writesPerHour, pollsPerHour }: Costs, fetches: number): Findings {
  const { refusals, warnings } = check([
    ["pushes a minute", writesPerHour / 60, GITHUB_LIMITS.pushesPerMinute, "raise --retry-period"],
    [
      "reads a second",
      (pollsPerHour + fetches) / 3_600,
      GITHUB_LIMITS.readsPerSecond,
      "raise --poll-period, or run fewer candidates",
    ],
  ]);
  // GitHub recommends these, and does not enforce them.
  return { refusals: [], warnings: [...refusals, ...warnings] };
}

function check(rules: readonly (readonly [string, number, number, string])[]): Findings {
  const refusals: string[] = [];
  const warnings: string[] = [];
  for (const [what, value, limit, remedy] of rules) {
    const sentence = `${round(value)} ${what}, and GitHub allows ${limit}: ${remedy}`;
    if (value > limit) refusals.push(sentence);
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

/** A plan in one line. */
export function planLine(plan: Plan): string {
  const charged = plan.protocol === "rest"
    ? `, ${round(plan.chargedPerHour)} charged requests`
    : "";
  return `${plan.protocol}: ${round(plan.writesPerHour)} writes${charged} and ${
    round(plan.pollsPerHour)
  } polls an hour with ${plan.candidates} candidates; a new leader within ${
    formatDuration(plan.crashFailover)
  } of a crash, ${formatDuration(plan.releaseFailover)} of a stop`;
}
