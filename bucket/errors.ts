import { LockError, type LockErrorCode } from "../lock/mod.ts";

/**
 * The store does not keep the promise that a lock rests on: it has accepted a write whose condition could not hold, let
 * several racing writes through, or knows no conditions. With it two leaders are certain, so nothing is written.
 */
export class UnsafeStoreError extends LockError {
  /** The literal name of this error. */
  override readonly name = "UnsafeStoreError";

  /** Creates the error from a sentence that says what the store did, and which stores to use. */
  constructor(message: string, options?: ErrorOptions) {
    // To be added to the codes of lock/errors.ts.
    super("ERR_LOCK_UNSAFE_STORE" as LockErrorCode, message, options);
  }
}
