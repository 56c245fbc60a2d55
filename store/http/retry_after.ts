/** What a refusal says about limits. */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number;
  /** Looks a header up. */
  readonly headers: { get(name: string): string | null };
  /** The text of the answer's body, or its message. */
  readonly message: string;
}

/** A wait that is not worth taking at its word, in milliseconds: one day. */
const LONGEST_WAIT = 86_400_000;
/** So that a reset in the past, or "0", does not become a loop without a pause, in milliseconds. */
const SHORTEST_WAIT = 1_000;
/** What GitHub asks for where a secondary limit names no time, in milliseconds. */
const UNNAMED_WAIT = 60_000;

/** What GitHub has said in 403s that are limits, by REST (also by a link to its documentation) and by git. */
const LIMIT_TEXTS: readonly RegExp[] = [
  /rate[ _-]?limit|secondary limit/i,
  /abuse detection/i,
  /too (?:quickly|many requests)/i,
  /temporarily blocked/i,
  /"documentation_url"\s*:\s*"[^"]*abuse/i,
];

/**
 * How long an answer asks us to wait before the next request, in milliseconds; `undefined` where it is about something
 * else.
 *
 * The order is GitHub's own: `retry-after` where there is one; else, where the primary limit is used up, until
 * `x-ratelimit-reset`; else a minute. An instant is compared with the answer's own `date`, so that our wall clock counts
 * only where there is none.
 *
 * @param refusal The answer.
 * @param wall Our wall clock when the answer came, in milliseconds since the epoch.
 */
export function rateLimitWait(refusal: Refusal, wall: number): number | undefined {
  if (!isRateLimit(refusal)) return undefined;
  const { headers } = refusal;
  const now = readDate(headers.get("date")) ?? wall;
  return bounded(
    readRetryAfter(headers.get("retry-after"), now) ??
      (isExhausted(refusal) ? readReset(headers.get("x-ratelimit-reset"), now) : undefined) ??
      UNNAMED_WAIT,
  );
}

/**
 * How long a server that is unavailable asks us to wait before the next request, in milliseconds; `undefined` if it does
 * not. Unlike a limit, such an answer does not say that the request had no effect.
 *
 * @param refusal The answer.
 * @param wall Our wall clock when the answer came, in milliseconds since the epoch.
 */
export function unavailableWait({ status, headers }: Refusal, wall: number): number | undefined {
  if (status < 500) return undefined;
  const now = readDate(headers.get("date")) ?? wall;
  return bounded(readRetryAfter(headers.get("retry-after"), now));
}

function bounded(wait: number | undefined): number | undefined {
  return wait === undefined ? undefined : Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, wait));
}

function isRateLimit(refusal: Refusal): boolean {
  if (refusal.status === 429) return true;
  return refusal.status === 403 &&
    (refusal.headers.get("retry-after") !== null || isExhausted(refusal) ||
      LIMIT_TEXTS.some((text) => text.test(refusal.message)));
}

function isExhausted(refusal: Refusal): boolean {
  return refusal.headers.get("x-ratelimit-remaining")?.trim() === "0";
}

function readRetryAfter(value: string | null, now: number): number | undefined {
  const seconds = readSeconds(value);
  if (seconds !== undefined) return seconds * 1_000;
  const date = readDate(value);
  return date === undefined ? undefined : date - now;
}

function readReset(value: string | null, now: number): number | undefined {
  const seconds = readSeconds(value);
  return seconds === undefined ? undefined : seconds * 1_000 - now;
}

/** Reads a whole number that is not negative. */
export function readSeconds(value: string | null): number | undefined {
  return value !== null && /^\s*\d+\s*$/.test(value) ? Number(value) : undefined;
}

/** Reads an HTTP date, which ends in GMT: anything looser would let `Date` guess. */
export function readDate(value: string | null): number | undefined {
  const date = value !== null && /GMT\s*$/.test(value) ? Date.parse(value) : NaN;
  return Number.isFinite(date) ? date : undefined;
}
