import { type Observed, readClock } from "../lock/mod.ts";
import type { Campaign } from "./campaign/campaign.ts";
import type { Sighting } from "./campaign/memory.ts";
import { pollPace } from "./machine/quota.ts";
import type { Setup } from "./options.ts";

/** The record that an elector last saw in effect. */
export interface LastObserved extends Observed {
  /** How long ago the holder's write was first seen, in milliseconds. A request on top of it does not make it younger. */
  readonly age: number;
}

/** The status of an elector, for people and for status pages. */
export interface ElectorStatus {
  /** This candidate. */
  readonly identity: string;
  /** What it is doing; "stopping" while the work of its last term settles, "idle" if no campaign is running. */
  readonly role: "leader" | "follower" | "stopping" | "idle";
  /** The holder, as far as this candidate knows; `undefined` if there is none, and before the first read. */
  readonly leader: string | undefined;
  /** The fencing token of its own term, while it leads. */
  readonly token: number | undefined;
  /** How long its own term is valid if it is not renewed, in milliseconds; 0 if it does not lead. */
  readonly remaining: number;
  /** The record that was last seen in effect; `undefined` if none was. Content that cannot be read does not replace it. */
  readonly observed: LastObserved | undefined;
  /** How long ago the store last responded, in milliseconds; `undefined` if it never did. */
  readonly lastContact: number | undefined;
  /** The message of the last failure, until a call succeeds. */
  readonly lastError: string | undefined;
  /** How long the store has refused every write of this candidate, in milliseconds; `undefined` if it does not. */
  readonly refusedFor: number | undefined;
  /**
   * How often it polls while it follows, in milliseconds: `pollPeriod`, or more rarely if the candidates' quota would
   * otherwise not last for the leader. A failover then takes longer.
   */
  readonly pollPeriod: number;
  /** This candidate's rank. */
  readonly rank: number;
  /** Whether it was ready to lead when last checked; `undefined` if it never was checked. */
  readonly ready: boolean | undefined;
  /** The candidate named in a handover request; `""` without a request, `undefined` if the record was never read. */
  readonly preferredHolder: string | undefined;
  /** The name of the lock, for logs. */
  readonly lock: string;
}

/** Returns the status of an elector. */
export function statusOf(
  { lock, timings, preference, clock }: Setup,
  campaign: Campaign | undefined,
  sighting: Sighting | undefined,
): ElectorStatus {
  const { state, work, lastError } = campaign ?? {};
  const remaining = work?.term?.remaining() ?? 0;
  const now = readClock(clock);
  const since = (at: number | undefined) => at === undefined ? undefined : now.monotonic - at;
  const requests = lock.requests ?? { read: 1, write: 1 };
  return {
    identity: lock.identity,
    role: roleOf(campaign, remaining),
    leader: state?.observed?.holder || undefined,
    token: remaining > 0 ? work?.term?.token : undefined,
    remaining,
    observed: sighting && { ...sighting.observed, age: now.monotonic - sighting.at },
    lastContact: since(state?.contactAt),
    refusedFor: since(state?.refusedAt),
    pollPeriod: pollPace(state?.quota, now, { ...timings, requests }).period,
    rank: preference.rank,
    ready: state?.readiness?.isReady,
    preferredHolder: state?.observed?.preferredHolder,
    lastError: lastError instanceof Error ? lastError.message : undefined,
    lock: lock.describe(),
  };
}

function roleOf(campaign: Campaign | undefined, remaining: number): ElectorStatus["role"] {
  if (remaining > 0) return "leader";
  // While work of an ended term still runs, there is no other term.
  if (campaign?.work.unsettled) return "stopping";
  if (!campaign || campaign.state.finished) return "idle";
  return campaign.state.stopping ? "stopping" : "follower";
}
