import { DEFAULT_TIMINGS, type Timings } from "../../elector/mod.ts";
import { readClock } from "../../lock/mod.ts";
import { accountChecks } from "./account.ts";
import type { Check } from "./check.ts";
import { clockCheck } from "./clock.ts";
import { identityCheck, recordCheck, workloadCheck } from "./election.ts";
import { hostCheck } from "./network.ts";
import type { CheckOptions } from "./target.ts";
import { quotaCheck, roundTripCheck, timingsCheck } from "./timings.ts";
import { writeChecks } from "./writes.ts";

/** Lists all checks of a lock, in the order in which they run. */
export function allChecks(options: CheckOptions): Check[] {
  const { target: { hosts, account }, clock, dates } = options;
  const timings = timingsOr(options.readTimings);
  const network = { ...options, timeout: timings.requestTimeout };
  const [main] = hosts;
  const reaching = main ? [main.name] : [];
  // Accounts are read by the API, which is the last host.
  const api = hosts.at(-1)?.name ?? "";
  return [
    identityCheck(options),
    timingsCheck(options),
    ...hosts.map((host) => hostCheck(host, network)),
    ...(account ? needing([api], accountChecks(account)) : []),
    ...needing(reaching, [
      recordCheck(options),
      ...writeChecks(options),
      roundTripCheck(options, timings),
    ]),
    clockCheck(dates, clock, readClock(clock)),
    // Without valid timings, "timings" has failed.
    ...needing(["timings"], [quotaCheck(options, timings)]),
    workloadCheck(options, timings.pollPeriod),
  ];
}

function needing(others: readonly string[], checks: readonly Check[]): Check[] {
  return checks.map((check) => ({ ...check, needs: [...others, ...check.needs ?? []] }));
}

/** The timings; the defaults if they are invalid, so that everything else is still checked. */
function timingsOr(read: () => Timings): Timings {
  try {
    return read();
  } catch {
    return DEFAULT_TIMINGS;
  }
}
