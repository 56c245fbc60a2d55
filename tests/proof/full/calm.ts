import type { Term } from "../../../elector/mod.ts";
import { LockAccessError } from "../../../lock/mod.ts";
import { Violation } from "../model/checks.ts";
import type { Campaign } from "./campaign.ts";

/** The storm is over, and so is the time within which a leader must come. */
export function checkLeader(campaign: Campaign): void {
  if (termOf(campaign)) return;
  throw new Violation("a leader in time", `nobody leads at ${campaign.plan.leaderBy} ms`);
}

/** The calm is over, too: the leader stayed, everybody is well, and it was cheap. */
export function checkCalm(campaign: Campaign): void {
  const term = termOf(campaign);
  if (term === undefined || campaign.promises.lastStartAt > campaign.plan.leaderBy) {
    throw new Violation("a healthy leader stays", `token ${term?.token} began in the calm`);
  }
  for (const { candidate } of campaign.seats) {
    const fault = candidate.elector.check();
    // Who was told that it may not write is unwell until a write succeeds, or it asks again: a follower does not write.
    if (fault instanceof LockAccessError) continue;
    if (fault) throw new Violation("a healthy leader stays", `${candidate.name}: ${fault.message}`);
  }
  checkRequests(campaign);
}

function termOf({ seats }: Campaign): Term | undefined {
  return seats.find(({ candidate }) => candidate.holdsValidTerm())?.candidate.term;
}

/** One write each R, read by its name by `rest`; one poll each 0.8 P at most, and what a change costs to read. */
function checkRequests({ plan, place, seats }: Campaign): void {
  const { timings, endAt, leaderBy } = plan;
  const span = (endAt - leaderBy) * Math.max(...seats.map(({ host }) => host.rate));
  const followers = seats.length - 1;
  const renewals = Math.ceil(span / timings.retryPeriod) + 1;
  const proofs = plan.place === "rest" ? renewals : 0;
  const most = {
    writes: renewals,
    polls: followers * (Math.ceil(span / (0.8 * timings.pollPeriod)) + 1) + proofs,
    changes: followers * renewals + proofs,
  };
  const { spent } = place;
  for (const kind of ["writes", "polls", "changes"] as const) {
    if (spent[kind] <= most[kind]) continue;
    throw new Violation("requests are few", `${spent[kind]} ${kind} where ${most[kind]} are due`);
  }
}
