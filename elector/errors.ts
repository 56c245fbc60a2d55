import type { EndReason } from "./machine/events.ts";

const REASONS: Readonly<Record<EndReason, string>> = {
  expired: "no renewal is known to have taken effect before its deadline",
  lost: "another holder was seen in the lock",
  stopped: "the elector was stopped",
  finished: "the work has finished",
  failed: "a callback failed",
  resigned: "the elector stepped down",
  handover: "leadership was handed over to another candidate",
  unready: "the candidate was not ready to lead for its grace period",
};

/** A term has ended. Its signal aborts with this error, and `lead()` rejects with it if the work had not settled. */
export class TermEndedError extends Error {
  /** The literal name of this error. */
  override readonly name = "TermEndedError";
  /** The stable code of this error. */
  readonly code = "ERR_TERM_ENDED";
  /** Why the term ended. */
  readonly reason: EndReason;
  /** The fencing token of the term. */
  readonly token: number;

  /** Creates the error from the term's fencing token and the reason why it ended. */
  constructor(token: number, reason: EndReason, options?: ErrorOptions) {
    super(`The term with fencing token ${token} has ended: ${REASONS[reason]}`, options);
    this.reason = reason;
    this.token = token;
  }
}

/** The work of a term did not settle within `drainTimeout` after its signal aborted. The lock was not released. */
export class DrainTimeoutError extends Error {
  /** The literal name of this error. */
  override readonly name = "DrainTimeoutError";
  /** The stable code of this error. */
  readonly code = "ERR_DRAIN_TIMEOUT";

  /** Creates the error from `drainTimeout`, in milliseconds. */
  constructor(drainTimeout: number) {
    super(
      `The work did not settle within ${drainTimeout} ms after its term had ended: the lock is not released under it, ` +
        "the lease expires on its own. Make the work end when its term's signal aborts",
    );
  }
}

/** Another process campaigns under this candidate's identity. The two exclude each other, but no reader can distinguish them. */
export class DuplicateIdentityError extends Error {
  /** The literal name of this error. */
  override readonly name = "DuplicateIdentityError";
  /** The stable code of this error. */
  readonly code = "ERR_DUPLICATE_IDENTITY";

  /** Creates the error from the identity and the name of the lock. */
  constructor(identity: string, lock: string) {
    super(
      `Another process campaigns for ${lock} as ${
        JSON.stringify(identity)
      }: give each candidate an identity of its own`,
    );
  }
}
