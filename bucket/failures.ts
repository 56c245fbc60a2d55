import { LockAccessError, LockDeletedError } from "../lock/mod.ts";

/** Returns the error of a deleted object: it says how to create the object without lower tokens. */
export function deletedError(where: string, token: number): LockDeletedError {
  return new LockDeletedError(
    `Cannot use ${where}: the object was deleted, and no candidate creates it again, as fencing tokens would restart; ` +
      `once no candidate leads, create it by \`elector init --token ${token}\`, or a higher token`,
    { isCertain: true },
  );
}

/** Returns the error of an object that is not known to have existed. */
export function neverCreatedError(where: string): LockAccessError {
  return new LockAccessError(
    `Cannot write ${where}: there is no object, and an election never creates one, as it cannot know whether one was ` +
      "deleted; create it by `elector init`",
  );
}
