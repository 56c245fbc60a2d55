/** GitHub's limits, as far as they are known. `Infinity` switches one off. */
export interface RateLimits {
  /**
   * Requests an hour for an account, all its tokens together. A 304 costs nothing.
   *
   * @default {5_000}
   */
  readonly requestsPerHour: number;
  /**
   * Requests an hour without a token.
   *
   * @default {60}
   */
  readonly anonymousRequestsPerHour: number;
  /**
   * Points a minute: 1 for a read, 5 for a write.
   *
   * @default {900}
   */
  readonly pointsPerMinute: number;
  /**
   * Writes a minute.
   *
   * @default {80}
   */
  readonly creationsPerMinute: number;
  /**
   * Writes an hour.
   *
   * @default {500}
   */
  readonly creationsPerHour: number;
  /**
   * Whether the answer to a request over a secondary limit says for how long to stay away.
   *
   * @default {true}
   */
  readonly retryAfter: boolean;
}

/** GitHub's limits, as far as they are known. */
export const GITHUB_LIMITS: RateLimits = {
  requestsPerHour: 5_000,
  anonymousRequestsPerHour: 60,
  pointsPerMinute: 900,
  creationsPerMinute: 80,
  creationsPerHour: 500,
  retryAfter: true,
};

/** What GitHub says to requests over a secondary limit. */
export const SECONDARY_LIMIT_MESSAGE =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. " +
  "If you reach out to GitHub Support for help, please include the request ID.";

/** What GitHub says to writes over a secondary limit. */
export const CREATION_LIMIT_MESSAGE =
  "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. " +
  "Please retry your request again later.";

/** What GitHub says to requests over the primary limit. */
export function exceeded(login: string | undefined): string {
  return login === undefined
    ? "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests get a higher rate " +
      "limit. Check out the documentation for more details.)"
    : "API rate limit exceeded for user ID 1.";
}
