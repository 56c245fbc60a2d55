import type { LeaderElectionRecord } from "../lock/mod.ts";
import { parseText } from "../store/kit.ts";

/**
 * Whether a text is in effect by what was found: the very same, or with a request for a handover on top, which keeps the
 * session, the sequence number, the token and the holder of the write below it. A request has all of these in common with the
 * write that it is on and with every other request there: it is in effect only by its own sender and name.
 */
export function isSameWrite(written: string, found: string): boolean {
  if (written === found) return true;
  const [mine, theirs] = [parseText(written).record, parseText(found).record];
  return mine?.session !== undefined && mine.sequence !== undefined && theirs !== undefined &&
    mine.session === theirs.session && mine.sequence === theirs.sequence &&
    mine.leaderTransitions === theirs.leaderTransitions &&
    mine.holderIdentity === theirs.holderIdentity &&
    (mine.requestedBy === undefined || isSameRequest(mine, theirs));
}

function isSameRequest(one: LeaderElectionRecord, other: LeaderElectionRecord): boolean {
  return one.requestedBy === other.requestedBy && one.preferredHolder === other.preferredHolder;
}
