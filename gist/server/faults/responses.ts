import { json, refuse, RefusedRequest, text } from "../rest/respond.ts";
import { invalid } from "../rest/edit.ts";
import type { AppliedOptions, Fault } from "./fault.ts";
import { exceeded, SECONDARY_LIMIT_MESSAGE } from "../limits/limits.ts";

/** An error of the REST API, such as 404 "Not Found". */
export function refused(
  status: number,
  message: string,
  { applied = false }: AppliedOptions = {},
): Fault {
  return async (_request, proceed) => {
    if (applied) await proceed();
    return refuse(new RefusedRequest(status, message));
  };
}

/** 409, as overlapping writes get it. */
export function conflict(options?: AppliedOptions): Fault {
  return refused(409, "Gist cannot be updated.", options);
}

/** 422, as writes get it that GitHub finds no sense in, and some that it does. */
export function validationFailed({ applied = false }: AppliedOptions = {}): Fault {
  return async (_request, proceed) => {
    if (applied) await proceed();
    return refuse(invalid("files", "invalid"));
  };
}

/** An error of the server itself: a page, not JSON. */
export function serverError(status = 502, { applied = false }: AppliedOptions = {}): Fault {
  return async (_request, proceed) => {
    if (applied) await proceed();
    return htmlPage(status);
  };
}

/** A page instead of what was asked for, as sign-in walls and proxies send it. */
export function htmlAnswer(status = 200): Fault {
  return () => Promise.resolve(htmlPage(status));
}

/** What a refusal over a rate limit says. */
export interface LimitOptions {
  /**
   * 403 or 429; GitHub sends either.
   *
   * @default {403}
   */
  readonly status?: 403 | 429 | undefined;
  /** The `retry-after` header, in seconds; none where it is left out. */
  readonly retryAfter?: number | undefined;
}

/** The primary rate limit is used up until `ms` milliseconds from now. */
export function primaryRateLimit(
  ms: number,
  { status = 403, retryAfter }: LimitOptions = {},
): Fault {
  return (_request, _proceed, clock) =>
    Promise.resolve(refuse(
      new RefusedRequest(status, exceeded("local"), {}, {
        ...retryAfterHeader(retryAfter),
        date: new Date(clock.wall()).toUTCString(),
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Math.ceil((clock.wall() + ms) / 1_000)),
        "x-ratelimit-used": "5000",
        "x-ratelimit-resource": "core",
      }),
    ));
}

/** A secondary rate limit; without `retryAfter` the caller has to know that it means a minute. */
export function secondaryRateLimit({ status = 403, retryAfter }: LimitOptions = {}): Fault {
  return (_request, _proceed, clock) =>
    Promise.resolve(refuse(
      new RefusedRequest(status, SECONDARY_LIMIT_MESSAGE, {}, {
        ...retryAfterHeader(retryAfter),
        date: new Date(clock.wall()).toUTCString(),
      }),
    ));
}

/** The server acts on the request, and leaves `history` out of its answer. */
export function withoutHistory(): Fault {
  return async (_request, proceed) => {
    const response = await proceed();
    if (!response.headers.get("content-type")?.startsWith("application/json")) return response;
    const { history: _history, ...rest } = await response.json();
    return json(response.status, rest, Object.fromEntries(response.headers));
  };
}

/** An answer of so many bytes, none of which mean anything. */
export function giantAnswer(bytes: number): Fault {
  return () => {
    let left = bytes;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left <= 0) return controller.close();
        const chunk = new Uint8Array(Math.min(left, 65_536)).fill(0x20);
        left -= chunk.length;
        controller.enqueue(chunk);
      },
    });
    return Promise.resolve(
      new Response(body, { headers: { "content-type": "application/json; charset=utf-8" } }),
    );
  };
}

/** The gist is said to be somewhere else. */
export function redirect(location: string, status: 301 | 302 | 307 | 308 = 301): Fault {
  const moved = new RefusedRequest(status, "Moved", { url: location }, { location });
  return () => Promise.resolve(refuse(moved));
}

function htmlPage(status: number): Response {
  const page = "<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head></html>\n";
  return text(status, page, { "content-type": "text/html; charset=utf-8" });
}

function retryAfterHeader(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { "retry-after": String(seconds) };
}
