import type { Effect } from "../../../elector/machine/events.ts";
import type { step } from "../../../elector/machine/step.ts";
import type { LeaderElectionRecord, Observed } from "../../../lock/mod.ts";
import { readAs } from "./preference.ts";

/**
 * A candidate of version 0.1, by what others can tell: it writes no rank and reads no name, takes each new version for a sign of
 * life, and whatever it did not write itself for another candidate's.
 */
export function oldVersion(shipped: typeof step): typeof step {
  return (config, before, event, now) => {
    if (event.type === "handover") return shipped(config, before, { type: "tick" }, now);
    const result = shipped(config, before, readAs(event, recordAsOld), { ...now, isReady: true });
    return { ...result, effects: result.effects.map(writeAsOld) };
  };
}

/** The sequence serves to find its own writes only. */
function recordAsOld({ record: seen, own }: Observed): LeaderElectionRecord {
  const { rank: _, requestedOn: __, requestedBy, sequence, session, ...record } = seen;
  const isOwn = own && requestedBy === undefined;
  return {
    ...record,
    preferredHolder: "",
    ...(isOwn && sequence !== undefined && { sequence }),
    ...(session !== undefined && { session: isOwn ? session : `not mine: ${session}` }),
  };
}

function writeAsOld(effect: Effect): Effect {
  if (effect.type !== "call" || !effect.record) return effect;
  const { rank: _, ...record } = effect.record;
  return { ...effect, record };
}
