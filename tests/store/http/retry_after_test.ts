import assert from "node:assert/strict";
import { rateLimitWait, unavailableWait } from "../../../store/http/retry_after.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const date = (ms: number) => new Date(ms).toUTCString();
const epoch = (ms: number) => String(ms / 1_000);
const used = (reset: number | string) => ({
  "x-ratelimit-remaining": "0",
  "x-ratelimit-reset": typeof reset === "string" ? reset : epoch(reset),
});
const SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes.";
const DAY = 86_400_000;

/** A response, and for how long it is to be waited. */
type Wait = [
  what: string,
  status: number,
  headers: Record<string, string>,
  wait: number | undefined,
  message?: string,
];

const WAITS: readonly Wait[] = [
  ["a success", 200, used(NOW + 9_000), undefined],
  ["a refusal about something else", 403, {}, undefined, "Resource not accessible"],
  ["a refusal with requests left", 403, { "x-ratelimit-remaining": "10" }, undefined],
  ["another status", 503, { "retry-after": "9" }, undefined, SECONDARY],
  ["401 with none left", 401, used(NOW + 9_000), undefined],
  ["the primary limit", 403, used(NOW + 42_000), 42_000, "API rate limit exceeded"],
  ["the primary limit as 429", 429, used(NOW + 42_000), 42_000],
  ["the primary limit by the server's date", 403, {
    ...used(NOW + 42_000),
    date: date(NOW + 40_000),
  }, 2_000],
  ["the primary limit by the server's date, our clock being ahead", 403, {
    ...used(NOW - 58_000),
    date: date(NOW - 100_000),
  }, 42_000],
  ["a reset in the past", 403, used(NOW - 42_000), 1_000],
  ["a reset right now", 403, used(NOW), 1_000],
  ["a reset in a year", 403, used(NOW + 365 * DAY), DAY],
  ["a reset without end", 403, used("9".repeat(400)), DAY],
  ["no reset", 403, { "x-ratelimit-remaining": "0" }, 60_000],
  ["a reset that is none", 403, used("soon"), 60_000],
  ["a negative reset", 403, used("-1"), 60_000],
  ["a secondary limit by its message", 403, {}, 60_000, SECONDARY],
  [
    "a secondary limit with requests left",
    403,
    { "x-ratelimit-remaining": "4000", "x-ratelimit-reset": epoch(NOW + 9_000) },
    60_000,
    SECONDARY,
  ],
  [
    "a limit that was called abuse detection",
    403,
    {},
    60_000,
    '{"message":"You have triggered an abuse detection mechanism. Please wait a few minutes."}',
  ],
  ["a limit that names quickness", 403, {}, 60_000, '{"message":"was submitted too quickly"}'],
  ["a limit on creation", 403, {}, 60_000, "have been temporarily blocked from content creation"],
  [
    "a limit by its documentation",
    403,
    {},
    60_000,
    '{"message":"Forbidden","documentation_url":"https:\\/\\/docs.github.com\\/rest\\/overview\\/rate-limits-for-the-rest-api"}',
  ],
  [
    "a limit by its older documentation",
    403,
    {},
    60_000,
    '{"documentation_url": "https://developer.github.com/v3/#abuse-rate-limits"}',
  ],
  [
    "a limit by the oldest documentation",
    403,
    {},
    60_000,
    '{"documentation_url": "https://developer.github.com/v3/#abuse"}',
  ],
  ["a limit as git says it", 403, {}, 60_000, "remote: You have been rate-limited.\n"],
  ["a limit in words of another kind", 403, {}, 60_000, "Too Many Requests"],
  ["a suspended account", 403, {}, undefined, "Sorry. Your account was suspended for abuse."],
  [
    "a token without the scope",
    403,
    {},
    undefined,
    '{"message":"Resource not accessible","documentation_url":"https://docs.github.com/rest/gists/gists"}',
  ],
  ["a gist named abuse, not found", 404, {}, undefined, "abuse detection, rate limit"],
  ["429 without a word", 429, {}, 60_000],
  ["retry-after in seconds", 403, { "retry-after": "30" }, 30_000],
  ["retry-after as 429", 429, { "retry-after": " 30 " }, 30_000, SECONDARY],
  ["retry-after before a reset", 403, { ...used(NOW + 9_000), "retry-after": "30" }, 30_000],
  ["retry-after 0", 429, { "retry-after": "0" }, 1_000],
  ["retry-after in a year", 429, { "retry-after": "31536000" }, DAY],
  ["retry-after without end", 429, { "retry-after": "9".repeat(400) }, DAY],
  ["a negative retry-after", 429, { "retry-after": "-5" }, 60_000],
  ["a retry-after that is none", 429, { "retry-after": "soon" }, 60_000],
  ["a retry-after that is empty", 403, { "retry-after": "" }, 60_000],
  ["retry-after as a date", 429, { "retry-after": date(NOW + 30_000) }, 30_000],
  ["retry-after as a date, by the server's date", 429, {
    "retry-after": date(NOW + 30_000),
    date: date(NOW + 10_000),
  }, 20_000],
  ["retry-after as a date in the past", 429, { "retry-after": date(NOW - 30_000) }, 1_000],
  ["a date that is none", 403, { ...used(NOW + 42_000), date: "today" }, 42_000],
  ["a date that only looks like one", 403, { ...used(NOW + 42_000), date: "9" }, 42_000],
];

for (const [what, status, headers, wait, message = ""] of WAITS) {
  Deno.test(`rateLimitWait() of ${what} is ${wait}`, () => {
    const refusal = { status, headers: new Headers(headers), message };
    assert.equal(rateLimitWait(refusal, NOW), wait);
  });
}

const UNAVAILABLE: readonly Wait[] = [
  ["503 in seconds", 503, { "retry-after": "30" }, 30_000],
  ["503 as a date", 503, { "retry-after": date(NOW + 30_000) }, 30_000],
  ["503 as a date, by the server's date", 503, {
    "retry-after": date(NOW + 30_000),
    date: date(NOW + 10_000),
  }, 20_000],
  ["503 at once", 503, { "retry-after": "0" }, 1_000],
  ["503 in a year", 503, { "retry-after": "31536000" }, DAY],
  ["502", 502, { "retry-after": "7" }, 7_000],
  ["504", 504, { "retry-after": "7" }, 7_000],
  ["500", 500, { "retry-after": "7" }, 7_000],
  ["503 without a time", 503, {}, undefined],
  ["503 with a time that is none", 503, { "retry-after": "soon" }, undefined],
  ["503 with a reset, which is not about it", 503, used(NOW + 9_000), undefined],
  ["a success", 200, { "retry-after": "7" }, undefined],
  ["404", 404, { "retry-after": "7" }, undefined],
];

for (const [what, status, headers, wait] of UNAVAILABLE) {
  Deno.test(`unavailableWait() of ${what} is ${wait}`, () => {
    const refusal = { status, headers: new Headers(headers), message: "" };
    assert.equal(unavailableWait(refusal, NOW), wait);
  });
}
