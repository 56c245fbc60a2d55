/**
 * Ways to elect a leader that look right, and are not: most are in wide use. Each is the shipped one with one change, so
 * that what a check finds is that change.
 *
 * @module
 */

import { leaseDuration } from "../../../elector/machine/lease.ts";
import type { Effect } from "../../../elector/machine/events.ts";
import { mayBe, recordOf, successorOf } from "./answers.ts";
import { type Design, SHIPPED } from "./design.ts";
import { isWrite, type WriteRequest } from "./store.ts";

/** client-go: the deadline is counted from the answer to a write, while others count from the write. */
export const DEADLINE_FROM_ANSWER: Design = {
  ...SHIPPED,
  name: "deadline from the answer",
  step(config, before, event, now) {
    const result = SHIPPED.step(config, before, event, now);
    const sentAt = { monotonic: now.monotonic, wall: now.wall };
    const isCounted = ({ type }: Effect) => type === "startTerm" || type === "extendTerm";
    const { lease } = result.state;
    if (!lease || !result.effects.some(isCounted)) return result;
    const effects = result.effects.map((effect) =>
      effect.type === "startTerm" || effect.type === "extendTerm" ? { ...effect, sentAt } : effect
    );
    return { ...result, effects, state: { ...result.state, lease: { ...lease, sentAt } } };
  },
};

/** client-go: on a stop the lock is released at once, while the work may still go on. */
export const RELEASE_BEFORE_SETTLED: Design = {
  ...SHIPPED,
  name: "release before the work has settled",
  step(config, before, event, now) {
    const result = SHIPPED.step(config, before, event, now);
    if (event.type !== "stop" || !result.state.working) return result;
    const released = SHIPPED.step(config, result.state, { type: "settled" }, now);
    return { ...released, effects: [...result.effects, ...released.effects] };
  },
};

/** client-go: a release that finds another record writes over that, too. */
export const RELEASE_OVER_SUCCESSOR: Design = {
  ...SHIPPED,
  name: "release over a successor",
  applyWrite(protocol, head, write, at) {
    const sent = write.purpose === "release" ? { ...write, base: head } : write;
    return SHIPPED.applyWrite(protocol, head, sent, at);
  },
};

/** Many locks over a store of plain files: whoever's write is answered with success has won. */
export const SUCCESS_MEANS_WON: Design = {
  ...SHIPPED,
  name: "200 means I won",
  answerToWrite(protocol, shown, write) {
    const { head } = shown;
    if (!isWrite(head, write)) return SHIPPED.answerToWrite(protocol, shown, write);
    return recordOf(head, head, true, write.session);
  },
};

/** Many locks with an expiry date: a lease has expired when the time in its record says so. */
export const TRUST_RENEW_TIME: Design = {
  ...SHIPPED,
  name: "trust renewTime",
  step(config, before, event, now) {
    const seen = event.type === "answer" && event.outcome.type === "record"
      ? event.outcome.observed
      : undefined;
    const renewTime = seen?.record.renewTime ?? Infinity;
    const { observed } = before;
    if (!seen || !observed || observed.version !== seen.version) {
      return SHIPPED.step(config, before, event, now);
    }
    const isExpired = now.wall - renewTime >= leaseDuration(seen.record);
    const at = isExpired ? -Infinity : now.monotonic;
    return SHIPPED.step(config, { ...before, observed: { ...observed, at } }, event, now);
  },
};

/** A campaign is ready to act as soon as it is made: what happens to it before it is run has effects. */
export const ACTS_BEFORE_START: Design = {
  ...SHIPPED,
  name: "a campaign that was never run leads",
  step(config, before, event, now) {
    if (before.started || event.type === "start") return SHIPPED.step(config, before, event, now);
    const result = SHIPPED.step(config, { ...before, started: true }, event, now);
    return { ...result, state: { ...result.state, started: false } };
  },
};

/** A text belongs to the newest revision that is shown beside it, if it names that one's predecessor as its base. */
export const HEARSAY_OF_RIVALS: Design = {
  ...SHIPPED,
  name: "hearsay of rivals: a read is believed by its base",
  answerToRead(protocol, shown, reader, proof) {
    const { text, head } = shown;
    const isBelieved = protocol === "rest" && mayBe(text, head) && text.file.kind === "record" &&
      text.file.session !== reader.session;
    return isBelieved
      ? recordOf(text, head, true, reader.session)
      : SHIPPED.answerToRead(protocol, shown, reader, proof);
  },
};

/** The same of the answer to a claim. */
export const HEARSAY_OF_OWN_CLAIMS: Design = {
  ...SHIPPED,
  name: "hearsay of own claims: an answer is believed by its base",
  answerToWrite: believe(["create", "claim"]),
};

/** The same of the answer to a renewal: within a live lease there seems to be no rival. */
export const HEARSAY_OF_RENEWALS: Design = {
  ...SHIPPED,
  name: "hearsay of renewals: a live lease has no rivals",
  answerToWrite: believe(["renew"]),
};

function believe(purposes: readonly WriteRequest["purpose"][]): Design["answerToWrite"] {
  return (protocol, shown, write) => {
    const { text, head } = shown;
    const isBelieved = protocol === "rest" && purposes.includes(write.purpose) &&
      successorOf(write.base, head) === head && isWrite(text, write);
    return isBelieved
      ? recordOf(text, head, true, write.session)
      : SHIPPED.answerToWrite(protocol, shown, write);
  };
}

/** All of them. */
export const BAD_DESIGNS: readonly Design[] = [
  DEADLINE_FROM_ANSWER,
  RELEASE_BEFORE_SETTLED,
  RELEASE_OVER_SUCCESSOR,
  SUCCESS_MEANS_WON,
  TRUST_RENEW_TIME,
  ACTS_BEFORE_START,
  HEARSAY_OF_RIVALS,
  HEARSAY_OF_OWN_CLAIMS,
  HEARSAY_OF_RENEWALS,
];
