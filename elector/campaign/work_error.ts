import { TermEndedError } from "../errors.ts";
import type { EndReason } from "../machine/events.ts";

/**
 * The reasons after which the campaign ends, too. The caller caused them, so that no error reports them. After any other the
 * campaign continues: an error that the work throws later must not end it.
 */
export const ENDS_CAMPAIGN: ReadonlySet<EndReason> = new Set(["stopped", "finished", "failed"]);

/**
 * How an error is handled that a term's work throws after the term has ended: one that only reports that end is
 * dropped, and another ends the campaign only if the end of the term does.
 *
 * @param reason The reason of the term's signal.
 */
export function fateOf(error: unknown, reason: unknown): "dropped" | "reported" | "fatal" {
  if (isObedient(error, reason)) return "dropped";
  const goesOn = reason instanceof TermEndedError && !ENDS_CAMPAIGN.has(reason.reason);
  return goesOn ? "reported" : "fatal";
}

/**
 * Whether work ended because its signal aborted: its error is the signal's reason or an AbortError, or has one of them
 * anywhere in its `cause`, `errors`, `error` or `suppressed`.
 */
function isObedient(error: unknown, reason: unknown): boolean {
  const seen = new Set<unknown>();
  const queue = [error];
  for (const next of queue) {
    if (next === reason) return true;
    if (!(next instanceof Error) || seen.has(next)) continue;
    if (next.name === "AbortError") return true;
    seen.add(next);
    // The last two are a SuppressedError's: a clean-up has failed, too.
    const { cause, errors, error: raised, suppressed } = Object(next);
    queue.push(cause, raised, suppressed, ...(Array.isArray(errors) ? errors : []));
  }
  return false;
}
