import {
  type CallOptions,
  checkFunctions,
  checkIdentity,
  checkPeriod,
  type Clock,
  escapeText,
  isIdentity,
  type LeaderElectionRecord,
  type Lock,
  LockConflictError,
  type Observed,
  readClock,
  UnknownOutcomeError,
} from "../lock/mod.ts";
import { randomSession, systemClock } from "../lock/system.ts";
import { retryAtOf } from "./campaign/outcome.ts";
import { leaseDuration } from "./machine/lease.ts";
import { canBeAsked, isSameWrite, requestOn } from "./machine/preference.ts";
import { seenIn } from "./machine/leadership.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";

/** The most writes of a request, if other writes come first or outcomes are unknown. */
const MAX_ATTEMPTS = 5;
/** The pause before the second attempt, in milliseconds; before each later one, as much longer. */
const PAUSE_MS = 500;

/** Options of {@linkcode requestHandover}. */
export interface HandoverRequest {
  /** Aborts the request. It may still take effect, unless another write comes first. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The clocks. The lock must use the same.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /** The sender of the request; 128 random bits by default. */
  readonly requestedBy?: string | undefined;
  /**
   * How often the record is read while it is unknown whether its holder is alive, in milliseconds.
   *
   * @default {5_000}
   */
  readonly pollPeriod?: number | undefined;
}

/** The result of a request. */
export interface HandoverResult {
  /** Whether this call made the request, it was made before, or the candidate already leads. */
  readonly outcome: "requested" | "requested before" | "leads already";
  /** The holder that is asked to hand over; `""` if it has released the lock by now. */
  readonly leader: string;
  /** The fencing token of the holder's term. */
  readonly token: number;
  /** The record in effect. */
  readonly observed: Observed;
}

/** Why a handover cannot be requested. */
export type HandoverRefusal =
  /** No candidate holds the lock, or its lease has expired. */
  | "no leader"
  /** The holder is of a version, or of a kind, that does not support handovers. */
  | "unsupported"
  /** Another candidate took over while the request was being made. */
  | "leader changed";

/** A handover cannot be requested, and nothing was written. */
export class HandoverRefusedError extends Error {
  /** The literal name of this error. */
  override readonly name = "HandoverRefusedError";
  /** The stable code of this error. */
  readonly code = "ERR_HANDOVER_REFUSED";
  /** The reason. */
  readonly reason: HandoverRefusal;

  /** Creates the error from the reason and a sentence that says what to do. */
  constructor(reason: HandoverRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Asks the leader to hand over to a candidate, from any process that may write the record. The leader sees the request at its
 * next renewal, ends its term, lets its work settle and releases the lock; the candidate then has the first claim.
 *
 * It resolves as soon as the request is in effect, not when the candidate leads: a candidate that does not run, or is
 * not ready, does not take over. A request does not extend a lease or restart any wait.
 *
 * @param lock A lock object that no elector uses.
 * @param identity The candidate that is to lead.
 * @throws {HandoverRefusedError} If there is no leader, or the leader cannot be asked.
 * @throws {TypeError} If the identity is not a string.
 * @throws {RangeError} If it is not 1 to 128 characters long, or has control characters.
 * @throws {LockError} If the record cannot be read or written.
 *
 * @example
 * ```ts
 * import { LeaderElector, MemoryLock, MemoryStore, requestHandover } from "@multicluster/leader-election";
 *
 * const store = new MemoryStore();
 * await using home = new LeaderElector({ lock: new MemoryLock("home", store) });
 * await home.lead(async (term) => {
 *   await requestHandover(new MemoryLock("operator", store), "away");
 *   term.assertValid(); // until its next renewal
 * });
 * ```
 */
export async function requestHandover(
  lock: Lock,
  identity: string,
  options: HandoverRequest = {},
): Promise<HandoverResult> {
  checkIdentity(identity);
  const { clock = systemClock, requestedBy = randomSession(), signal } = options;
  checkPeriod("pollPeriod", options.pollPeriod ?? DEFAULT_TIMINGS.pollPeriod);
  checkFunctions(options, []);
  if (typeof requestedBy !== "string" || !isIdentity(requestedBy)) {
    throw new RangeError("requestedBy must be 1 to 128 characters without control characters");
  }
  const call = { signal };
  const first = await readLeader(lock, identity, call);
  if (isDone(first, identity)) {
    const leads = first.record.holderIdentity === identity;
    return resultOf(leads ? "leads already" : "requested before", first);
  }
  refuseUnasked(lock, first);
  let seen = await watch(lock, first, options);
  for (let attempt = 1;; attempt++) {
    if (seen.record.holderIdentity !== identity) refuseOthers(lock, first, seen);
    if (isDone(seen, identity)) return resultOf("requested", seen);
    refuseUnasked(lock, seen);
    let retryAt: number | undefined;
    try {
      const written = await lock.update(requestOn(seen, identity, requestedBy), seen, call);
      // A store may take another's request on the same write for this one.
      if (isDone(written, identity)) return resultOf("requested", written);
    } catch (error) {
      const mayPass = error instanceof LockConflictError || error instanceof UnknownOutcomeError;
      if (attempt === MAX_ATTEMPTS || !mayPass) throw error;
      retryAt = retryAtOf(error);
    }
    const pause = (retryAt ?? -Infinity) - clock.monotonic();
    await clock.sleep(Math.max(PAUSE_MS * attempt, pause), call);
    seen = await readLeader(lock, identity, call);
  }
}

/** Whether the candidate leads, or is named in the record. */
function isDone({ record }: Observed, identity: string): boolean {
  return record.holderIdentity === identity || record.preferredHolder === identity;
}

function resultOf(outcome: HandoverResult["outcome"], observed: Observed): HandoverResult {
  const { holderIdentity: leader, leaderTransitions: token } = observed.record;
  return { outcome, leader, token, observed };
}

async function readLeader(lock: Lock, identity: string, call: CallOptions): Promise<Observed> {
  const seen = await lock.get({ ...call, proof: true });
  if (seen && (seen.record.holderIdentity !== "" || isDone(seen, identity))) return seen;
  throw noLeader(lock, "no candidate holds it");
}

/** A request is for the holder that was seen first: what a later one was not asked, it need not do. */
function refuseOthers(lock: Lock, { record: first }: Observed, { record }: Observed): void {
  const isSame = first.session === record.session &&
    first.leaderTransitions === record.leaderTransitions;
  if (isSame) return;
  throw new HandoverRefusedError(
    "leader changed",
    `The leader of ${lock.describe()} changed from ${quote(first)} to ${
      quote(record)
    } while the handover was requested: request it again`,
  );
}

function refuseUnasked(lock: Lock, seen: Observed): void {
  if (canBeAskedForHandover(seen.record)) return;
  throw new HandoverRefusedError(
    "unsupported",
    `The leader of ${lock.describe()}, ${
      quote(seen.record)
    }, is of a version or kind that cannot be asked for a handover: stop it instead`,
  );
}

/**
 * Whether the holder in a record supports handovers: one of an older version would take a request for the loss of its
 * term, and a client-go candidate would overwrite it.
 *
 * @param record The record.
 */
export function canBeAskedForHandover(record: LeaderElectionRecord): boolean {
  return canBeAsked(seenIn({ record, version: "", own: false }));
}

/**
 * If the lease has expired by the clock on the wall, which may be wrong, the record is watched until it is renewed, or for the
 * whole lease.
 */
async function watch(
  lock: Lock,
  first: Observed,
  { clock = systemClock, signal, pollPeriod = DEFAULT_TIMINGS.pollPeriod }: HandoverRequest,
): Promise<Observed> {
  const { renewTime } = first.record;
  const begun = readClock(clock);
  const duration = leaseDuration(first.record);
  if (renewTime === null || begun.wall - renewTime <= duration) return first;
  const call = { signal };
  const was = seenIn(first);
  while (clock.monotonic() - begun.monotonic < duration) {
    await clock.sleep(Math.min(pollPeriod, duration), call);
    const seen = await lock.get({ ...call, proof: true });
    if (!seen || seen.record.holderIdentity === "") throw noLeader(lock, "no candidate holds it");
    if (seen.version !== first.version && !isSameWrite(was, seenIn(seen))) return seen;
  }
  throw noLeader(lock, `the lease of ${quote(first.record)} has expired`);
}

function noLeader(lock: Lock, why: string): HandoverRefusedError {
  return new HandoverRefusedError(
    "no leader",
    `No leader of ${lock.describe()}, as ${why}: wait until a candidate leads, and try again`,
  );
}

function quote({ holderIdentity }: LeaderElectionRecord): string {
  return `"${escapeText(holderIdentity, 128)}"`;
}
