import type { Quota } from "../../lock/mod.ts";
import { readDate, readSeconds } from "../../store/kit.ts";

/** The longest time to a reset that is believed, in milliseconds: one day. */
const LONGEST_RESET = 86_400_000;

/** Both clocks, read when the response came. */
export interface QuotaReading {
  /** Monotonic, in milliseconds. */
  readonly monotonic: number;
  /** Wall clock, in milliseconds since the Unix epoch. */
  readonly wall: number;
}

/**
 * Reads what a response says of the REST API's quota, which is called `core`; `undefined` if it says nothing.
 *
 * The reset is compared with the response's own `date`, so that our wall clock counts only if there is none.
 */
export function readQuota(
  headers: { get(name: string): string | null },
  now: QuotaReading,
): Quota | undefined {
  if ((headers.get("x-ratelimit-resource") ?? "core").trim() !== "core") return undefined;
  const remaining = readSeconds(headers.get("x-ratelimit-remaining"));
  const reset = readSeconds(headers.get("x-ratelimit-reset"));
  if (remaining === undefined || reset === undefined) return undefined;
  const wait = reset * 1_000 - (readDate(headers.get("date")) ?? now.wall);
  return { remaining, resetAt: now.monotonic + Math.min(LONGEST_RESET, Math.max(0, wait)) };
}
