import type { Clock } from "../../../../lock/mod.ts";
import { seededRandom } from "../../../support/seeded_random.ts";
import { BucketPlace } from "./bucket_place.ts";
import type { Campaign } from "../campaign.ts";
import { GistPlace } from "./gist_place.ts";
import { EPOCH } from "../machines/host.ts";
import type { NetworkOptions, Spans } from "./network.ts";
import type { Place } from "./place.ts";
import { LONGEST_LIMIT } from "../plan.ts";

/** Makes the server of a campaign, and the network before it. */
export function openPlace(campaign: Campaign): Place {
  const { time, plan } = campaign;
  const clock: Clock = {
    monotonic: () => time.now,
    wall: () => EPOCH + time.now,
    sleep: (ms, options) => time.sleep(ms, options),
  };
  const network = networkOf(campaign);
  return plan.place === "git" || plan.place === "rest"
    ? new GistPlace(plan.place, clock, seededRandom(plan.seed), network)
    : new BucketPlace(plan.place, clock, network);
}

function networkOf(campaign: Campaign): NetworkOptions {
  const { plan, random } = campaign;
  return {
    random,
    faults: plan.networkFaults,
    probability: plan.faultiness,
    mixedness: plan.mixedness,
    deafness: plan.deafness,
    latency: plan.latency,
    spans: () => spansOf(campaign),
    onFault: (fault) => {
      campaign.promises.mishaps++;
      campaign.happened.add(fault);
      campaign.trace.note(fault);
    },
    onServed: (isLost) => campaign.guard(() => campaign.checkLog(isLost)),
  };
}

function spansOf({ plan, time }: Campaign): Spans | undefined {
  const { calmAt, timings: { leaseDuration, requestTimeout } } = plan;
  const left = calmAt - time.now;
  if (left <= 0) return undefined;
  const latest = Math.min(2 * leaseDuration, left);
  return { requestTimeout, latest, limit: Math.min(LONGEST_LIMIT, leaseDuration) };
}
