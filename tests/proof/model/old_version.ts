import type { Effect, Event } from "../../../elector/machine/events.ts";
import type { step } from "../../../elector/machine/step.ts";

/**
 * A candidate of version 0.1, by what others can tell: it writes no rank and reads no name, takes each new version for a sign of
 * life, and whatever it did not write itself for another candidate's.
 */
export function oldVersion(shipped: typeof step): typeof step {
  return (config, before, event, now) => {
    if (event.type === "handover") return shipped(config, before, { type: "tick" }, now);
    const result = shipped(config, before, readAsOld(event), { ...now, isReady: true });
    return { ...result, effects: result.effects.map(writeAsOld) };
  };
}

function readAsOld(event: Event): Event {
  if (event.type !== "answer" || event.outcome.type !== "record") return event;
  const { observed } = event.outcome;
  const { rank: _, requestedOn: __, requestedBy, sequence, session, ...record } = observed.record;
  const seen = {
    ...record,
    preferredHolder: "",
    // The sequence serves to find its own writes only.
    ...(observed.own && requestedBy === undefined
      ? { ...(sequence !== undefined && { sequence }), ...(session !== undefined && { session }) }
      : { ...(session !== undefined && { session: `not mine: ${session}` }) }),
  };
  return { ...event, outcome: { type: "record", observed: { ...observed, record: seen } } };
}

function writeAsOld(effect: Effect): Effect {
  if (effect.type !== "call" || !effect.record) return effect;
  const { rank: _, ...record } = effect.record;
  return { ...effect, record };
}
