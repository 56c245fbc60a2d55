import { LockAccessError } from "../../../../lock/mod.ts";
import { Violation } from "../../model/checks.ts";
import type { Campaign, Seat } from "../campaign.ts";

/** The storm is over, and so is the time within which a leader must come. Whose workload is not ready must not lead. */
export function checkLeader(campaign: Campaign): void {
  const leader = leaderOf(campaign);
  if (!leader) throw new Violation("a leader in time", `nobody leads at ${campaign.time.now} ms`);
  if (leader.role.isReadyInCalm) return;
  throw new Violation("who is not ready does not lead", `${leader.name} leads in the calm`);
}

/** Of those who are ready, nobody of a better rank waits any more who asks for the lead. */
export function checkHome(campaign: Campaign): void {
  const { plan: { isBound, homeBy, leaderBy }, seats, met } = campaign;
  // Clocks that are far off make nothing of a rank.
  if (!isBound || homeBy === leaderBy) return;
  checkLeader(campaign);
  const rank = leaderOf(campaign)?.role.rank ?? 0;
  const better = seats.find(({ role }) =>
    role.isReadyInCalm && role.failback < Infinity && role.rank < rank
  );
  if (!better) return met("the best rank leads in the calm");
  throw new Violation("the best rank leads", `${better.name} is ready, of a better rank`);
}

/** The calm is over, too: the leader stayed, everybody is well, and it was cheap. */
export function checkCalm(campaign: Campaign): void {
  const term = leaderOf(campaign)?.candidate.term;
  const { homeBy } = campaign.plan;
  if (term === undefined || campaign.promises.lastStartAt > homeBy) {
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

function leaderOf({ seats }: Campaign): Seat | undefined {
  return seats.find(({ candidate }) => candidate.holdsValidTerm());
}

/** One write each R, read by its name by `rest`; one poll each 0.8 P at most, and what a change costs to read. */
function checkRequests({ plan, place, seats }: Campaign): void {
  const { timings, endAt, homeBy } = plan;
  const span = (endAt - homeBy) * Math.max(...seats.map(({ host }) => host.rate));
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
