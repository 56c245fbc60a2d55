/**
 * Ways to elect a leader that look right, and are not: most are in wide use. Each is the shipped one with one change, so
 * that what a check finds is that change.
 *
 * @module
 */

import { leaseDuration } from "../../elector/lease.ts";
import type { Effect } from "../../elector/state.ts";
import { type Design, SHIPPED } from "./design.ts";
import { isWrite } from "./store.ts";

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
  answerToWrite(head, write) {
    if (!isWrite(head, write)) return SHIPPED.answerToWrite(head, write);
    const observed = { record: write.record, version: head.version, own: true };
    return { type: "record", observed };
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

/** All of them. */
export const BAD_DESIGNS: readonly Design[] = [
  DEADLINE_FROM_ANSWER,
  RELEASE_BEFORE_SETTLED,
  RELEASE_OVER_SUCCESSOR,
  SUCCESS_MEANS_WON,
  TRUST_RENEW_TIME,
];
