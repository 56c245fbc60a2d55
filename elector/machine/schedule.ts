import type { Outcome } from "./events.ts";
import { claimLookAt, isHeld, jittered, remainingLease, retryDelay } from "./lease.ts";
import { pollPace } from "./quota.ts";
import { set, type Turn } from "./turn.ts";

export function retry(turn: Turn): void {
  const failures = turn.state.failures + 1;
  const callAt = turn.now.monotonic + retryDelay(failures, turn.config);
  set(turn, { failures, callAt, mustRead: true });
}

/** A follower looks P after its last look, and when a claim falls due. */
export function scheduleLook(turn: Turn, lookedAt: number): void {
  const { state, config, now } = turn;
  const { period, isScarce } = pollPace(state.quota, now, config);
  const poll = lookedAt + jittered(period, now.random);
  const due = claimLookAt(state, config);
  // One that fell due already was this look. Where requests are scarce, a poll has to find that a lease has lapsed.
  const claimLook = due > now.monotonic && !(isScarce && isHeld(state)) ? due : Infinity;
  set(turn, { failures: 0, callAt: Math.max(now.monotonic, Math.min(poll, claimLook)) });
}

export function waitOutLimit(turn: Turn, outcome: Outcome | undefined): void {
  const retryAt = outcome?.type === "failed" ? outcome.retryAt : undefined;
  if (retryAt === undefined || !Number.isFinite(retryAt)) return;
  set(turn, { notBefore: Math.max(turn.state.notBefore, retryAt) });
}

export function beginRelease(turn: Turn): void {
  const { now, config } = turn;
  set(turn, {
    callAt: now.monotonic,
    releaseUntil: now.monotonic +
      (config.requests.read + config.requests.write) * config.requestTimeout,
  });
}

export function wakeAt({ state, config, now }: Turn): number {
  if (state.finished) return Infinity;
  const call = state.call ? state.call.timeoutAt : Math.max(state.callAt, state.notBefore);
  const lease = state.lease
    ? now.monotonic + remainingLease(state.lease.sentAt, now, config)
    : Infinity;
  const idle = state.stopping && !state.lease && !state.unclear && !state.call;
  return Math.min(idle ? Infinity : call, lease, state.drainUntil ?? Infinity);
}
