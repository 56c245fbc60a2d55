import { checkTimings, type Timings } from "../../elector/mod.ts";
import type { Clock } from "../../lock/mod.ts";
import type { Store } from "../../store/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { durationText } from "../options/values.ts";
import { type Check, fail, pass } from "./check.ts";

/** How many reads are timed. */
const READS = 5;
/** The part of the request timeout that the worst read may take: an outage begins with slow responses. */
const MOST_OF_TIMEOUT = 0.5;
/** How many times the worst read a request timeout should be. */
const HEADROOM = 3;

/** How often a leader may renew at most, in milliseconds, by protocol: what GitHub allows, or recommends. */
const SHORTEST_RETRY: Readonly<Record<string, number>> = { git: 10_000, rest: 10_000 };
/** The same for every other store. */
const SHORTEST_RETRY_ELSEWHERE = 2_000;

/** Options of {@linkcode roundTripCheck}. */
interface RoundTripOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timings: Timings;
}

/** Checks that reads take much less than the request timeout, and proposes timings. */
export function roundTripCheck(
  { store, clock, timings: { requestTimeout } }: RoundTripOptions,
  needs: readonly string[],
): Check {
  return {
    name: "round trips",
    needs,
    async run() {
      const times: number[] = [];
      for (let read = 0; read < READS; read++) {
        const startedAt = clock.monotonic();
        await store.read();
        times.push(clock.monotonic() - startedAt);
      }
      times.sort((a, b) => a - b);
      const [median = 0, worst = 0] = [times[Math.floor(READS / 2)], times.at(-1)];
      const found = `median ${Math.round(median)} ms, worst ${
        Math.round(worst)
      } ms of ${READS} reads`;
      const allowed = describeTimings(allowedTimings(worst, store.protocol));
      return worst <= MOST_OF_TIMEOUT * requestTimeout
        ? pass(`${found}, of ${requestTimeout} ms allowed; would allow ${allowed}`)
        : fail(
          EXIT.unavailable,
          `${found}, more than half of the ${requestTimeout} ms of --request-timeout: find out what is ` +
            `slow, or use at least ${allowed}`,
        );
    },
  };
}

/**
 * Returns the shortest timings that suit a store whose worst read took `worst` milliseconds, in the proportions of the
 * defaults. They keep the rules of `checkTimings` and the limits of the store.
 */
export function allowedTimings(worst: number, protocol: string): Timings {
  const shortest = SHORTEST_RETRY[protocol] ?? SHORTEST_RETRY_ELSEWHERE;
  const requestTimeout = Math.max(1_000, Math.ceil(HEADROOM * worst / 500) * 500);
  const retryPeriod = Math.max(shortest, 1.5 * requestTimeout);
  const renewDeadline = Math.ceil(Math.max(4 * requestTimeout, retryPeriod * 2) / 1_000) * 1_000;
  return checkTimings({
    requestTimeout,
    retryPeriod,
    renewDeadline,
    leaseDuration: Math.ceil(renewDeadline * 1.5 / 1_000) * 1_000,
    pollPeriod: Math.max(1_000, retryPeriod / 3),
  });
}

function describeTimings(timings: Timings): string {
  return [
    `--lease-duration ${durationText(timings.leaseDuration)}`,
    `--renew-deadline ${durationText(timings.renewDeadline)}`,
    `--retry-period ${durationText(timings.retryPeriod)}`,
    `--request-timeout ${durationText(timings.requestTimeout)}`,
  ].join(" ");
}
