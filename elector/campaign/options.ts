import type { Instant } from "../../lock/mod.ts";
import type { EndReason, Event } from "../machine/events.ts";
import type { State } from "../machine/state.ts";
import type { Setup } from "../options.ts";
import type { Term } from "../term.ts";
import type { Campaign } from "./campaign.ts";
import type { FailedPart } from "./failures.ts";
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

export interface CampaignOptions extends Setup {
  readonly callbacks: CampaignCallbacks;
  readonly memory: Memory;
  /** The campaign before this one: this one begins with what it learned, and with its work if that has yet to settle. */
  readonly previous: Campaign | undefined;
}

/** What the parts of a campaign work with. */
export interface PartOptions extends CampaignOptions {
  readonly state: () => State;
  /** Feeds the machine with an event, of now if nothing else is said. */
  readonly dispatch: (event: Event, now?: Instant) => void;
  /** Calls what may throw, and is not part of a term's work. */
  readonly guard: (callback: () => unknown) => void;
  readonly report: (error: unknown) => void;
  /** Reports each kind of failure once, until a call of the same sort succeeds. */
  readonly note: (part: FailedPart, error: unknown) => void;
  readonly fail: (error: unknown) => void;
}
