import { leaseDuration, type Timings } from "../../../elector/mod.ts";
import type { LeaderElectionRecord } from "../../../lock/mod.ts";
import type { CandidateStatus } from "../status.ts";
import type { SeenFailure, SeenRequest, SeenTerm } from "./observations.ts";

export interface PageData extends Pick<Timings, "requestTimeout"> {
  readonly figures: CandidateStatus;
  /** The fault that `/healthz` reports. */
  readonly fault: string | undefined;
  /** The wall clock, in milliseconds since the Unix epoch. */
  readonly wall: number;
  /** The monotonic clock, in milliseconds. */
  readonly now: number;
  /** The duration and the rest of the lease, in seconds: its own, or the one that it saw; `null` if none runs. */
  readonly lease: { readonly seconds: number; readonly left: number } | null;
  /** The terms that it has seen, oldest first. */
  readonly terms: readonly SeenTerm[];
  /** Its last requests to the store, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Its last failures, oldest first. */
  readonly failures: readonly SeenFailure[];
}

/** The lease for the page: that of its own term while it leads, or else the one that it sees. */
export function leaseOf(
  { isLeader, remainingSeconds, leader, leaseAgeSeconds }: CandidateStatus,
  record: LeaderElectionRecord | undefined,
  { renewDeadline }: Pick<Timings, "renewDeadline">,
): PageData["lease"] {
  if (isLeader) return { seconds: renewDeadline / 1_000, left: remainingSeconds };
  if (leader === null || !record) return null;
  const seconds = leaseDuration(record) / 1_000;
  return { seconds, left: Math.max(0, seconds - (leaseAgeSeconds ?? 0)) };
}
