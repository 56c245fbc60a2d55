import { checkTimings, failoverBounds, type Timings } from "../../elector/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { durationText } from "../options/values.ts";
import { isGist, planOf, round } from "../output/cost.ts";
import { counted, formatDuration } from "../output/terminal.ts";
import { type Check, fail, pass, skip } from "./check.ts";
import type { CheckOptions } from "./target.ts";

/** Shows the timings, and how soon they fail over to a candidate of this rank. */
export function timingsCheck({ readTimings, target: { store }, rank = 0 }: CheckOptions): Check {
  return {
    name: "timings",
    run() {
      const timings = readTimings();
      const bounds = failoverBounds(timings, store.requests, store.keepsLostWrites, rank);
      const [crash, release] = [bounds.crash, bounds.release].map(formatDuration);
      const [lease, deadline, retry, poll, request] = [
        timings.leaseDuration,
        timings.renewDeadline,
        timings.retryPeriod,
        timings.pollPeriod,
        timings.requestTimeout,
      ].map(formatDuration);
      return pass(
        `lease ${lease}, deadline ${deadline}, renewal every ${retry}, poll every ${poll}, request ${request}; ` +
          `a new leader within ${crash} of a crash, ${release} of a stop`,
      );
    },
  };
}

const READS = 5;
/** The part of the request timeout that the worst read may take: an outage begins with slow responses. */
const MOST_OF_TIMEOUT = 0.5;
/** How many times the worst read a request timeout should be. */
const HEADROOM = 3;

/** Checks that reads take much less than the request timeout, and proposes timings. */
export function roundTripCheck(
  { target: { store }, clock }: CheckOptions,
  { requestTimeout }: Timings,
): Check {
  return {
    name: "round trips",
    async run() {
      const times: number[] = [];
      for (let read = 0; read < READS; read++) {
        const startedAt = clock.monotonic();
        await store.read();
        times.push(clock.monotonic() - startedAt);
      }
      times.sort((a, b) => a - b);
      const [median = 0, worst = 0] = [times[Math.floor(READS / 2)], times.at(-1)];
      const [usual, longest] = [median, worst].map(Math.round);
      const found = `median ${usual} ms, worst ${longest} ms of ${READS} reads`;
      const allowed = describeTimings(allowedTimings(worst, store.protocol));
      return worst <= MOST_OF_TIMEOUT * requestTimeout
        ? pass(`${found}, of ${requestTimeout} ms allowed; ${allowed} would also work`)
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
 * defaults. They keep the rules of `checkTimings` and the limits of the store: what GitHub allows, or recommends.
 */
export function allowedTimings(worst: number, protocol: string): Timings {
  const shortest = isGist(protocol) ? 10_000 : 2_000;
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

/** Checks that the timings keep GitHub's limits, and that what is left of the quota lasts until it is full again. */
export function quotaCheck(
  { target: { store }, clock, candidates }: CheckOptions,
  timings: Timings,
): Check {
  const run = () => {
    const { protocol } = store;
    if (!isGist(protocol)) return skip("the requests to a bucket have no quota; they cost money");
    const { refusals, warnings, chargedPerHour } = planOf(timings, candidates, protocol);
    if (refusals.length > 0) return fail(EXIT.failed, refusals.join("; "));
    const need = candidates === 1 ? "needs" : "need";
    const requests = counted(round(chargedPerHour), "request");
    const needed = `${counted(candidates, "candidate")} ${need} ${requests} an hour`;
    const beware = warnings.map((text) => `; beware: ${text}`).join("");
    if (protocol === "git") return pass(`git does not use the REST quota${beware}`);
    const quota = store.quota();
    if (!quota) return skip(`the API does not report a quota; ${needed}${beware}`);
    const left = quota.resetAt - clock.monotonic();
    const due = Math.ceil(chargedPerHour * left / 3_600_000);
    const rest = counted(quota.remaining, "request");
    const found = `${rest} left for ${formatDuration(left)}, and ${needed}`;
    return quota.remaining >= due ? pass(found + beware) : fail(
      EXIT.failed,
      `${found}: stop what else uses this account's quota, raise --retry-period, or use another account`,
    );
  };
  return { name: "quota", run };
}
