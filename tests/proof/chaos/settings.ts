/** Milliseconds. The grace leaves a second before anybody else can take over: a busy machine is late. */
export const TIMINGS = {
  "lease-duration": 4_000,
  "renew-deadline": 2_500,
  "retry-period": 700,
  "poll-period": 300,
  "request-timeout": 1_000,
  grace: 500,
};

/** What it takes to start a command, and to hear of it, on a busy machine. */
export const START = 1_000;

/** How long a failover may take: the elector's own bound, L + 1.2 P + 4 τ, and the command's start. */
export const BOUND: number = TIMINGS["lease-duration"] + 1.2 * TIMINGS["poll-period"] +
  4 * TIMINGS["request-timeout"] + START;

/** How long it may take where the lock is released: a poll, and its request that may time out once. */
export const CLEAN_BOUND: number = 1.2 * TIMINGS["poll-period"] +
  2 * TIMINGS["request-timeout"] + START;

/** By then nothing is left of a run, one of whose processes was harmed, though it has to release the lock. */
export const LAST_EXIT: number = TIMINGS["lease-duration"] + 3 * TIMINGS["request-timeout"] + START;
