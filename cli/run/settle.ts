import { systemClock } from "../../lock/mod.ts";

/** Waits until a promise has settled, for at most `ms` milliseconds. Returns whether it has. */
export async function settleWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const done = new AbortController();
  const late = systemClock.sleep(ms, { signal: done.signal }).then(() => false, () => true);
  const settled = promise.then(() => true, () => true);
  const isSettled = await Promise.race([settled, late]);
  done.abort();
  return isSettled;
}
