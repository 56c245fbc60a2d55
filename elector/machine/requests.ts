import type { LeaderElectionRecord, Observed } from "../../lock/mod.ts";
import { letLapse } from "./leadership.ts";
import { callTimeout, claimableAt, isHeld, nextToken, proofFrom, remainingLease } from "./lease.ts";
import { asksForLead, requestOn } from "./preference.ts";
import { pollPace } from "./quota.ts";
import type { Call, Write } from "./state.ts";
import { finish, invariant, report, set, type Turn } from "./turn.ts";

/** Makes the call that is due, if any; at most one is in flight. Every call is made here. */
export function act(turn: Turn): void {
  const { state, now } = turn;
  if (state.finished || state.call) return;
  if (turn.claims) return claim(turn);
  if (turn.asksOn) return askForLead(turn, turn.asksOn);
  if (state.stopping && !state.lease && !state.unclear) {
    if (!state.working) finish(turn, holds(turn) ? "unreleased" : "clean");
    else if (state.drainUntil === undefined) finish(turn, "undrained");
    return;
  }
  const due = Math.max(state.callAt, state.notBefore);
  const releasing = (state.stopping || state.lease?.open === false) && !state.working;
  if (releasing && due >= (state.releaseUntil ?? Infinity)) {
    return state.stopping ? finish(turn, "unreleased") : letLapse(turn);
  }
  if (now.monotonic < due) return;
  if (!state.lease || state.mustRead) read(turn);
  else if (releasing) release(turn);
  else renew(turn);
}

/** Whether the record in effect, as far as this process knows, names this very campaign as the holder. */
function holds({ state: { observed }, config }: Turn): boolean {
  return observed?.session === config.session && observed.holder === config.identity;
}

/**
 * client-go step 1: obtain the record. Proof is needed before a write, and to learn whether one took effect, but not
 * for a poll that only watches.
 */
function read(turn: Turn): void {
  const { state, config, now } = turn;
  const isHolder = state.lease !== undefined || state.unclear !== undefined;
  // If requests are scarce, a plain read shows first whether there is anything to prove.
  const isPoll = isHeld(state) && pollPace(state.quota, now, config).isScarce;
  send(turn, "read", {
    proof: isHolder || (mayWriteNext(turn) && !(isPoll && state.observed?.isProven)),
  });
}

/** Whether a follower's write may come next: a claim, or a request for the lead. What it builds on must be proven. */
export function mayWriteNext({ state, config, now }: Turn): boolean {
  const mayClaimNext = now.isReady && now.monotonic >= proofFrom(state, config);
  return mayClaimNext || asksForLead(state, now, config);
}

/** client-go step 2: record obtained, check identity and time. */
export function mayClaim(turn: Turn): boolean {
  const { state, config, now } = turn;
  if (!now.isReady || state.working || now.monotonic < claimableAt(state, config)) return false;
  if (nextToken(state) === undefined) {
    report(turn, "exhausted");
    return false;
  }
  return true;
}

/** client-go step 1 (create) or 3 (update): try to become the holder. */
function claim(turn: Turn): void {
  const { state, config, now } = turn;
  const token = nextToken(state);
  invariant(token !== undefined && !state.lease && !state.stopping, "only a follower claims");
  set(turn, {
    highestToken: token,
    // If it fails, it is not sent again at once.
    claimFrom: now.monotonic + config.pollPeriod,
  });
  send(turn, state.observed ? "claim" : "create", { term: { token, acquireTime: now.wall } });
}

/** Asks the holder to hand over to this candidate. */
function askForLead(turn: Turn, seen: Observed): void {
  const { identity, session } = turn.config;
  send(turn, "request", { record: requestOn(seen, identity, session) });
}

/** client-go step 3: update the lock itself. */
function renew(turn: Turn): void {
  const { lease } = turn.state;
  invariant(lease, "only a holder renews");
  send(turn, "renew", { term: lease });
}

/** client-go's release: only when the work has settled, only of this session's own record. */
function release(turn: Turn): void {
  const { lease, working } = turn.state;
  invariant(lease && !lease.open && !working, "nothing is released under work");
  send(turn, "release", { term: { token: lease.token, acquireTime: turn.now.wall } });
}

/** What is sent for a read, a write and a request. */
interface Sent {
  readonly proof?: boolean;
  readonly term?: Pick<Write, "token" | "acquireTime">;
  readonly record?: LeaderElectionRecord;
}

function send(turn: Turn, purpose: Call["purpose"], sent: Sent): void {
  const { proof = false, term } = sent;
  const { state, config, now } = turn;
  invariant(!state.call, "one call at a time");
  const id = state.calls + 1;
  const sentAt = { monotonic: now.monotonic, wall: now.wall };
  const write = term && { id, sentAt, token: term.token, acquireTime: term.acquireTime };
  const requests = purpose === "read" ? config.requests.read : config.requests.write;
  const remaining = state.lease ? remainingLease(state.lease.sentAt, now, config) : Infinity;
  const call: Call = {
    id,
    purpose,
    proof,
    sentAt: now.monotonic,
    timeoutAt: now.monotonic + callTimeout(requests, remaining, config),
    write,
  };
  set(turn, { call, calls: id });
  const record = write ? recordOf(turn, purpose, write) : sent.record;
  turn.effects.push({ type: "call", call, version: state.observed?.version, record });
}

function recordOf(
  { state, config, now }: Turn,
  purpose: Call["purpose"],
  write: Write,
): LeaderElectionRecord {
  const released = purpose === "release";
  const isOfTerm = purpose === "renew" || released;
  return {
    holderIdentity: released ? "" : config.identity,
    leaseDurationSeconds: released ? 1 : config.leaseDuration / 1_000,
    acquireTime: write.acquireTime,
    renewTime: now.wall,
    leaderTransitions: write.token,
    strategy: "",
    // A claim begins a term that no request has asked for yet.
    preferredHolder: isOfTerm ? state.lease?.preferredHolder ?? "" : "",
    session: config.session,
    sequence: write.id,
    rank: config.rank,
  };
}
