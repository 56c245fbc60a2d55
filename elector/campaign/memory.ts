import type { Observed } from "../../lock/mod.ts";
import type { Event } from "../machine/events.ts";
import type { Observation } from "../machine/state.ts";
import { FailureLog } from "./failures.ts";

/** The record that was last seen in effect. */
export interface Sighting {
  readonly observed: Observed;
  /** When the holder's own write was first seen (monotonic, milliseconds): a request on top of it renews nothing. */
  readonly at: number;
}

/** What an elector keeps for all its campaigns, in addition to the state that each passes to the next. */
export class Memory {
  sighting: Sighting | undefined;
  readonly failures: FailureLog = new FailureLog();
  /** When access is to be checked next (monotonic, milliseconds). */
  accessCheckAt = -Infinity;

  /** Keeps the record in effect, for status pages: the machine's state has no more of it than it needs to decide. */
  remember(event: Event, inEffect: Observation | undefined): void {
    if (event.type !== "answer" || event.outcome.type !== "record") return;
    const { observed } = event.outcome;
    if (observed.version !== inEffect?.version) return;
    const isNew = observed.version !== this.sighting?.observed.version;
    // A record that was merely shown may be that of another write.
    if (!isNew && observed.isProven === false) return;
    this.sighting = { observed, at: inEffect.at };
  }
}
