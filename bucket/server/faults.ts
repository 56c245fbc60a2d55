/**
 * Faults of networks and object stores, for {@linkcode BucketServer.inject} and {@linkcode BucketServer.intercept}.
 *
 * @module
 */

import { xmlError } from "./error_responses.ts";
import { type AppliedOptions, type Fault, giantAnswer as giant } from "../../store/server/mod.ts";

export * from "../../store/server/faults/mod.ts";

/** An error of the store, in XML: 500 unless another one is named. */
export function storeError(
  status = 500,
  code = "InternalError",
  { applied = false, headers = {} }: StoreErrorOptions = {},
): Fault {
  return async (_request, proceed) => {
    if (applied) await proceed();
    return xmlError(status, code, "We encountered an internal error. Please try again.", headers);
  };
}

/** Options of {@linkcode storeError}. */
interface StoreErrorOptions extends AppliedOptions {
  /** More headers of the response. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The store is overloaded: 503 `SlowDown`. */
export function slowDown(options?: StoreErrorOptions): Fault {
  return storeError(503, "SlowDown", options);
}

/** Another conditional write of the object is in flight: 409, as S3 sometimes responds. */
export function conflict(options?: StoreErrorOptions): Fault {
  return storeError(409, "ConditionalRequestConflict", options);
}

/** The losers of a race get 500 instead of 412, as Ceph 16 does. */
export function refusedAs500(): Fault {
  return async (_request, proceed) => {
    const response = await proceed();
    if (response.status !== 412) return response;
    return xmlError(500, "UnknownError", "UnknownError");
  };
}

/** A page instead of the requested object, as sent by sign-in walls and proxies. */
export function htmlAnswer(status = 200): Fault {
  const headers = { "content-type": "text/html; charset=utf-8" };
  const page = "<!DOCTYPE html><title>Sorry</title>";
  return () => Promise.resolve(new Response(page, { status, headers }));
}

/** A meaningless response of the given length. */
export function giantAnswer(bytes: number): Fault {
  return giant(bytes, { etag: '"0"' });
}
