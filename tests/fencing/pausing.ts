import type { Fetch } from "../../lock/mod.ts";

/** A fetch that waits before each request of one method. */
export function pausing(fetch: Fetch, method: string, pause: () => Promise<void>): Fetch {
  return async (request) => {
    if (request.method === method) await pause();
    return await fetch(request);
  };
}

/** Does something at the first call, and nothing after it. */
export function once(action: () => Promise<void>): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await action();
  };
}
