import { HANDICAP_POLLS } from "../../../../elector/preference.ts";
import { Violation } from "../../model/checks.ts";
import { isForced, type Logged } from "../stores/log.ts";
import { isOperator } from "../operator.ts";
import type { Plan, Role } from "../plan.ts";

/** The name of a candidate, by its seat. */
export function nameOf(index: number): string {
  return `candidate-${index}`;
}

/** Something took effect at this true time, and its answer may have been lost. */
export interface Landing {
  readonly at: number;
  readonly isLost: boolean;
}

/** Nothing held the lock before. */
const FREE = { at: 0, isHeld: false, isLost: false };

/** Watches whose turn it was to claim, who was named, and what became of it, by what took effect. */
export class Turns {
  readonly #plan: Plan;
  readonly #met: (situation: string) => void;
  readonly #roles: ReadonlyMap<string, Role>;
  #newest: Logged | undefined;
  /** The holder's own write, below any requests. */
  #written = FREE;
  /** When the holder's term was claimed. */
  #claimedAt = 0;
  /** Who asked the holder last. */
  #askedBy: string | undefined;

  constructor(plan: Plan, met: (situation: string) => void) {
    this.#plan = plan;
    this.#met = met;
    this.#roles = new Map(plan.roles.map((role, index) => [nameOf(index), role]));
  }

  /** The next text is in effect; `undefined` if it is no record of an elector. */
  check(entry: Logged | undefined, landing: Landing): void {
    const before = this.#newest;
    if (entry && !isForced(entry)) {
      if (isRequest(entry)) this.#checkRequest(entry, landing);
      else if (isClaim(entry, before)) this.#checkClaim(entry, landing);
      else this.#checkCarried(entry);
    }
    this.#newest = entry;
    // A text that is no record at the very start holds nothing.
    if (entry && before ? isSameWrite(entry, before) : entry === before) return;
    this.#written = { ...landing, isHeld: entry?.holderIdentity !== "" };
  }

  /** A claim comes no earlier than its turn, by the fastest clock, and begins without a name. */
  #checkClaim({ holderIdentity: holder, preferredHolder }: Logged, { at }: Landing): void {
    if (preferredHolder !== "") {
      throw new Violation("a name is carried to its term's end", `${holder} claims with a name`);
    }
    const { timings: { leaseDuration, pollPeriod }, rateBound } = this.#plan;
    const { rank = 0 } = this.#roles.get(holder) ?? {};
    const named = this.#newest?.preferredHolder ?? "";
    const turns = named === holder ? 0 : named === "" ? rank : rank + 1;
    const { isHeld } = this.#written;
    const lease = isHeld ? leaseDuration : 0;
    const handicap = turns * HANDICAP_POLLS * pollPeriod;
    const waited = (at - this.#written.at) * (1 + rateBound) + 0.01;
    if (waited < lease + handicap) {
      const what = `${holder} claims after ${waited} ms, of ${lease} and ${handicap}`;
      throw new Violation(waited < lease ? "a claim waits" : "a claim waits its turn", what);
    }
    const askedBy = this.#askedBy;
    this.#claimedAt = at;
    this.#askedBy = undefined;
    if (turns > 0) this.#met(named === "" ? "a rank waits" : "others wait for who was named");
    if (named !== holder) return;
    this.#met(isHeld ? "who was named claims a lapsed lease" : "a handover is done");
    if (askedBy !== undefined && !isOperator(askedBy)) this.#met("a failback is done");
  }

  #checkRequest(
    { requestedBy = "", preferredHolder: name }: Logged,
    { at, isLost }: Landing,
  ): void {
    const before = this.#newest;
    // A person may have edited it.
    if (requestedBy === before?.requestedBy) return;
    this.#askedBy = requestedBy;
    if (this.#written.isLost) this.#met("a request on a write whose answer was lost");
    if (before && isRequest(before)) this.#met("a request on another request");
    if (isLost) this.#met("a request whose answer was lost");
    if (isOperator(requestedBy)) return;
    this.#met("a better rank asks for the lead");
    const { rank = 0, failback = Infinity } = this.#roles.get(name) ?? {};
    const worse = this.#roles.get(before?.holderIdentity ?? "")?.rank ?? -1;
    const isEarly = at < this.#claimedAt + failback / (1 + this.#plan.rateBound);
    if (isEarly || rank >= worse || (before?.preferredHolder ?? "") !== "") {
      throw new Violation("failback takes its period", `${name} asks for the lead`);
    }
  }

  /** What a holder writes after it was asked carries a name on. */
  #checkCarried({ holderIdentity, preferredHolder }: Logged): void {
    const named = this.#newest?.preferredHolder ?? "";
    if (named === "" || named === this.#newest?.holderIdentity || preferredHolder !== "") return;
    const what = holderIdentity === "" ? "a release" : `${holderIdentity}'s renewal`;
    throw new Violation("a name is carried to its term's end", `${what} forgets ${named}`);
  }
}

/** Whether it asks for a handover. */
export function isRequest({ preferredHolder, requestedBy }: Logged): boolean {
  return preferredHolder !== "" && requestedBy !== undefined;
}

function isClaim({ holderIdentity, leaderTransitions, session }: Logged, before?: Logged): boolean {
  const isSameTerm = session === before?.session && leaderTransitions === before?.leaderTransitions;
  return holderIdentity !== "" && !isSameTerm;
}

function isSameWrite(one: Logged, other: Logged): boolean {
  return one.session === other.session && one.sequence === other.sequence &&
    one.leaderTransitions === other.leaderTransitions &&
    one.holderIdentity === other.holderIdentity;
}
