import type { Term } from "../../../elector/mod.ts";
import { Violation } from "../model/checks.ts";
import type { Candidate } from "./candidate.ts";
import { isForced, type Log } from "./log.ts";

/** A clock that jumps is noticed within a second by that clock, which may be slow. */
const TOLD_WITHIN_MS = 1_300;

/** Watches over the promises, with the true time and the true order of all things at hand. */
export class Promises {
  /** How many terms began. */
  starts = 0;
  /** When the last one did (true time). */
  lastStartAt = -Infinity;
  /** How many effects the fenced resource refused. */
  refusals = 0;
  /** The last fencing token in the record. */
  loggedToken = -1;
  readonly #log: Log;
  /** Whether the candidates' clocks keep to the stated bound. */
  readonly #isBound: boolean;
  /** Whose term is over and whose work does not know yet, and since when. */
  readonly #untold = new Map<Candidate, number>();
  #startedToken = -1;
  #loggedSession: string | undefined;
  /** What the resource goes by: the highest token of an effect that it accepted. */
  #acceptedToken = -1;
  /** What the resource is to be safe from: how far down the log the claim stands that the effect came under. */
  #acceptedClaim = -1;

  constructor(log: Log, isBound: boolean) {
    this.#log = log;
    this.#isBound = isBound;
  }

  /** At most one candidate holds a valid term. Validity begins with an event only: to look at each is to see all. */
  checkTerms(candidates: readonly Candidate[]): void {
    if (!this.#isBound) return;
    const holders = candidates.filter((candidate) =>
      candidate.holdsValidTerm() && !this.#isOverridden(candidate.name, candidate.term)
    );
    if (holders.length < 2) return;
    const names = holders.map(({ name, term }) => `${name} (token ${term?.token})`).join(" and ");
    throw new Violation("one valid term", names);
  }

  /** Whether somebody set the lock free over a term: then others may lead beside it. */
  #isOverridden(name: string, term: Term | undefined): boolean {
    return term !== undefined && this.#log.lastOf(name, term.token) < this.#log.freedAt;
  }

  /** Work that runs is told of its term's end: at the deadline by a timer, or by a look at the clocks soon after. */
  checkTold(candidates: readonly Candidate[], now: number): void {
    for (const candidate of candidates) {
      const { term, process } = candidate;
      const isTold = !term || term.signal.aborted || candidate.holdsValidTerm();
      if (isTold || process.isHalted) {
        this.#untold.delete(candidate);
        continue;
      }
      const since = this.#untold.get(candidate) ?? now;
      this.#untold.set(candidate, since);
      if (now - since <= TOLD_WITHIN_MS) continue;
      throw new Violation(
        "one working candidate",
        `${candidate.name} works on, token ${term.token}`,
      );
    }
  }

  /** What took effect: tokens rise, another session's claim raises them, a release is of its own. */
  checkLog(candidates: readonly Candidate[]): void {
    for (const entry of this.#log.readNew()) {
      const isOwn = entry?.session === this.#loggedSession;
      this.#loggedSession = entry?.session;
      if (!entry) continue;
      const { leaderTransitions: token, holderIdentity } = entry;
      if (isForced(entry)) {
        this.loggedToken = Math.max(token, this.loggedToken);
        continue;
      }
      if (holderIdentity === "") this.#checkRelease(isOwn, token, candidates);
      if (token < this.loggedToken || (!isOwn && token === this.loggedToken)) {
        throw new Violation(
          "tokens rise in the log",
          `token ${token} follows ${this.loggedToken}`,
        );
      }
      this.loggedToken = token;
    }
  }

  /** A release replaces nothing but its own session's record, once the work has settled. */
  #checkRelease(isOwn: boolean, token: number, candidates: readonly Candidate[]): void {
    if (!isOwn) {
      throw new Violation("a release is of its own", `token ${token}, of another session`);
    }
    const holder = candidates.find(({ term }) => term?.token === token);
    if (!holder?.isWorking) return;
    throw new Violation("a release follows the work", `${holder.name} works under its release`);
  }

  /** A term begins: with a token that was never used, by a write in effect, and alone. */
  checkStart(
    candidate: Candidate,
    term: Term,
    candidates: readonly Candidate[],
    now: number,
  ): void {
    const { token } = term;
    this.starts++;
    this.lastStartAt = now;
    this.checkLog(candidates);
    // A claim that was in effect when the lock was set free over it may yet begin a term, beside a later one.
    const isBeside = this.#isOverridden(candidate.name, term);
    if (token <= this.#startedToken && this.#isBound && !isBeside) {
      throw new Violation("tokens rise with each start", `${token} after ${this.#startedToken}`);
    }
    this.#startedToken = Math.max(token, this.#startedToken);
    if (this.#log.claimOf(candidate.name, token) < 0) {
      throw new Violation("a term starts in effect", `${candidate.name} wrote no token ${token}`);
    }
  }

  /** An effect arrives at a resource that refuses lower tokens, maybe long after it left. */
  checkEffect(name: string, token: number): void {
    if (token < this.#acceptedToken) {
      this.refusals++;
      return;
    }
    this.#acceptedToken = token;
    const claim = this.#log.claimOf(name, token);
    if (claim < this.#acceptedClaim) {
      throw new Violation("the resource is fenced", `a stale effect of ${name}, token ${token}`);
    }
    this.#acceptedClaim = claim;
  }
}
