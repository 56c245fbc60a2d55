/**
 * Ways to prefer a leader that look right, and are not. None of them lets two candidates lead, so that only checks of their
 * own find them.
 *
 * @module
 */

import type { Effect } from "../../../elector/machine/events.ts";
import { withInput, withResult } from "./design.ts";
import { observedIn, readAs } from "./preference.ts";

/** Each version is a sign of life. */
export const REQUEST_RESTARTS_WAIT = withResult(
  "a request restarts the wait",
  (result, { before, now }) => {
    const { state: { observed } } = result;
    if (!observed || observed.version === before.observed?.version) return result;
    const seen = { ...observed, at: now.monotonic };
    return { ...result, state: { ...result.state, observed: seen } };
  },
);

/** Only what this very lock object wrote is its own: as an elector sees it that compares who wrote last. */
export const REQUEST_IS_LOSS = withInput("a request is a loss", ({ event }) => ({
  event: readAs(
    event,
    ({ record }) =>
      record.requestedBy === undefined ? record : { ...record, session: record.requestedBy },
  ),
}));

/** The last write that was sent is taken for the one in effect: a stale request proves something about it. */
export const REQUEST_IS_OUTCOME = withResult(
  "a request clears an unclear write",
  (result, { event }) => {
    const isRequest = observedIn(event)?.record.requestedBy !== undefined;
    if (!isRequest || !result.state.lease) return result;
    return { ...result, state: { ...result.state, unclear: undefined } };
  },
);

/** What is found in a record is written again, whichever candidate claims. */
export const NAME_SURVIVES = withResult(
  "the name survives into the next term",
  (result, { before }) => {
    const name = before.observed?.preferredHolder ?? "";
    const carry = (effect: Effect): Effect =>
      effect.type === "call" && effect.record && effect.call.purpose === "claim"
        ? { ...effect, record: { ...effect.record, preferredHolder: name } }
        : effect;
    return { ...result, effects: result.effects.map(carry) };
  },
);

/** A holder does not look at names. */
export const REQUEST_IS_IGNORED = withResult("who is asked leads on", (result) => {
  const { state, effects } = result;
  const others = effects.filter((effect) => effect.type !== "endTerm");
  const { lease } = state;
  if (others.length === effects.length || lease?.reason !== "handover") return result;
  const open = { ...state, lease: { ...lease, open: true, reason: undefined } };
  return { ...result, state: open, effects: others };
});

/** A handover is a release like any other. */
export const NO_TURNS = withInput("ranks and names cost nothing", ({ config }) => ({
  config: { ...config, rank: -1 },
}));

/** A workload that is not ready is asked once, at the start. */
export const ALWAYS_READY = withInput("a candidate that is not ready claims", ({ now }) => ({
  now: { ...now, isReady: true },
}));

/** A better rank asks as soon as it sees a worse one. */
export const FAILBACK_AT_ONCE = withInput("failback without its period", ({ config }) => ({
  config: { ...config, failback: config.failback < Infinity ? 0 : Infinity },
}));
