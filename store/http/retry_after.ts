/** The parts of an error response that say for how long to wait. */
export interface Refusal {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The text of the body, or its message. */
  readonly message: string;
}

/** The longest wait to accept, in milliseconds: one day. */
const LONGEST_WAIT = 86_400_000;
/** The shortest wait, in milliseconds: a reset in the past, or "0", must not cause a loop without a pause. */
const SHORTEST_WAIT = 1_000;
/** The wait that GitHub documents for a secondary limit without a time, in milliseconds. */
const UNNAMED_WAIT = 60_000;

/** Texts in GitHub's rate limit responses with status 403: by REST (or a link to its documentation) and by git. */
const LIMIT_TEXTS: readonly RegExp[] = [
  /rate[ _-]?limit|secondary limit/i,
  /abuse detection/i,
  /too (?:quickly|many requests)/i,
  /temporarily blocked/i,
  /"documentation_url"\s*:\s*"[^"]*abuse/i,
];

/**
 * Returns how long a rate limit response asks us to wait before the next request, in milliseconds; `undefined` for any
 * other response.
 *
 * The order is GitHub's: `retry-after`; else `x-ratelimit-reset` if the primary limit is used up; else one minute. Instants
 * are compared with the response's `date`; our wall clock is used only if there is none.
 *
 * @param wall Our wall clock when the response came, in milliseconds since the epoch.
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
 * Returns how long an unavailable server asks us to wait before the next request, in milliseconds; `undefined` if it does
 * not. Unlike a rate limit, such a response does not mean that the request had no effect.
 *
 * @param wall Our wall clock when the response came, in milliseconds since the epoch.
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

/** Parses a non-negative integer. */
export function readSeconds(value: string | null): number | undefined {
  return value !== null && /^\s*\d+\s*$/.test(value) ? Number(value) : undefined;
}

/** Parses an HTTP date. It must end in GMT, as `Date.parse` guesses otherwise. */
export function readDate(value: string | null): number | undefined {
  const date = value !== null && /GMT\s*$/.test(value) ? Date.parse(value) : NaN;
  return Number.isFinite(date) ? date : undefined;
}
