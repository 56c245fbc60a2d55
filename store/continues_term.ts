import type { LeaderElectionRecord } from "../lock/mod.ts";

/**
 * Whether a write continues the term in effect: a renewal, or its release. If a void write made it void, it may be sent
 * again, as the same term is still in effect. A claim may not: another candidate may have won.
 */
export function continuesTerm(
  { session, leaderTransitions }: LeaderElectionRecord,
  current: LeaderElectionRecord | undefined,
): boolean {
  return current !== undefined && current.holderIdentity !== "" &&
    current.session === session && current.leaderTransitions === leaderTransitions;
}
