/**
 * Ways to prefer a leader that look right, and are not. None of them lets two candidates lead, so that only checks of their
 * own find them.
 *
 * @module
 */

import type { Effect, Event } from "../../../elector/machine/events.ts";
import type { State } from "../../../elector/machine/state.ts";
import type { LeaderElectionRecord } from "../../../lock/mod.ts";
import { type Design, SHIPPED } from "./design.ts";

/** Each version is a sign of life. */
export const REQUEST_RESTARTS_WAIT: Design = {
  ...SHIPPED,
  name: "a request restarts the wait",
  step(config, before, event, now) {
    const result = SHIPPED.step(config, before, event, now);
    const { observed } = result.state;
    if (!observed || observed.version === before.observed?.version) return result;
    return {
      ...result,
      state: { ...result.state, observed: { ...observed, at: now.monotonic } },
    };
  },
};

/** Only what this very lock object wrote is its own. */
export const REQUEST_IS_LOSS: Design = {
  ...SHIPPED,
  name: "a request is a loss",
  step(config, before, event, now) {
    return SHIPPED.step(config, before, withForeignRequests(event), now);
  },
};

/** The last write that was sent is taken for the one in effect: a stale request proves something about it. */
export const REQUEST_IS_OUTCOME: Design = {
  ...SHIPPED,
  name: "a request clears an unclear write",
  step(config, before, event, now) {
    const result = SHIPPED.step(config, before, event, now);
    const isRequest = event.type === "answer" && recordIn(event)?.requestedBy !== undefined;
    if (!isRequest || !result.state.lease) return result;
    return { ...result, state: { ...result.state, unclear: undefined } };
  },
};

/** What is found in a record is written again, whoever claims. */
export const NAME_SURVIVES: Design = {
  ...SHIPPED,
  name: "the name survives into the next term",
  step(config, before, event, now) {
    const result = SHIPPED.step(config, before, event, now);
    const name = before.observed?.preferredHolder ?? "";
    const carry = (effect: Effect): Effect =>
      effect.type === "call" && effect.record && effect.call.purpose === "claim"
        ? { ...effect, record: { ...effect.record, preferredHolder: name } }
        : effect;
    return { ...result, effects: result.effects.map(carry) };
  },
};

/** A holder does not look at names. */
export const REQUEST_IS_IGNORED: Design = {
  ...SHIPPED,
  name: "who is asked leads on",
  step(config, before, event, now) {
    const result = SHIPPED.step(config, before, event, now);
    const { lease } = result.state;
    const effects = result.effects.filter((effect) => effect.type !== "endTerm");
    if (effects.length === result.effects.length || !lease || lease.reason !== "handover") {
      return result;
    }
    const open: State = { ...result.state, lease: { ...lease, open: true, reason: undefined } };
    return { ...result, state: open, effects };
  },
};

/** A handover is a release like any other. */
export const NO_TURNS: Design = {
  ...SHIPPED,
  name: "ranks and names cost nothing",
  step(config, before, event, now) {
    return SHIPPED.step({ ...config, rank: -1 }, before, event, now);
  },
};

/** A workload that is not ready is asked once, at the start. */
export const ALWAYS_READY: Design = {
  ...SHIPPED,
  name: "a candidate that is not ready claims",
  step(config, before, event, now) {
    return SHIPPED.step(config, before, event, { ...now, isReady: true });
  },
};

/** A better rank asks as soon as it sees a worse one. */
export const FAILBACK_AT_ONCE: Design = {
  ...SHIPPED,
  name: "failback without its period",
  step(config, before, event, now) {
    const failback = config.failback < Infinity ? 0 : Infinity;
    return SHIPPED.step({ ...config, failback }, before, event, now);
  },
};

function recordIn(event: Event): LeaderElectionRecord | undefined {
  return event.type === "answer" && event.outcome.type === "record"
    ? event.outcome.observed.record
    : undefined;
}

function withForeignRequests(event: Event): Event {
  if (event.type !== "answer" || event.outcome.type !== "record") return event;
  const { observed } = event.outcome;
  const { requestedBy } = observed.record;
  if (requestedBy === undefined) return event;
  // As an elector sees it that compares who wrote last.
  const record = { ...observed.record, session: requestedBy };
  return { ...event, outcome: { ...event.outcome, observed: { ...observed, record } } };
}
