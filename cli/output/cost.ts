import { failoverBounds, type Timings } from "../../elector/mod.ts";
import { type Protocol, REQUESTS } from "../../gist/mod.ts";
import { formatDuration } from "./terminal.ts";

/**
 * GitHub's limits for one user, all tokens and candidates together, as documented; they may change without notice. Those of
 * git are recommendations.
 */
export const GITHUB_LIMITS = Object.freeze({
  /** Requests that are charged, an hour. */
  requestsPerHour: 5_000,
  /** Writes that make content, an hour. */
  writesPerHour: 500,
  /** Points a minute: a read costs 1, a write 5. */
  pointsPerMinute: 900,
  /** Pushes a minute to one repository. */
  pushesPerMinute: 6,
  /** Reads a second of one repository. */
  readsPerSecond: 15,
});

/** What an election costs, and how soon it fails over. */
export interface Plan {
  /** The protocol. */
  readonly protocol: Protocol;
  /** How many candidates there are. */
  readonly candidates: number;
  /** Writes an hour, all candidates together: the leader's renewals. */
  readonly writesPerHour: number;
  /** Polls an hour, all followers together, at the most. */
  readonly pollsPerHour: number;
  /** Requests an hour that GitHub charges to its REST quota for the leader. */
  readonly leaderPerHour: number;
  /** Requests an hour that GitHub charges to its REST quota for all candidates. */
  readonly chargedPerHour: number;
  /** The longest time without a leader after a crash, in milliseconds. */
  readonly crashFailover: number;
  /** The longest time without a leader after a release, in milliseconds. */
  readonly releaseFailover: number;
  /** What GitHub does not allow. */
  readonly refusals: readonly string[];
  /** What is near a limit, or beyond a recommendation. */
  readonly warnings: readonly string[];
}

/** A poll is drawn from the last fifth of P. */
const MEAN_POLL = 0.9;
/** Above this part of a limit, a plan is near it. */
const NEAR = 0.8;

/** Works out what an election costs while it goes well. */
export function planOf(timings: Timings, candidates: number, protocol: Protocol): Plan {
  const followers = Math.max(0, candidates - 1);
  const hourly = (period: number) => 3_600_000 / period;
  const writesPerHour = hourly(timings.retryPeriod);
  const pollsPerHour = followers * hourly(timings.pollPeriod * MEAN_POLL);
  // Every change costs each follower one charged read, or one fetch; the other polls are answered 304.
  const changedPolls = Math.min(pollsPerHour, followers * writesPerHour);
  const { crash, release } = failoverBounds(timings, REQUESTS[protocol], protocol === "rest");
  const plan = {
    protocol,
    candidates,
    writesPerHour,
    pollsPerHour,
    // Each write is proven by one read more.
    leaderPerHour: protocol === "rest" ? REQUESTS.rest.write * writesPerHour : 0,
    chargedPerHour: protocol === "rest" ? REQUESTS.rest.write * writesPerHour + changedPolls : 0,
    crashFailover: crash,
    releaseFailover: release,
  };
  return { ...plan, ...(protocol === "rest" ? judgeRest(plan) : judgeGit(plan, changedPolls)) };
}

type Verdict = Pick<Plan, "refusals" | "warnings">;
type Costs = Pick<Plan, "writesPerHour" | "pollsPerHour" | "leaderPerHour" | "chargedPerHour">;

function judgeRest({ writesPerHour, pollsPerHour, leaderPerHour, chargedPerHour }: Costs): Verdict {
  const { requestsPerHour, pointsPerMinute } = GITHUB_LIMITS;
  const verdict = judge([
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
      "raise --poll-period, or have fewer candidates",
    ],
  ]);
  const shared = judge([[
    "charged requests an hour",
    chargedPerHour,
    requestsPerHour,
    "followers poll more rarely to leave the leader its share, and a failover takes longer; " +
    "raise --retry-period, or have fewer candidates",
  ]]);
  const warnings = [...verdict.warnings, ...shared.refusals, ...shared.warnings];
  return { refusals: verdict.refusals, warnings };
}

function judgeGit({ writesPerHour, pollsPerHour }: Costs, fetches: number): Verdict {
  const { refusals, warnings } = judge([
    ["pushes a minute", writesPerHour / 60, GITHUB_LIMITS.pushesPerMinute, "raise --retry-period"],
    [
      "reads a second",
      (pollsPerHour + fetches) / 3_600,
      GITHUB_LIMITS.readsPerSecond,
      "raise --poll-period, or have fewer candidates",
    ],
  ]);
  // GitHub recommends these, and does not enforce them.
  return { refusals: [], warnings: [...refusals, ...warnings] };
}

function judge(rules: readonly (readonly [string, number, number, string])[]): Verdict {
  const refusals: string[] = [];
  const warnings: string[] = [];
  for (const [what, value, limit, remedy] of rules) {
    const sentence = `${round(value)} ${what}, where GitHub allows ${limit}: ${remedy}`;
    if (value > limit) refusals.push(sentence);
    else if (value > NEAR * limit) warnings.push(sentence);
  }
  return { refusals, warnings };
}

/** A figure as people read it: no more digits than matter. */
export function round(value: number): string {
  return String(value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
}

/** A plan in one line. */
export function planLine(plan: Plan): string {
  const charged = plan.protocol === "rest"
    ? `, ${round(plan.chargedPerHour)} charged requests`
    : "";
  return `${plan.protocol}: ${round(plan.writesPerHour)} writes${charged} and ${
    round(plan.pollsPerHour)
  } polls an hour with ${plan.candidates} candidates; a crash is covered within ${
    formatDuration(plan.crashFailover)
  }, a stop within ${formatDuration(plan.releaseFailover)}`;
}
