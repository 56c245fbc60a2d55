import type { HandoverResult, Term } from "../../../../elector/mod.ts";
import type { TrueTime } from "../../../elector/drift_clock.ts";
import { Violation } from "../../model/checks.ts";
import type { Candidate } from "../machines/candidate.ts";
import { isForced, type Log, type Logged } from "../stores/log.ts";
import type { Plan } from "../plan.ts";
import { Terms } from "./terms.ts";
import { isRequest, Turns } from "./turns.ts";

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
  /** Everything that befell so far: each may cost a claim, whose token is then never in effect. */
  mishaps = 0;
  readonly #log: Log;
  readonly #time: TrueTime;
  readonly #turns: Turns;
  readonly terms: Terms;
  readonly #plan: Plan;
  #skippedTokens = 0;
  /** Whose term is over and whose work does not know yet, and whose workload is not ready in its term; since when. */
  readonly #untold = new Map<Candidate, number>();
  readonly #unready = new Map<Candidate, number>();
  #startedToken = -1;
  #loggedSession: string | undefined;
  /** What the resource goes by: the highest token of an effect that it accepted. */
  #acceptedToken = -1;
  /** What the resource is to be safe from: how far down the log the claim stands that the effect came under. */
  #acceptedClaim = -1;

  constructor(log: Log, plan: Plan, time: TrueTime, met: (situation: string) => void) {
    this.#log = log;
    this.#time = time;
    this.#turns = new Turns(plan, met);
    this.terms = new Terms(plan, time);
    this.#plan = plan;
  }

  /** At most one candidate holds a valid term. Validity begins with an event only: to look at each is to see all. */
  checkTerms(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) this.terms.checkCount(candidate);
    if (!this.#plan.isBound) return;
    const holders = candidates.filter((candidate) =>
      candidate.holdsValidTerm() && !this.#isOverridden(candidate.name, candidate.term)
    );
    if (holders.length < 2) return;
    const names = holders.map(({ name, term }) => `${name} (token ${term?.token})`).join(" and ");
    throw new Violation("one valid term", names);
  }

  /** Whether the lock was set free over a term: then others may lead next to it. */
  #isOverridden(name: string, term: Term | undefined): boolean {
    return term !== undefined && this.#log.lastOf(name, term.token) < this.#log.freedAt;
  }

  /**
   * Work that runs is told of its term's end: at the deadline by a timer, or by a look at the clocks soon after. So is work
   * whose workload is not ready for too long: a leader asks it each second.
   */
  checkTold(candidates: readonly Candidate[]): void {
    const { readyGrace, rateBound } = this.#plan;
    for (const candidate of candidates) {
      const { term, options: { seat: { workload } } } = candidate;
      const isValid = candidate.holdsValidTerm();
      const isUntold = term !== undefined && !term.signal.aborted && !isValid;
      const what = `${candidate.name} works on, token ${term?.token}`;
      if (this.#lasts(this.#untold, candidate, isUntold) > TOLD_WITHIN_MS) {
        throw new Violation("one working candidate", what);
      }
      const unready = this.#lasts(this.#unready, candidate, isValid && workload.since < Infinity);
      if (unready > readyGrace / (1 - rateBound) + 2 * TOLD_WITHIN_MS) {
        throw new Violation("who is not ready does not lead", what);
      }
    }
  }

  /** For how long this has been so while the process ran, in milliseconds. */
  #lasts(since: Map<Candidate, number>, candidate: Candidate, isSo: boolean): number {
    if (!isSo || candidate.process.isHalted) {
      since.delete(candidate);
      return 0;
    }
    const { now } = this.#time;
    const first = since.get(candidate) ?? now;
    since.set(candidate, first);
    return now - first;
  }

  /**
   * What took effect: tokens rise, another session's claim raises them, a release is of its own.
   *
   * @returns Whether anything did.
   */
  checkLog(candidates: readonly Candidate[], isLost = false): boolean {
    const entries = this.#log.readNew();
    for (const entry of entries) {
      this.#turns.check(entry, { at: this.#time.now, isLost });
      this.terms.note(entry, candidates);
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
        throw new Violation("tokens rise in the log", `token ${token} follows ${this.loggedToken}`);
      }
      this.#checkStep(token);
      this.#checkAsked(entry, candidates);
      this.loggedToken = token;
    }
    return entries.length > 0;
  }

  /** Tokens rise by one each claim, but for claims that were never in effect. */
  #checkStep(token: number): void {
    this.#skippedTokens += Math.max(0, token - Math.max(0, this.loggedToken) - 1);
    if (this.#skippedTokens <= this.mishaps) return;
    throw new Violation("tokens rise in the log", `token ${token} follows ${this.loggedToken}`);
  }

  /** Who renews after it was asked to hand over has ended its term. */
  #checkAsked(entry: Logged, candidates: readonly Candidate[]): void {
    const { preferredHolder, holderIdentity, leaderTransitions: token } = entry;
    if (preferredHolder === "" || isRequest(entry)) return;
    const holder = candidates.find(({ term }) => term?.token === token);
    if (!holder?.holdsValidTerm()) return;
    throw new Violation("who is asked hands over", `${holderIdentity} leads on`);
  }

  /** The result of a request for a handover is true: the record named the candidate, or it led. */
  checkAnswer({ outcome, token, leader }: HandoverResult, name: string): void {
    const isTrue = this.#log.entries.some((entry) =>
      entry?.leaderTransitions === token && entry.holderIdentity === leader &&
      (leader === name || entry.preferredHolder === name)
    );
    if (!isTrue) throw new Violation("who is asked hands over", `${outcome}, but not to ${name}`);
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
  checkStart(candidate: Candidate, term: Term, candidates: readonly Candidate[]): void {
    const { token } = term;
    this.starts++;
    this.lastStartAt = this.#time.now;
    if (candidate.options.seat.workload.since < candidate.countsFrom(term)) {
      throw new Violation("who is not ready does not lead", `${candidate.name}, token ${token}`);
    }
    this.checkLog(candidates);
    this.terms.checkHoldBack(candidate);
    // A claim that was in effect when the lock was set free over it may yet begin a term, beside a later one.
    const isBeside = this.#isOverridden(candidate.name, term);
    if (token <= this.#startedToken && this.#plan.isBound && !isBeside) {
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
