import type { Instant, LeaderElectionRecord, Observed, Quota } from "../../lock/mod.ts";
import type { Call, Problem, State } from "./state.ts";

/** Why a term ended. */
export type EndReason =
  /** Its deadline passed without a renewal that is known to have taken effect. */
  | "expired"
  /** Another holder was seen, or the record is gone. */
  | "lost"
  /** The elector was stopped. */
  | "stopped"
  /** The work of `lead()` has settled. */
  | "finished"
  /** A callback failed, or the store turned out to be unsafe. */
  | "failed"
  /** The elector stepped down, so that another candidate may lead. */
  | "resigned"
  /** The leader handed over to the candidate that a request, or its own program, named. */
  | "handover"
  /** This candidate was not ready to lead for longer than its grace period. */
  | "unready";

/** The result of a call. */
export type Outcome =
  /** A read found a record, or a write took effect. */
  | { readonly type: "record"; readonly observed: Observed }
  /** A read found that the lock was never held. */
  | { readonly type: "absent" }
  /** A read found content that is not a record. */
  | {
    readonly type: "unreadable";
    readonly version: string;
    readonly tokenFloor: number | undefined;
  }
  /** Another write came first; this one changed nothing. */
  | { readonly type: "conflict" }
  /** This candidate may not write; nothing was written. */
  | { readonly type: "refused" }
  /** A read failed, or the outcome of a write is unknown. */
  | {
    readonly type: "failed";
    /** No call before this instant (monotonic, milliseconds). */
    readonly retryAt?: number;
    /** Whether retrying cannot help. */
    readonly permanent?: boolean;
    /** Whether the record is certainly gone: no write of this process is in effect. */
    readonly gone?: boolean;
  };

/** What can happen to an election. */
export type Event =
  | { readonly type: "start" }
  | { readonly type: "tick" }
  | {
    readonly type: "answer";
    readonly id: number;
    readonly outcome: Outcome;
    readonly quota?: Quota | undefined;
  }
  | { readonly type: "stop"; readonly reason: EndReason }
  | { readonly type: "stepDown" }
  | { readonly type: "handover"; readonly to: string }
  | { readonly type: "settled" };

/** How an election ended. */
export type Finish =
  /** The lock was released, or was not held. */
  | "clean"
  /** The lock was held, and the release is not known to have taken effect. The lease expires on its own. */
  | "unreleased"
  /** The work had not settled in time; nothing was released. */
  | "undrained"
  /** The very first read failed for a reason that retrying cannot help. */
  | "refused";

/** The effects of a step, in this order. */
export type Effect =
  | {
    readonly type: "call";
    readonly call: Call;
    readonly version: string | undefined;
    readonly record: LeaderElectionRecord | undefined;
  }
  | { readonly type: "abandon"; readonly id: number }
  | { readonly type: "newLeader"; readonly identity: string }
  | { readonly type: "startTerm"; readonly token: number; readonly sentAt: Instant }
  | { readonly type: "extendTerm"; readonly sentAt: Instant }
  | { readonly type: "endTerm"; readonly reason: EndReason }
  | { readonly type: "report"; readonly problem: Problem }
  | { readonly type: "finish"; readonly how: Finish };

/** The result of a step. */
export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
  /** When to send the next `tick` (monotonic, milliseconds), if nothing else happens first. */
  readonly wakeAt: number;
}
