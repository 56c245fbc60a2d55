import {
  escapeText,
  InvalidRecordError,
  type LeaderElectionRecord,
  LockUnavailableError,
  ProtocolMismatchError,
  RateLimitError,
  UnknownOutcomeError,
} from "../lock/mod.ts";

/**
 * Returns the error of a write with an unknown outcome.
 *
 * @param where Names the lock.
 * @param said What happened; left out if the cause says it.
 * @param cause What the write failed with.
 * @param retryAt The time that the server asked to wait for; the cause's if it has one.
 */
export function unknownOutcome(
  where: string,
  said?: string | undefined,
  cause?: unknown,
  retryAt: number | undefined = retryAtOf(cause),
): UnknownOutcomeError {
  const reason = said === undefined ? "" : `: ${said}`;
  return new UnknownOutcomeError(
    `Cannot tell whether the write of ${where} took effect${reason}; read before you write again`,
    { cause, retryAt },
  );
}

function retryAtOf(error: unknown): number | undefined {
  return error instanceof RateLimitError || error instanceof LockUnavailableError
    ? error.retryAt
    : undefined;
}

/** Returns the error of a text that is not a record: in which lock, and under which version it was read. */
export function unreadableError(
  cause: InvalidRecordError | undefined,
  where: string,
  version: string,
): InvalidRecordError {
  const { message = "Cannot read the record", tokenFloor } = cause ?? {};
  return new InvalidRecordError(`${message}, in ${where}`, {
    cause,
    version,
    ...(tokenFloor !== undefined && { tokenFloor }),
  });
}

/** Returns the error of a record that another protocol wrote, which does not exclude ours: it says how to get to one. */
export function otherProtocolError(
  where: string,
  { protocol = "", leaderTransitions }: LeaderElectionRecord,
): ProtocolMismatchError {
  return new ProtocolMismatchError(
    `Cannot use ${where} as all its candidates must use one protocol: its record was written by "${
      escapeText(protocol, 20)
    }"; stop every candidate, then put {"leaderTransitions":${leaderTransitions}} in its place`,
  );
}
