import type { BucketLock } from "../../bucket/mod.ts";
import { LeaderElector, type LeaderElectorOptions, type Term } from "../../elector/mod.ts";
import type { Fetch } from "../../lock/mod.ts";
import type { LocalBucketWorld } from "./bucket_world.ts";

/** A candidate on a bucket, and what it does. */
export interface BucketCandidate {
  readonly elector: LeaderElector;
  readonly terms: Term[];
  /** When each term ended, and why: `"15000 lost"`. */
  readonly ends: string[];
  readonly errors: unknown[];
  /** `"running"`, `"ended"`, or what `run()` was rejected with. */
  outcome: unknown;
  readonly stop: () => void;
}

/** Starts a candidate's campaign. */
export function campaign(
  world: LocalBucketWorld,
  lock: BucketLock,
  options: Partial<LeaderElectorOptions> = {},
): BucketCandidate {
  const stopping = new AbortController();
  const candidate: BucketCandidate = {
    terms: [],
    ends: [],
    errors: [],
    outcome: "running",
    stop: () => stopping.abort(),
    elector: new LeaderElector({
      lock,
      clock: world.clock,
      random: () => 0,
      onStartedLeading: (term) => void candidate.terms.push(term),
      onStoppedLeading: (_, reason) =>
        void candidate.ends.push(`${world.clock.monotonic()} ${reason}`),
      onError: (error) => candidate.errors.push(error),
      ...options,
    }),
  };
  candidate.elector.run({ signal: stopping.signal }).then(
    () => candidate.outcome = "ended",
    (error) => candidate.outcome = error,
  );
  return candidate;
}

/** A machine's way to the bucket, which can be cut for good: that is all that others see of a crash. */
export class Cable {
  /** What the candidate sends by. */
  readonly fetch: Fetch;
  #isCut = false;

  constructor(world: LocalBucketWorld, onRequest: (request: Request) => void = () => {}) {
    this.fetch = (request) => {
      if (this.#isCut) return new Promise(() => {});
      onRequest(request);
      return world.server.fetch(request);
    };
  }

  /** Lets nothing through any more. */
  cut(): void {
    this.#isCut = true;
  }
}
