import { commit } from "../sim/report.ts";
import type { NetworkFault } from "./stores/network.ts";
import type { Misfortune, Plan } from "./plan.ts";
import { SITUATIONS } from "./promises/landmarks.ts";

/** What a campaign came to. */
export interface CampaignResult {
  readonly plan: Plan;
  /** The promise that was broken, or what else went wrong. */
  readonly failure: Error | undefined;
  /** Names the whole course of events: the same for the same seed. */
  readonly hash: string;
  /** The newest events, for people. */
  readonly story: readonly string[];
  readonly terms: number;
  /** How many stale effects the fenced resource refused. */
  readonly refusals: number;
  /** The true time that was simulated, in milliseconds. */
  readonly simulated: number;
  /** What happened at least once. */
  readonly happened: ReadonlySet<NetworkFault | Misfortune>;
  /** How many campaigns began with an elector that had ended one. */
  readonly campaignsAgain: number;
  /** The situations that it met. */
  readonly met: ReadonlySet<string>;
}

/** What went wrong with a seed, and how to see it again. */
export function tellFailure({ plan, failure, story, hash }: CampaignResult): string {
  const { seed, place, timings, rates, programs, networkFaults, misfortunes } = plan;
  const { preferences, roles } = plan;
  return [
    ...story,
    `seed ${seed}, commit ${commit()}, trace ${hash}: ${failure?.message}`,
    `${place}, L ${timings.leaseDuration} ms, clock rates ${rates.join(", ")}; programs: ${
      programs.join(", ")
    }`,
    `network: ${networkFaults.join(", ")}; misfortunes: ${misfortunes.join(", ")}`,
    `preferences: ${[...preferences].join(", ")}; ${JSON.stringify(roles)}`,
    `Replay: deno task simulate:full --seeds 1 --from ${seed} --place ${place}`,
  ].join("\n");
}

/** Which situations were not met, over each kind of store that was played. */
export function missing(results: readonly CampaignResult[]): string[] {
  const places = [...new Set(results.map(({ plan }) => plan.place))];
  return places.flatMap((place) => {
    const met = new Set(
      results.flatMap((result) => result.plan.place === place ? [...result.met] : []),
    );
    return SITUATIONS.filter((situation) => !met.has(situation)).map((situation) =>
      `${place}: ${situation}`
    );
  });
}

/** What seeds that found nothing came to. */
export function tellSeeds(results: readonly CampaignResult[], tookMs: number): string {
  const sum = (count: (result: CampaignResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const hours = sum(({ simulated }) => simulated) / 3_600_000;
  const happened = new Set(results.flatMap((result) => [...result.happened]));
  const unmet = missing(results);
  const situations = unmet.length > 0
    ? `not met: ${unmet.join("; ")}`
    : `each of ${SITUATIONS.length} situations of preference met over each store`;
  return `${results.length} seeds, ${hours.toFixed(1)} simulated hours in ${
    (tookMs / 1_000).toFixed(1)
  } s, ${sum(({ terms }) => terms)} terms, ${
    sum(({ refusals }) => refusals)
  } stale effects refused, ${happened.size} kinds of fault, no promise broken\n${situations}`;
}
