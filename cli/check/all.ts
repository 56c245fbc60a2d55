import { DEFAULT_TIMINGS, type Timings } from "../../elector/mod.ts";
import { type Clock, type Fetch, readClock } from "../../lock/mod.ts";
import { accountChecks } from "./account.ts";
import type { Check } from "./check.ts";
import { clockCheck, type DateObserver } from "./clock.ts";
import { identityCheck, timingsCheck } from "./election.ts";
import { checkHost, type Dialer } from "./network/host.ts";
import type { ReadVariable } from "./network/proxy.ts";
import { quotaCheck } from "./quota.ts";
import { readinessCheck } from "./readiness.ts";
import { recordCheck } from "./record.ts";
import { roundTripCheck } from "./round_trips.ts";
import type { Target } from "./targets.ts";
import { writeChecks } from "./writes.ts";

/** Everything that a run of the checks depends on. */
export interface CheckOptions {
  readonly target: Target;
  /** Whether the identity was set, and is not partly random. */
  readonly hasIdentity: boolean;
  /** Reads the timings; what it throws is the finding. */
  readonly readTimings: () => Timings;
  readonly candidates: number;
  /** The rank of this candidate: it delays a failover to it. */
  readonly rank?: number;
  readonly isReadOnly: boolean;
  readonly readyUrl: URL | undefined;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Has seen the responses of the store. */
  readonly dates: Pick<DateObserver, "samples">;
  readonly dialer: Dialer;
  readonly env: ReadVariable;
}

/** Lists all checks of a lock, in the order in which they run. */
export function allChecks(options: CheckOptions): Check[] {
  const { target: { lock, store, hosts, account, staleWrite }, clock, env, dialer } = options;
  const { isReadOnly, candidates, readyUrl: url, fetch } = options;
  const timings = timingsOr(options.readTimings);
  const timeout = timings.requestTimeout;
  const [main] = hosts;
  const needs = main ? [main.name] : [];
  // Accounts are read by the API, which is the last host.
  const api = hosts.at(-1)?.name ?? "";
  return [
    identityCheck(lock.identity, options.hasIdentity),
    timingsCheck(options.readTimings, store, options.rank),
    ...hosts.map(({ name, url, isOptional = false }) =>
      checkHost(name, url, { dialer, clock, env, timeout, isOptional })
    ),
    ...(account ? accountChecks(account, api) : []),
    recordCheck({ lock, clock, mustExist: staleWrite.kind === "bucket" }, needs),
    ...writeChecks({ store, staleWrite, isReadOnly }, needs),
    roundTripCheck({ store, clock, timings }, needs),
    clockCheck(options.dates, clock, readClock(clock)),
    // Without valid timings, "timings" has failed.
    { ...quotaCheck({ store, clock, timings, candidates }), needs: ["timings"] },
    readinessCheck({ url, fetch, clock, period: timings.pollPeriod }),
  ];
}

/** The timings; the defaults if they are invalid, so that everything else is still checked. */
function timingsOr(read: () => Timings): Timings {
  try {
    return read();
  } catch {
    return DEFAULT_TIMINGS;
  }
}
