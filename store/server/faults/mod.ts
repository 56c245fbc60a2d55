/**
 * Faults of networks, which the local servers of gists and of buckets have in common.
 *
 * @module
 */

import type { AppliedOptions, Fault } from "../fault.ts";

/** Returns the error of a request without a response. */
export function networkFailure(): TypeError {
  return new TypeError("error sending request: connection closed before message completed");
}

/** The request never arrives. */
export function requestLost(): Fault {
  return () => Promise.reject(networkFailure());
}

/** The request takes effect, but the response never arrives. */
export function answerLost(): Fault {
  return async (_request, proceed) => {
    await proceed();
    throw networkFailure();
  };
}

/** The request takes `requestMs` milliseconds to arrive, and the response `answerMs`. */
export function delayed(requestMs: number, answerMs = 0): Fault {
  return async (_request, proceed, clock) => {
    await clock.sleep(requestMs);
    const response = await proceed();
    await clock.sleep(answerMs);
    return response;
  };
}

/** The network sends the request a second time after it took effect; the second response arrives. */
export function appliedTwice(): Fault {
  return async (_request, proceed) => {
    await proceed();
    return await proceed();
  };
}

/** The request fails at once, but arrives at the server `ms` milliseconds later. */
export function appliedLate(ms: number): Fault {
  return (_request, proceed, clock) => {
    clock.sleep(ms).then(() => proceed()).catch(() => {});
    return Promise.reject(networkFailure());
  };
}

/** No response ever arrives. The request takes effect only with `applied`. */
export function hanging({ applied = false }: AppliedOptions = {}): Fault {
  return async (_request, proceed) => {
    if (applied) await proceed();
    return await new Promise<never>(() => {});
  };
}
