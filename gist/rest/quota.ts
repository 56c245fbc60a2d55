import type { Instant, Quota } from "../../lock/mod.ts";
import { readDate, readSeconds } from "../../store/kit.ts";

/** The longest time until a reset to accept, in milliseconds: one day. */
const LONGEST_RESET = 86_400_000;

/**
 * Reads the quota of the REST API, named `core`, from the headers of a response; `undefined` if there is none.
 *
 * The reset is compared with the `date` of the response; our wall clock is used only if there is none.
 *
 * @param now Both clocks when the response came.
 */
export function readQuota(
  headers: { get(name: string): string | null },
  now: Instant,
): Quota | undefined {
  if ((headers.get("x-ratelimit-resource") ?? "core").trim() !== "core") return undefined;
  const remaining = readSeconds(headers.get("x-ratelimit-remaining"));
  const reset = readSeconds(headers.get("x-ratelimit-reset"));
  if (remaining === undefined || reset === undefined) return undefined;
  const wait = reset * 1_000 - (readDate(headers.get("date")) ?? now.wall);
  return { remaining, resetAt: now.monotonic + Math.min(LONGEST_RESET, Math.max(0, wait)) };
}
