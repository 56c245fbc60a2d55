import { json, refuse, RefusedRequest, retryAfter, text } from "../rest/respond.ts";
import { invalid } from "../rest/edit.ts";
import { type AppliedOptions, giantAnswer as giant } from "../../../store/server/mod.ts";
import type { Fault } from "./fault.ts";
import { exceeded, SECONDARY_LIMIT_MESSAGE } from "../limits/limits.ts";

/** An error of the REST API, such as 404 "Not Found". */
export function refused(status: number, message: string, options?: AppliedOptions): Fault {
  return instead(() => refuse(new RefusedRequest(status, message)), options);
}

/** Status 409, as for overlapping writes. */
export function conflict(options?: AppliedOptions): Fault {
  return refused(409, "Gist cannot be updated.", options);
}

/** Status 422, as for invalid writes, and some valid ones. */
export function validationFailed(options?: AppliedOptions): Fault {
  return instead(() => refuse(invalid("files", "invalid")), options);
}

/** An internal server error: a web page, not JSON. */
export function serverError(status = 502, options?: AppliedOptions): Fault {
  return instead(() => htmlPage(status), options);
}

/** A web page instead of the response, as from a login page or a proxy. */
export function htmlAnswer(status = 200): Fault {
  return instead(() => htmlPage(status));
}

/** Options of the rate limit faults. */
export interface LimitOptions {
  /**
   * The HTTP status; GitHub sends either.
   *
   * @default {403}
   */
  readonly status?: 403 | 429 | undefined;
  /** The `retry-after` header, in seconds, if one is sent. */
  readonly retryAfter?: number | undefined;
}

/** The primary rate limit is used up until `ms` milliseconds from now. */
export function primaryRateLimit(ms: number, options: LimitOptions = {}): Fault {
  return limited(exceeded("local"), options, (now) => ({
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": String(Math.ceil((now + ms) / 1_000)),
    "x-ratelimit-used": "5000",
    "x-ratelimit-resource": "core",
  }));
}

/** A secondary rate limit; without `retryAfter` it means one minute, as GitHub documents. */
export function secondaryRateLimit(options: LimitOptions = {}): Fault {
  return limited(SECONDARY_LIMIT_MESSAGE, options);
}

/** The response has no `history`. */
export function withoutHistory(): Fault {
  return async (_request, proceed) => {
    const response = await proceed();
    if (!response.headers.get("content-type")?.startsWith("application/json")) return response;
    const { history: _history, ...rest } = await response.json();
    return json(response.status, rest, Object.fromEntries(response.headers));
  };
}

/** A meaningless response of the given length. */
export function giantAnswer(bytes: number): Fault {
  return giant(bytes, { "content-type": "application/json; charset=utf-8" });
}

/** A redirect to another address. */
export function redirect(location: string, status: 301 | 302 | 307 | 308 = 301): Fault {
  const moved = new RefusedRequest(status, "Moved", { url: location }, { location });
  return instead(() => refuse(moved));
}

function instead(answer: () => Response, { applied = false }: AppliedOptions = {}): Fault {
  return async (_request, proceed) => {
    if (applied) await proceed();
    return answer();
  };
}

function limited(
  message: string,
  { status = 403, retryAfter: seconds }: LimitOptions,
  headersAt: (now: number) => Record<string, string> = () => ({}),
): Fault {
  return (_request, _proceed, clock) => {
    const now = clock.wall();
    const headers = {
      ...retryAfter(seconds),
      date: new Date(now).toUTCString(),
      ...headersAt(now),
    };
    return Promise.resolve(refuse(new RefusedRequest(status, message, {}, headers)));
  };
}

function htmlPage(status: number): Response {
  const page = "<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head></html>\n";
  return text(status, page, { "content-type": "text/html; charset=utf-8" });
}
