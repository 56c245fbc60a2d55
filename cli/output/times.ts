import type { Leadership } from "./leadership.ts";

/** A leadership with its instants as programs read them. */
export function isoTimes(leadership: Leadership): Record<string, unknown> {
  const { since, renewed, expires } = leadership;
  return { ...leadership, since: iso(since), renewed: iso(renewed), expires: iso(expires) };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

/** The time of day on this machine, such as `14:03:09`. */
export function timeOfDay(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}
