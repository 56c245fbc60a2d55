/**
 * What is promised of ranks, handovers, failback and readiness, as predicates on one step of an election. None of it can be
 * seen in who leads: a rule that does not hold costs time, or a term, and no second leader.
 *
 * @module
 */

import type { Effect, Event } from "../../../elector/machine/events.ts";
import type { Observation, Reading, State } from "../../../elector/machine/state.ts";
import type { MachineConfig } from "../../../elector/machine/turn.ts";
import { isIdentity, type LeaderElectionRecord, type Observed } from "../../../lock/mod.ts";
import { Violation } from "./checks.ts";

/** One step of an election. */
export interface Stepped {
  readonly config: MachineConfig;
  readonly before: State;
  readonly event: Event;
  readonly now: Reading;
  readonly after: State;
  readonly effects: readonly Effect[];
}

/** Checks all of it. */
export function checkPreferences(stepped: Stepped): void {
  checkSight(stepped);
  checkLoss(stepped);
  checkUnclear(stepped);
  checkAsked(stepped);
  for (const effect of stepped.effects) {
    if (effect.type !== "call") continue;
    checkTurn(stepped, effect.call.purpose);
    if (effect.record) checkName(stepped, effect.call.purpose, effect.record);
  }
  checkReadiness(stepped);
}

type Named = Pick<Observation, "session" | "sequence" | "token" | "holder">;

function isSameWrite(one: Named, other: Named): boolean {
  return one.session !== undefined && one.sequence !== undefined && one.holder === other.holder &&
    one.session === other.session && one.sequence === other.sequence && one.token === other.token;
}

/** Whether a request is on the very version that was seen, if it says so. */
function isRequestOn(was: Observation, is: Observation): boolean {
  const below = is.requestedOn ?? was.requestedOn ?? was.version;
  return is.isRequest && isSameWrite(was, is) && below === (was.requestedOn ?? was.version);
}

/** Neither a request nor a claim that was lost lets a candidate wait longer, or forget what it waits for. */
function checkSight({ before, after }: Stepped): void {
  const [was, is] = [before.observed, after.observed];
  if (!was || !is || before.lease || !isSameWrite(was, is)) return;
  const isUnchanged = is.version === was.version && !was.isReplaced && !was.isRequest;
  const isOnIt = isRequestOn(was, is);
  if (!isOnIt && !isUnchanged) return;
  if (is.at > was.at || is.duration < was.duration) {
    throw new Violation("a first sight counts", `${is.version} is taken for another write`);
  }
  if (before.holdBack && !after.holdBack && is.version !== was.version) {
    throw new Violation("a first sight counts", `${is.version} ends a hold-back`);
  }
}

/** What is known in effect, or unclear, with a request on top or edited, is the holder's own. */
function checkLoss({ config, before, event, effects }: Stepped): void {
  const record = observedIn(event)?.record;
  const isLost = effects.some((effect) => effect.type === "endTerm" && effect.reason === "lost");
  if (!record || !isLost || before.call?.purpose !== "read") return;
  const { session, sequence = -1, leaderTransitions: token, holderIdentity } = record;
  const isOwn = session === config.session && holderIdentity === config.identity &&
    token === before.lease?.token;
  const known = before.observed?.sequence ?? Infinity;
  const isNewest = sequence === known || sequence >= (before.unclear?.id ?? Infinity);
  if (isOwn && isNewest) {
    throw new Violation("a request is not a loss", `write ${sequence} is taken for another's`);
  }
}

/** A request shows that the write below it was in effect, and says nothing about a later one. */
function checkUnclear({ before, event, after }: Stepped): void {
  const record = observedIn(event)?.record;
  if (!record || before.call?.purpose !== "read" || !before.unclear || after.unclear) return;
  const [was, is] = [before.observed, after.observed];
  if (!was || !is || !isRequestOn(was, is) || was.version === is.version) return;
  if (before.lease && !after.lease) return;
  if (after.stopping && !after.lease) return;
  throw new Violation("a request is not an outcome", `of write ${before.unclear.id}`);
}

/** A term ends by handover if, and only if, it was asked for by a name that can lead. */
function checkAsked({ config, event, after, effects }: Stepped): void {
  const named = after.observed?.preferredHolder ?? "";
  const isNamed = named !== config.identity && isIdentity(named);
  if (isNamed && after.lease?.open && after.observed?.session === config.session) {
    throw new Violation("who is asked hands over", `${config.identity} leads on`);
  }
  const isOver = effects.some((effect) =>
    effect.type === "endTerm" && effect.reason === "handover"
  );
  const isLocal = event.type === "handover" && event.to !== config.identity;
  if (isOver && !isNamed && !isLocal) {
    throw new Violation("who is asked hands over", `${config.identity} was not asked to`);
  }
}

/** A name goes into everything that the holder writes, and is never made up, broken or carried into a new term. */
function checkName(
  { config, before, after }: Stepped,
  purpose: string,
  { preferredHolder, requestedBy }: LeaderElectionRecord,
): void {
  const fail = (what: string) => {
    throw new Violation("a name is carried to its term's end", `a ${purpose} ${what}`);
  };
  if (preferredHolder !== "" && !isIdentity(preferredHolder)) fail("writes what cannot lead");
  if (purpose === "request") {
    return preferredHolder === config.identity ? undefined : fail("is for another");
  }
  if (requestedBy !== undefined) fail("is signed as a request");
  if (purpose === "create" || purpose === "claim") {
    return preferredHolder === "" ? undefined : fail("begins with a name");
  }
  if (preferredHolder === config.identity) fail("names its writer");
  const named = (after.lease ?? before.lease)?.preferredHolder ?? after.observed?.preferredHolder;
  if (named !== preferredHolder) fail(`writes "${preferredHolder}" instead of "${named}"`);
  const seen = after.observed?.session === config.session ? after.observed.preferredHolder : "";
  if (seen !== "" && preferredHolder === "") fail("forgets who was asked for");
}

/** Nobody claims before its turn, or asks for the lead before its time. */
function checkTurn({ config, before, after, now }: Stepped, purpose: string): void {
  const { observed, absent, holdBack } = after;
  const { identity, rank, pollPeriod, failback } = config;
  if (purpose === "create" || purpose === "claim") {
    const name = observed?.preferredHolder ?? "";
    const turns = name === identity ? 0 : isIdentity(name) ? rank + 1 : rank;
    const free = observed
      ? observed.at + (observed.holder === "" ? 0 : observed.duration)
      : absent?.at ?? Infinity;
    const from = Math.max(free + turns * 1.5 * pollPeriod, holdBack?.until ?? -Infinity);
    if (now.monotonic < from) {
      throw new Violation("a claim waits its turn", `${from - now.monotonic} ms too early`);
    }
  }
  if (purpose === "request") {
    const since = Math.max(observed?.termAt ?? Infinity, after.readiness?.since ?? Infinity);
    const isLapsed = !observed || now.monotonic - observed.at >= observed.duration;
    const isWorse = rank >= (observed?.rank ?? -1);
    if (now.monotonic - since < failback || isLapsed || isWorse || before.lease) {
      throw new Violation("failback takes its period", `${identity} asks for the lead`);
    }
  }
}

/** Who is not ready claims nothing, and hands over when its time is up. */
function checkReadiness({ config, after, now, effects }: Stepped): void {
  if (now.isReady) return;
  const isClaim = effects.some((effect) =>
    effect.type === "call" && ["create", "claim", "request"].includes(effect.call.purpose)
  );
  if (isClaim) throw new Violation("who is not ready does not lead", "a claim leaves");
  const { lease, readiness } = after;
  if (lease?.open && readiness && now.monotonic - readiness.since >= config.readyGrace) {
    throw new Violation("who is not ready does not lead", "a term goes on");
  }
}

/** What was read, if an event is the answer to that. */
export function observedIn(event: Event): Observed | undefined {
  return event.type === "answer" && event.outcome.type === "record"
    ? event.outcome.observed
    : undefined;
}

/** The same event, where the record that was read says something else. */
export function readAs(event: Event, change: (observed: Observed) => LeaderElectionRecord): Event {
  if (event.type !== "answer" || event.outcome.type !== "record") return event;
  const { observed } = event.outcome;
  const seen = { ...observed, record: change(observed) };
  return { ...event, outcome: { ...event.outcome, observed: seen } };
}
