import { failoverBounds, type Timings } from "../../elector/mod.ts";
import { escapeText } from "../../lock/mod.ts";
import type { Store } from "../../store/mod.ts";
import { formatDuration } from "../output/terminal.ts";
import { type Check, pass } from "./check.ts";

/** Shows which candidate this is. */
export function identityCheck(identity: string, isChosen: boolean): Check {
  const name = `"${escapeText(identity, 128)}"`;
  return {
    name: "identity",
    run: () =>
      pass(
        isChosen
          ? name
          : `${name}, another random part for each process: set --identity to keep it`,
      ),
  };
}

/** Shows the timings, and how soon they fail over to a candidate of this rank. */
export function timingsCheck(read: () => Timings, store: Store, rank = 0): Check {
  return {
    name: "timings",
    run() {
      const timings = read();
      const { crash, release } = failoverBounds(
        timings,
        store.requests,
        store.keepsLostWrites,
        rank,
      );
      const [lease, deadline, retry, poll, request] = [
        timings.leaseDuration,
        timings.renewDeadline,
        timings.retryPeriod,
        timings.pollPeriod,
        timings.requestTimeout,
      ].map(formatDuration);
      return pass(
        `lease ${lease}, deadline ${deadline}, renewal every ${retry}, poll every ${poll}, request ${request}; ` +
          `a new leader within ${formatDuration(crash)} of a crash, ${
            formatDuration(release)
          } of a stop`,
      );
    },
  };
}
