import {
  InvalidRecordError,
  LockAccessError,
  LockConflictError,
  LockDeletedError,
  LockUnavailableError,
  ProtocolMismatchError,
  RateLimitError,
  UnknownOutcomeError,
  UnsafeStoreError,
} from "../../lock/mod.ts";
import type { Outcome } from "../machine/events.ts";
import type { FailedPart } from "./failures.ts";

/** What a rejection of the lock means to the machine. For a write, "failed" means that its outcome is unknown. */
export function outcomeOf(error: unknown, part: FailedPart): Outcome {
  if (error instanceof LockConflictError) return { type: "conflict" };
  if (isRefusal(error) && part === "write") return { type: "refused" };
  if (error instanceof InvalidRecordError && error.version !== undefined) {
    return { type: "unreadable", version: error.version, tokenFloor: error.tokenFloor };
  }
  const retryAt = retryAtOf(error);
  return {
    type: "failed",
    permanent: isPermanent(error),
    gone: error instanceof LockDeletedError && error.isCertain,
    ...(retryAt !== undefined && { retryAt }),
  };
}

/** When calls may continue (monotonic, milliseconds), if the store named a time. */
export function retryAtOf(error: unknown): number | undefined {
  const mayPause = error instanceof RateLimitError || error instanceof LockUnavailableError ||
    error instanceof UnknownOutcomeError;
  return mayPause && Number.isFinite(error.retryAt) ? error.retryAt : undefined;
}

/** Whether nothing was written, and nothing will be until a person changes something. */
export function isRefusal(error: unknown): boolean {
  return error instanceof LockAccessError || error instanceof UnsafeStoreError;
}

/** Whether waiting does not help: a wrong token, id, store or protocol, or a record that was deleted. */
function isPermanent(error: unknown): boolean {
  return isRefusal(error) || error instanceof ProtocolMismatchError ||
    error instanceof LockDeletedError;
}
