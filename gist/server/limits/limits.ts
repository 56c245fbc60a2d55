/** GitHub's rate limits, as far as they are known. `Infinity` disables one. */
export interface RateLimits {
  /**
   * Requests per hour for an account, all its tokens together. A 304 is free.
   *
   * @default {5_000}
   */
  readonly requestsPerHour: number;
  /**
   * Requests per hour without a token.
   *
   * @default {60}
   */
  readonly anonymousRequestsPerHour: number;
  /**
   * Points per minute: 1 for a read, 5 for a write.
   *
   * @default {900}
   */
  readonly pointsPerMinute: number;
  /**
   * Writes per minute.
   *
   * @default {80}
   */
  readonly creationsPerMinute: number;
  /**
   * Writes per hour.
   *
   * @default {500}
   */
  readonly creationsPerHour: number;
  /**
   * Whether the response over a secondary limit has a `retry-after` header.
   *
   * @default {true}
   */
  readonly retryAfter: boolean;
}

/** GitHub's rate limits, as far as they are known. */
export const GITHUB_LIMITS: RateLimits = {
  requestsPerHour: 5_000,
  anonymousRequestsPerHour: 60,
  pointsPerMinute: 900,
  creationsPerMinute: 80,
  creationsPerHour: 500,
  retryAfter: true,
};

/** GitHub's message to a request over a secondary limit. */
export const SECONDARY_LIMIT_MESSAGE =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. " +
  "If you reach out to GitHub Support for help, please include the request ID.";

/** GitHub's message to a write over a secondary limit. */
export const CREATION_LIMIT_MESSAGE =
  "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. " +
  "Please retry your request again later.";

/** Returns GitHub's message to a request over the primary limit. */
export function exceeded(login: string | undefined): string {
  return login === undefined
    ? "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests get a higher rate " +
      "limit. Check out the documentation for more details.)"
    : "API rate limit exceeded for user ID 1.";
}
