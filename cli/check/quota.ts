import type { Timings } from "../../elector/mod.ts";
import type { Protocol } from "../../gist/mod.ts";
import type { Clock } from "../../lock/mod.ts";
import type { Store } from "../../store/mod.ts";
import { EXIT } from "../exit_codes.ts";
import { planOf, round } from "../output/cost.ts";
import { formatDuration } from "../output/terminal.ts";
import { type Check, fail, pass, type Result, skip } from "./check.ts";

/** Options of {@linkcode quotaCheck}. */
interface QuotaOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly timings: Timings;
  readonly candidates: number;
}

/** Checks that the timings keep GitHub's limits, and that what is left of the quota lasts until it is full again. */
export function quotaCheck(options: QuotaOptions): Check {
  const { protocol } = options.store;
  return {
    name: "quota",
    run: () =>
      isGist(protocol)
        ? quotaResult(protocol, options)
        : skip("the requests to a bucket have no quota; they cost money"),
  };
}

function isGist(protocol: string): protocol is Protocol {
  return protocol === "git" || protocol === "rest";
}

function quotaResult(
  protocol: Protocol,
  { store, clock, timings, candidates }: QuotaOptions,
): Result {
  const { refusals, warnings, chargedPerHour } = planOf(timings, candidates, protocol);
  if (refusals.length > 0) return fail(EXIT.failed, refusals.join("; "));
  const needed = `${candidates} candidates need ${round(chargedPerHour)} requests an hour`;
  const beware = warnings.map((text) => `; beware: ${text}`).join("");
  if (protocol === "git") {
    return pass(`git does not use the REST quota${beware}`);
  }
  const quota = store.quota();
  if (!quota) return skip(`the API does not report a quota; ${needed}${beware}`);
  const left = quota.resetAt - clock.monotonic();
  const due = Math.ceil(chargedPerHour * left / 3_600_000);
  const found = `${quota.remaining} requests left for ${formatDuration(left)}, and ${needed}`;
  return quota.remaining >= due ? pass(found + beware) : fail(
    EXIT.failed,
    `${found}: stop what else uses this account's quota, raise --retry-period, or use another account`,
  );
}
