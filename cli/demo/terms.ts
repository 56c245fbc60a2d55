import type { failoverBounds } from "../../elector/mod.ts";
import type { DemoEvent } from "./events.ts";

/** One term, as its leader recorded it. Times are wall-clock readings in milliseconds. */
export interface DemoTerm {
  readonly region: string;
  readonly token: number;
  readonly since: number;
  /**
   * When it ended; the last deadline that its leader recorded, if it was killed and could not record an end. That is a
   * strict measure: a dead leader does no harm until then. `Infinity` while it lasts.
   */
  readonly until: number;
  /** From when there was no leader: the end, or the moment of the kill. */
  readonly vacantAt: number;
  /** Why it ended: an `EndReason`, or `"killed"`; `undefined` while it lasts. */
  readonly end: string | undefined;
}

/** How long it took until there was a leader again. */
export interface Failover {
  readonly from: string;
  readonly to: string;
  readonly cause: string;
  /** From the end of one leadership to the start of the next, in milliseconds. */
  readonly took: number;
  /** The longest that it may take, in milliseconds. */
  readonly bound: number;
}

/** How long failovers may take, in milliseconds. */
export type Bounds = ReturnType<typeof failoverBounds>;

/** The terms in the order in which they began. */
export function termsOf(events: readonly DemoEvent[]): DemoTerm[] {
  const terms: DemoTerm[] = [];
  events.forEach((event, i) => {
    if (event.type !== "leads") return;
    terms.push(termOf(event, events.slice(i + 1).filter(({ region }) => region === event.region)));
  });
  return terms.sort((a, b) => a.since - b.since);
}

function termOf(
  start: Extract<DemoEvent, { type: "leads" | "renewed" }>,
  later: readonly DemoEvent[],
): DemoTerm {
  const { region, token, at: since } = start;
  const term = { region, token, since, until: Infinity, vacantAt: Infinity, end: undefined };
  let deadline = start.validUntil;
  let killedAt: number | undefined;
  for (const event of later) {
    if (event.type === "renewed" && event.token === token) deadline = event.validUntil;
    if (event.type === "signalled" && event.signal === "SIGKILL") killedAt ??= event.at;
    if (event.type === "ended" && event.token === token) {
      // A blocked event loop records the end late; the term ended at its deadline.
      const until = Math.min(event.at, event.validUntil);
      return { ...term, until, vacantAt: until, end: event.reason };
    }
    if (event.type === "exited") {
      const vacantAt = killedAt ?? event.at;
      return { ...term, until: deadline, vacantAt, end: killedAt ? "killed" : "crashed" };
    }
  }
  return term;
}

/** For how long two terms were valid at once, over all pairs of terms, in milliseconds. */
export function overlapOf(terms: readonly DemoTerm[]): number {
  let overlap = 0;
  terms.forEach((a, i) => {
    for (const b of terms.slice(i + 1)) {
      overlap += Math.max(0, Math.min(a.until, b.until) - Math.max(a.since, b.since));
    }
  });
  return overlap;
}

export function failoversOf(terms: readonly DemoTerm[], bounds: Bounds): Failover[] {
  return terms.slice(1).map((next, i) => {
    const before = terms[i] ?? next;
    const cause = before.end ?? "unknown";
    return {
      from: before.region,
      to: next.region,
      cause,
      took: next.since - before.vacantAt,
      bound: cause === "stopped" || cause === "handover" ? bounds.release : bounds.crash,
    };
  });
}

/** A sentence for each guarantee that the terms break. */
export function brokenGuarantees(terms: readonly DemoTerm[], bounds: Bounds): string[] {
  const broken: string[] = [];
  const overlap = overlapOf(terms);
  if (overlap > 0) broken.push(`Two terms were valid at once, for ${Math.ceil(overlap)} ms`);
  terms.slice(1).forEach(({ region, token }, i) => {
    const before = terms[i]?.token ?? -1;
    if (token <= before) {
      broken.push(`The fencing token did not rise: ${region} has ${token} after ${before}`);
    }
  });
  for (const { from, to, took, bound } of failoversOf(terms, bounds)) {
    if (took > bound) {
      broken.push(
        `The failover from ${from} to ${to} took ${Math.ceil(took)} ms, more than ${bound} ms`,
      );
    }
  }
  if (terms.length === 0) broken.push("No candidate ever led");
  return broken;
}
