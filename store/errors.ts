import {
  escapeText,
  InvalidRecordError,
  type LeaderElectionRecord,
  LockUnavailableError,
  type PauseErrorOptions,
  ProtocolMismatchError,
  RateLimitError,
  UnknownOutcomeError,
} from "../lock/mod.ts";

/**
 * Returns the error of a write with an unknown outcome.
 *
 * @param where Names the lock.
 * @param said What happened, unless the cause says it.
 * @param retryAt When requests may be sent again; the cause's by default.
 */
export function unknownOutcome(
  where: string,
  said?: string | undefined,
  cause?: unknown,
  retryAt?: number | undefined,
): UnknownOutcomeError {
  const pause = pauseOf(cause);
  const reason = said === undefined ? "" : `: ${said}`;
  return new UnknownOutcomeError(
    `It is unknown whether the write to ${where} took effect${reason}; read before writing again`,
    { cause, ...pause, retryAt: retryAt ?? pause?.retryAt },
  );
}

function pauseOf(error: unknown): Pick<PauseErrorOptions, "retryAt" | "retryAfter"> | undefined {
  const mayPause = error instanceof RateLimitError || error instanceof LockUnavailableError;
  return mayPause ? { retryAt: error.retryAt, retryAfter: error.retryAfter } : undefined;
}

/** Returns the error of a text that is not a record, with the lock and the version that it was read at. */
export function unreadableError(
  cause: InvalidRecordError | undefined,
  where: string,
  version: string,
): InvalidRecordError {
  const { message = "invalid record", tokenFloor } = cause ?? {};
  return new InvalidRecordError(`Cannot read ${where}: ${message}`, {
    cause,
    version,
    ...(tokenFloor !== undefined && { tokenFloor }),
  });
}

/** The protocol in the record of a lock that has moved to another store: no candidate takes part there. */
export const MOVED = "moved";

/** Returns the error of a record written with another protocol, which does not exclude ours. */
export function otherProtocolError(
  where: string,
  { protocol = "", leaderTransitions }: LeaderElectionRecord,
): ProtocolMismatchError {
  if (protocol === MOVED) {
    return new ProtocolMismatchError(
      `Cannot use ${where}: its lock has moved to another store; use that one, as all other candidates do`,
    );
  }
  return new ProtocolMismatchError(
    `Cannot use ${where}: all candidates of a lock must use the same protocol, and its record was written with "${
      escapeText(protocol, 20)
    }"; to change the protocol, stop every candidate, then replace the record with {"leaderTransitions":${leaderTransitions}}`,
  );
}
