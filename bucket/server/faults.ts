/**
 * Faults as networks and object stores have them, for {@linkcode BucketServer.inject} and
 * {@linkcode BucketServer.intercept}.
 *
 * @module
 */

import { xmlError } from "./error_responses.ts";
import type { AppliedOptions, Fault } from "./fault.ts";

/** How the network, or a time-out, ends a request without a response. */
export function networkFailure(): TypeError {
  return new TypeError("error sending request: connection closed before message completed");
}

/** The request never arrives. */
export function requestLost(): Fault {
  return () => Promise.reject(networkFailure());
}

/** The server acts on the request, and the response never arrives. */
export function answerLost(): Fault {
  return async (_request, proceed) => {
    await proceed();
    throw networkFailure();
  };
}

/** The request takes `requestMs` milliseconds to arrive, and the response `answerMs` to come back. */
export function delayed(requestMs: number, answerMs = 0): Fault {
  return async (_request, proceed, clock) => {
    await clock.sleep(requestMs);
    const response = await proceed();
    await clock.sleep(answerMs);
    return response;
  };
}

/** The transport sends the request again after the server has acted on it; the second response arrives. */
export function appliedTwice(): Fault {
  return async (_request, proceed) => {
    await proceed();
    return await proceed();
  };
}

/** The caller sees a failure at once, and `ms` milliseconds later the request arrives after all. */
export function appliedLate(ms: number): Fault {
  return (_request, proceed, clock) => {
    clock.sleep(ms).then(() => proceed()).catch(() => {});
    return Promise.reject(networkFailure());
  };
}

/** No response ever comes, and the server never sees the request, or acts on it anyway if `applied` is set. */
export function hanging({ applied = false }: AppliedOptions = {}): Fault {
  return async (_request, proceed) => {
    if (applied) await proceed();
    return await new Promise<never>(() => {});
  };
}

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
export interface StoreErrorOptions extends AppliedOptions {
  /** More headers of the response. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The store is overloaded: 503 `SlowDown`. */
export function slowDown(options?: StoreErrorOptions): Fault {
  return storeError(503, "SlowDown", options);
}

/** Another conditional write of the object is in flight: 409, as S3 answers at times. */
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

/** A page instead of what was asked for, as sign-in walls and proxies send it. */
export function htmlAnswer(status = 200): Fault {
  return () => {
    const headers = { "content-type": "text/html; charset=utf-8" };
    return Promise.resolve(
      new Response("<!DOCTYPE html><title>Sorry</title>", { status, headers }),
    );
  };
}

/** A response of so many bytes, none of which mean anything. */
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
    return Promise.resolve(new Response(body, { headers: { etag: '"0"' } }));
  };
}
