import type { AppliedOptions, Fault } from "./fault.ts";

/** How the network, or a time-out, ends a request without an answer. */
export function networkFailure(): TypeError {
  return new TypeError("error sending request: connection closed before message completed");
}

/** The request never arrives. */
export function requestLost(): Fault {
  return () => Promise.reject(networkFailure());
}

/** The server acts on the request, and the answer never arrives. */
export function answerLost(): Fault {
  return async (_request, proceed) => {
    await proceed();
    throw networkFailure();
  };
}

/** The request takes `requestMs` milliseconds to arrive, and the answer `answerMs` to come back. */
export function delayed(requestMs: number, answerMs = 0): Fault {
  return async (_request, proceed, clock) => {
    await clock.sleep(requestMs);
    const response = await proceed();
    await clock.sleep(answerMs);
    return response;
  };
}

/** The transport sends the request again after the server has acted on it; the second answer arrives. */
export function appliedTwice(): Fault {
  return async (_request, proceed) => {
    await proceed();
    return await proceed();
  };
}

/** The caller is told of a failure at once, and `ms` milliseconds later the request arrives after all. */
export function appliedLate(ms: number): Fault {
  return (_request, proceed, clock) => {
    clock.sleep(ms).then(() => proceed()).catch(() => {});
    return Promise.reject(networkFailure());
  };
}

/** No answer ever comes, and the server never sees the request, or acts on it all the same where `applied` is set. */
export function hanging({ applied = false }: AppliedOptions = {}): Fault {
  return async (_request, proceed) => {
    if (applied) await proceed();
    return await new Promise<never>(() => {});
  };
}
