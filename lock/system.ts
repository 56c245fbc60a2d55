/**
 * The defaults for time, randomness and the network. Nothing else in the library uses such globals, so that all of it runs
 * in virtual time.
 *
 * @module
 */

import type { Clock, SleepOptions } from "./clock.ts";
import { type Fetch, Network, type Runtime } from "./network.ts";

export { METADATA_HOSTS } from "./network.ts";
export type { Fetch };

/** The longest delay of `setTimeout`, in milliseconds; a longer one fires at once. */
export const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The clocks of this machine. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  async sleep(ms, options) {
    const wakeAt = performance.now() + ms;
    // A timer may fire a fraction of a millisecond early.
    for (let left = ms; left > 0; left = wakeAt - performance.now()) {
      await timeout(Math.min(Math.ceil(left), LONGEST_TIMEOUT_MS), options);
    }
    options?.signal?.throwIfAborted();
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms);
    return () => clearInterval(timer);
  },
};

/** Calls back every `ms` milliseconds by any clock, until the returned function is called. */
export function every(clock: Clock, ms: number, callback: () => void): () => void {
  if (clock.every) return clock.every(ms, callback);
  const stop = new AbortController();
  const beat = (): unknown =>
    clock.sleep(ms, stop).then(() => {
      if (stop.signal.aborted) return;
      beat();
      callback();
    }, () => {});
  beat();
  return () => stop.abort();
}

function timeout(ms: number, { signal }: SleepOptions = {}): Promise<void> {
  return abortable(signal, (resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  });
}

/** Resolves when what it starts does. If the signal aborts first, cancels that, and rejects with the signal's reason. */
export function abortable(
  signal: AbortSignal | undefined,
  start: (resolve: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = start(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Returns a number from 0 (inclusive) to 1 (exclusive), for jitter. Not for secrets. */
export const systemRandom = (): number => Math.random();

/** Returns 128 random bits as 32 hexadecimal digits. */
export function randomSession(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** The `Deno` namespace, if this is Deno. */
const { Deno: deno } = globalThis as { readonly Deno?: Pick<Runtime, "createHttpClient"> };

/** The default network, shared by the whole process. */
const systemNetwork: Network = new Network({
  fetch: (request, init) => fetch(request, init as object | undefined),
  createHttpClient: deno?.createHttpClient,
});

export const systemFetch: Fetch = systemNetwork.fetch;

/** A global of Deno, Node.js and Bun: importing it from `node:timers` would load that for every user of the library. */
const { setImmediate } = globalThis as unknown as { setImmediate(callback: () => void): void };

/** Resolves after all pending promise reactions and one turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
