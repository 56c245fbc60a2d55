import { TermEndedError } from "../errors.ts";
import type { EndReason } from "../machine/events.ts";

/** The reasons after which the campaign continues: an error that the work throws later must not end it. */
const CAMPAIGN_GOES_ON: ReadonlySet<EndReason> = new Set([
  "expired",
  "lost",
  "resigned",
  "handover",
  "unready",
]);

/**
 * How an error is handled that a term's work throws after the term has ended: one that only reports that end is
 * dropped, and another ends the campaign only if the end of the term does.
 *
 * @param reason The reason of the term's signal.
 */
export function fateOf(error: unknown, reason: unknown): "dropped" | "reported" | "fatal" {
  if (isObedient(error, reason)) return "dropped";
  const goesOn = reason instanceof TermEndedError && CAMPAIGN_GOES_ON.has(reason.reason);
  return goesOn ? "reported" : "fatal";
}

/**
 * Whether work ended because its signal aborted: its error is the signal's reason or an AbortError, or has one of them
 * anywhere in its `cause` or `errors`.
 */
function isObedient(error: unknown, reason: unknown): boolean {
  const seen = new Set<unknown>();
  const queue = [error];
  for (const next of queue) {
    if (next === reason) return true;
    if (!(next instanceof Error) || seen.has(next)) continue;
    if (next.name === "AbortError") return true;
    seen.add(next);
    queue.push(next.cause);
    if ("errors" in next && Array.isArray(next.errors)) queue.push(...next.errors);
  }
  return false;
}
