import type { Outcome } from "./events.ts";
import { claimReadAt, isHeld, jittered, remainingLease, retryDelay } from "./lease.ts";
import { unreadyAt } from "./preference.ts";
import { pollPace } from "./quota.ts";
import { set, type Turn } from "./turn.ts";

/** Calls again after a failure, beginning with a read. */
export function retry(turn: Turn): void {
  const failures = turn.state.failures + 1;
  const callAt = turn.now.monotonic + retryDelay(failures, turn.config);
  set(turn, { failures, callAt, mustRead: true });
}

/** A follower reads P after its last read, and when a claim is due. */
export function schedulePoll(turn: Turn, readAt: number): void {
  const { state, config, now } = turn;
  const { period, isScarce } = pollPace(state.quota, now, config);
  const poll = readAt + jittered(period, now.random);
  const due = claimReadAt(state, config);
  // One that was already due was this read. If requests are scarce, a poll has to find that a lease has expired.
  const claimRead = due > now.monotonic && !(isScarce && isHeld(state)) ? due : Infinity;
  set(turn, { failures: 0, callAt: Math.max(now.monotonic, Math.min(poll, claimRead)) });
}

/** Sends nothing before the time that the store named. */
export function waitOutLimit(turn: Turn, outcome: Outcome | undefined): void {
  const retryAt = outcome?.type === "failed" ? outcome.retryAt : undefined;
  if (retryAt === undefined || !Number.isFinite(retryAt)) return;
  set(turn, { notBefore: Math.max(turn.state.notBefore, retryAt) });
}

/** A release is tried at once, until each of its requests has had time to fail. */
export function beginRelease(turn: Turn): void {
  const { now, config: { requests, requestTimeout } } = turn;
  const releaseUntil = now.monotonic + (requests.read + requests.write) * requestTimeout;
  set(turn, { callAt: now.monotonic, releaseUntil });
}

/** What is left of a lease may be less than the resolution of the clock: then a step comes this much later. */
const LEAST_WAIT_MS = 0.001;

/** When the next `tick` is due if nothing else happens. */
export function wakeAt({ state, config, now }: Turn): number {
  if (state.finished) return Infinity;
  const call = state.call ? state.call.timeoutAt : Math.max(state.callAt, state.notBefore);
  const lease = state.lease
    ? now.monotonic + Math.max(LEAST_WAIT_MS, remainingLease(state.lease.sentAt, now, config))
    : Infinity;
  const unready = state.lease?.open ? unreadyAt(state, config) : Infinity;
  const idle = state.stopping && !state.lease && !state.unclear && !state.call;
  return Math.min(idle ? Infinity : call, lease, state.drainUntil ?? Infinity, unready);
}
