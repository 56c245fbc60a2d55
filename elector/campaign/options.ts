import type { Clock, Lock } from "../../lock/mod.ts";
import type { EndReason } from "../machine/events.ts";
import type { Preference } from "../preference.ts";
import type { Term } from "../term.ts";
import type { Timings } from "../timings.ts";
import type { Campaign } from "./campaign.ts";
import type { Memory } from "./memory.ts";

/** What a campaign reports to its elector. A promise that is returned counts as part of the term's work. */
export interface CampaignCallbacks {
  onStartedLeading(term: Term): unknown;
  onStoppedLeading(term: Term, reason: EndReason): unknown;
  onNewLeader(identity: string): void;
  onError(error: unknown): void;
  /** Work of a term, of an earlier campaign perhaps, has outlived its drain; no other term can start. */
  onUndrained?(): void;
}

/** What a campaign needs. */
export interface CampaignOptions {
  readonly lock: Lock;
  readonly timings: Timings;
  readonly preference: Preference;
  /** Whether the workload is ready to lead. */
  readonly isReady?: (() => boolean) | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly callbacks: CampaignCallbacks;
  readonly memory: Memory;
  /** The campaign before this one: this one begins with what it learned, and with its work if that has yet to settle. */
  readonly previous: Campaign | undefined;
}
