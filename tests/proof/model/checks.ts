/**
 * The promises, as predicates on what an observer sees who knows the true order of things. Each returns a violation or
 * nothing. The exhaustive checker and the simulator share them.
 *
 * @module
 */

import type { MachineConfig } from "../../../elector/machine/turn.ts";
import { isClaimable, remainingLease } from "../../../elector/machine/lease.ts";
import type { Effect, Event } from "../../../elector/machine/events.ts";
import type { State } from "../../../elector/machine/state.ts";
import type { Instant, LeaderElectionRecord } from "../../../lock/mod.ts";
import type { Seen } from "./answers.ts";
import { type Commit, isRequestOn, tokenOf, type WriteRequest } from "./store.ts";

/** The promises that are checked, by name. */
export type Promised =
  | "one valid term"
  | "one working candidate"
  | "tokens rise in the log"
  | "tokens rise with each start"
  | "a term starts in effect"
  | "a term counts from its write"
  | "an ended term stays ended"
  | "a claim waits"
  | "a release follows the work"
  | "a release is of its own"
  | "only a holder writes"
  | "nothing outside a campaign"
  | "one request a write"
  | "rate limits are kept"
  | "requests are few"
  | "the resource is fenced"
  | "a leader in time"
  | "a healthy leader stays"
  | "contenders converge"
  | "time moves on"
  | "a first sight counts"
  | "a request is not a loss"
  | "a request is not an outcome"
  | "who is asked hands over"
  | "a name is carried to its term's end"
  | "a claim waits its turn"
  | "failback takes its period"
  | "who is not ready does not lead"
  | "the best rank leads"
  | "the machine's own";

/** A promise that was broken. */
export class Violation extends Error {
  /** The literal name of this error. */
  override readonly name = "Violation";
  /** Which one. */
  readonly promise: Promised;

  /** Makes the error from the promise, and a sentence that tells what happened. */
  constructor(promise: Promised, what: string) {
    super(`${promise}: ${what}`);
    this.promise = promise;
  }
}

/** The promise that an error breaks, if any: what the machine itself complains of is one, too. */
export function violationIn(error: unknown): Violation | undefined {
  if (error instanceof Violation) return error;
  const isOwn = error instanceof Error &&
    error.message.startsWith("Broken invariant of the election");
  return isOwn ? new Violation("the machine's own", error.message) : undefined;
}

/** A term as an observer sees it: begun, and not ended by its elector. */
export interface RunningTerm {
  /** Its fencing token. */
  readonly token: number;
  /** The write that it counts from, by its holder's clocks. */
  readonly sentAt: Instant;
}

/** What an observer remembers of one campaign of one candidate. */
export interface Memory {
  /** The term that runs. */
  readonly term: RunningTerm | undefined;
  /** Whether work of a term goes on. */
  readonly isWorking: boolean;
  /** The newest write of this campaign that took effect with this candidate as the holder. */
  readonly effective: WriteRequest | undefined;
}

/** An observer's memory of a campaign that has done nothing yet. */
export const NO_MEMORY: Memory = { term: undefined, isWorking: false, effective: undefined };

/** Whether a term is valid, by its holder's clocks: what `Term.isValid` says. */
export function isValid(
  term: RunningTerm | undefined,
  now: Instant,
  config: MachineConfig,
): boolean {
  return term !== undefined && remainingLease(term.sentAt, now, config) > 0;
}

/** Something happens to an election: before its start and after its end it wants nothing done. */
export function checkInside(before: State, event: Event, effects: readonly Effect[]): void {
  const isInside = !before.finished && (before.started || event.type === "start");
  const [effect] = effects;
  if (isInside || !effect) return;
  const what = effect.type === "call" ? `a ${effect.call.purpose}` : effect.type;
  throw new Violation("nothing outside a campaign", `${event.type} leads to ${what}`);
}

/** A campaign ends: its term was over before. */
export function checkFinish({ term }: Memory): void {
  if (term) {
    throw new Violation("an ended term stays ended", `term ${term.token} outlives its campaign`);
  }
}

/** A term starts. */
export function checkStart(
  effect: Extract<Effect, { type: "startTerm" }>,
  { term, effective }: Memory,
  highestStarted: number,
): void {
  const { token, sentAt } = effect;
  if (term) {
    throw new Violation("an ended term stays ended", `term ${token} starts within ${term.token}`);
  }
  if (token <= highestStarted) {
    throw new Violation(
      "tokens rise with each start",
      `a term starts with token ${token} after one with ${highestStarted}`,
    );
  }
  checkCount(token, sentAt, effective);
}

/** A term is extended. */
export function checkExtension(
  { sentAt }: Extract<Effect, { type: "extendTerm" }>,
  { term, effective }: Memory,
): void {
  if (!term) throw new Violation("an ended term stays ended", "a term is extended after its end");
  checkCount(term.token, sentAt, effective);
}

function checkCount(token: number, sentAt: Instant, effective: WriteRequest | undefined): void {
  if (effective?.record.leaderTransitions !== token) {
    throw new Violation("a term starts in effect", `no write of term ${token} was in effect`);
  }
  if (sentAt.monotonic > effective.sentAt.monotonic || sentAt.wall > effective.sentAt.wall) {
    throw new Violation(
      "a term counts from its write",
      `term ${token} counts from ${
        sentAt.monotonic - effective.sentAt.monotonic
      } ms after its newest write in effect left`,
    );
  }
}

/** A call leaves an elector. */
export function checkCall(
  { call }: Extract<Effect, { type: "call" }>,
  before: State,
  after: State,
  { term, isWorking }: Memory,
  now: Instant,
  config: MachineConfig,
): void {
  switch (call.purpose) {
    case "read":
    case "request":
      return;
    case "create":
    case "claim": {
      const { observed } = after;
      if (observed && !isClaimable(observed, now)) {
        throw new Violation("a claim waits", `${observed.version} was claimed within its lease`);
      }
      if (after.lease || isWorking) {
        throw new Violation("a claim waits", "a candidate claims that holds or works");
      }
      return;
    }
    case "renew":
    case "release": {
      const lease = before.lease ?? after.lease;
      if (!lease || remainingLease(lease.sentAt, now, config) <= 0) {
        throw new Violation("only a holder writes", `a ${call.purpose} leaves without a lease`);
      }
      if (call.purpose === "release" && (term || isWorking)) {
        throw new Violation("a release follows the work", "a release leaves while work goes on");
      }
    }
  }
}

/** The head to write after must be at hand, or the write would cost another request. */
export function checkBase(
  { call: { purpose }, version }: Extract<Effect, { type: "call" }>,
  last: Seen | undefined,
): asserts last is Seen {
  const isKnown = last && last.version === (purpose === "create" ? undefined : version);
  if (!isKnown) throw new Violation("one request a write", `a ${purpose} must read first`);
}

/** A write arrived, and may have taken effect. */
export function checkCommit(before: Commit, after: Commit, write: WriteRequest): void {
  if (after.effective === before.effective) return;
  const { purpose, record: { session } } = write;
  const [was, is] = [tokenOf(before.effective), tokenOf(after.effective)];
  const { file } = before.effective;
  // Somebody else may have written last: a request, or a person who left who holds the lock.
  const isOwn = file.kind === "record" && file.record.session === session &&
    file.record.holderIdentity !== "";
  if (purpose === "release" && !isOwn) {
    throw new Violation("a release is of its own", `a release replaced ${describe(before)}`);
  }
  if (purpose === "request" && !isRequestOn(before, after)) {
    throw new Violation("tokens rise in the log", `a request replaced ${describe(before)}`);
  }
  if (purpose === "renew" && !isOwn) {
    throw new Violation("only a holder writes", `a renewal replaced ${describe(before)}`);
  }
  const isContinued = purpose !== "create" && purpose !== "claim";
  if (isContinued ? is !== was : is <= was) {
    throw new Violation("tokens rise in the log", `a ${purpose} wrote token ${is} after ${was}`);
  }
}

/** What is in effect, in words. */
export function describe({ effective: { file, version } }: Commit): string {
  switch (file.kind) {
    case "absent":
      return `${version}, nothing`;
    case "garbage":
      return `${version}, garbage`;
    case "record":
      return `${version}, ${describeRecord(file.record)}`;
  }
}

/** Who holds the lock by a record, in words. */
export function describeRecord(record: LeaderElectionRecord): string {
  const { holderIdentity, leaderTransitions } = record;
  const holder = holderIdentity === "" ? "released" : `held by ${holderIdentity}`;
  return `${holder}, token ${leaderTransitions}`;
}
