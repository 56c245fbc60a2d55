import { InvalidRecordError, LockDeletedError, LockUnavailableError } from "../../lock/mod.ts";
import { DrainTimeoutError, DuplicateIdentityError } from "../errors.ts";
import type { Problem, State } from "../machine/state.ts";
import type { MachineConfig } from "../machine/turn.ts";

export function errorOf(
  problem: Problem,
  lock: string,
  { identity, drainTimeout }: MachineConfig,
  { highestToken }: State,
): Error {
  switch (problem) {
    case "undrained":
      return new DrainTimeoutError(drainTimeout);
    case "unanswered":
      return new LockUnavailableError(`A call to ${lock} took too long and was aborted`);
    case "deleted":
      return new LockDeletedError(
        `The record of ${lock} has disappeared; it is not created again, as fencing tokens would restart: ` +
          `once no candidate leads, put {"leaderTransitions": ${highestToken}} in its place`,
      );
    case "exhausted":
      return new InvalidRecordError(
        `Cannot lead under ${lock} as its fencing token cannot be raised: leaderTransitions is at or beyond its limit`,
      );
    case "duplicate":
      return new DuplicateIdentityError(identity, lock);
  }
}
