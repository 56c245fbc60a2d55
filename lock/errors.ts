/** The stable codes of this module's errors. */
export type LockErrorCode =
  | "ERR_LOCK_ACCESS"
  | "ERR_LOCK_CONFLICT"
  | "ERR_LOCK_DELETED"
  | "ERR_LOCK_INVALID_RECORD"
  | "ERR_LOCK_PROTOCOL_MISMATCH"
  | "ERR_LOCK_RATE_LIMIT"
  | "ERR_LOCK_UNAVAILABLE"
  | "ERR_LOCK_UNKNOWN_OUTCOME"
  | "ERR_LOCK_UNSAFE_STORE";

/** The base class of a {@linkcode Lock}'s errors. Messages have no secrets and say what to do. */
export class LockError extends Error {
  /** The literal name of this error. */
  override readonly name: string = "LockError";
  /** The stable code of this error. */
  readonly code: LockErrorCode;

  /** Creates an error with a stable code. */
  constructor(code: LockErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Another write came first; this call changed nothing. */
export class LockConflictError extends LockError {
  /** The literal name of this error. */
  override readonly name = "LockConflictError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_CONFLICT";

  /** Creates the error from a sentence that says what was expected and what was found. */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_LOCK_CONFLICT", message, options);
  }
}

/** Options of errors with which the store may ask for a pause. */
export interface PauseErrorOptions extends ErrorOptions {
  /** The end of the pause, as a reading of the lock's monotonic clock, in milliseconds. */
  readonly retryAt?: number | undefined;
  /** The time from now until `retryAt`, in milliseconds. */
  readonly retryAfter?: number | undefined;
}

/** The outcome of a write is unknown: it may have been applied, or may still be. Read before writing again. */
export class UnknownOutcomeError extends LockError {
  /** The literal name of this error. */
  override readonly name = "UnknownOutcomeError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_UNKNOWN_OUTCOME";
  /** The end of the pause that the store asked for, as a reading of the lock's monotonic clock, in milliseconds. */
  readonly retryAt: number | undefined;
  /** The time until `retryAt` when the error was thrown, in milliseconds. */
  readonly retryAfter: number | undefined;

  /** Creates the error from a sentence that names the write and the response. */
  constructor(message: string, options: PauseErrorOptions = {}) {
    super("ERR_LOCK_UNKNOWN_OUTCOME", message, options);
    this.retryAt = options.retryAt;
    this.retryAfter = options.retryAfter;
  }
}

/** Options of {@linkcode InvalidRecordError}. */
export interface InvalidRecordErrorOptions extends ErrorOptions {
  /** The version of the stored content, if the error comes from a lock. */
  readonly version?: string | undefined;
  /** A fencing token found in the content; new tokens must be higher. */
  readonly tokenFloor?: number | undefined;
}

/** The stored content is not a valid record. A lease may still be in effect, so the lock is not free at once. */
export class InvalidRecordError extends LockError {
  /** The literal name of this error. */
  override readonly name = "InvalidRecordError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_INVALID_RECORD";
  /** The version of the stored content, if the error comes from a lock. */
  readonly version: string | undefined;
  /** A fencing token found in the content; new tokens must be higher. */
  readonly tokenFloor: number | undefined;

  /** Creates the error from a sentence that names the key, the rule and the value. */
  constructor(message: string, options: InvalidRecordErrorOptions = {}) {
    super("ERR_LOCK_INVALID_RECORD", message, options);
    this.version = options.version;
    this.tokenFloor = options.tokenFloor;
  }
}

/** The record was written with another protocol. Candidates exclude each other only within one protocol. */
export class ProtocolMismatchError extends LockError {
  /** The literal name of this error. */
  override readonly name = "ProtocolMismatchError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_PROTOCOL_MISMATCH";

  /** Creates the error from a sentence that names both protocols. */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_LOCK_PROTOCOL_MISMATCH", message, options);
  }
}

/** The store refuses requests for some time. Send none before {@linkcode RateLimitError.retryAt}. */
export class RateLimitError extends LockError {
  /** The literal name of this error. */
  override readonly name = "RateLimitError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_RATE_LIMIT";
  /** The end of the pause, as a reading of the lock's monotonic clock, in milliseconds. */
  readonly retryAt: number;
  /** The time until `retryAt` when the error was thrown, in milliseconds; `undefined` if unknown. */
  readonly retryAfter: number | undefined;

  /** Creates the error from a sentence and the end of the pause (monotonic, milliseconds). */
  constructor(message: string, retryAt: number, options: Omit<PauseErrorOptions, "retryAt"> = {}) {
    super("ERR_LOCK_RATE_LIMIT", message, options);
    this.retryAt = retryAt;
    this.retryAfter = options.retryAfter;
  }
}

/** The token is invalid or has no access to the lock. Retrying does not help. */
export class LockAccessError extends LockError {
  /** The literal name of this error. */
  override readonly name = "LockAccessError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_ACCESS";
  /** The HTTP status of the refusal, if there was one. */
  readonly status: number | undefined;

  /** Creates the error from a sentence that names the permission to check, and the HTTP status. */
  constructor(message: string, status?: number, options?: ErrorOptions) {
    super("ERR_LOCK_ACCESS", message, options);
    this.status = status;
  }
}

/** Options of {@linkcode LockDeletedError}. */
export interface LockDeletedErrorOptions extends ErrorOptions {
  /**
   * Whether the deletion is certain: the store is never stale, and keeps no history. A leader's term then ends at once, as a
   * record that is created again does not include its lease.
   *
   * @default {false}
   */
  readonly isCertain?: boolean | undefined;
}

/** The record was deleted. Candidates do not create it again, as fencing tokens would restart. */
export class LockDeletedError extends LockError {
  /** The literal name of this error. */
  override readonly name = "LockDeletedError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_DELETED";
  /** Whether the deletion is certain; see {@linkcode LockDeletedErrorOptions.isCertain}. */
  readonly isCertain: boolean;

  /** Creates the error from a sentence that says how to restore the record. */
  constructor(message: string, options: LockDeletedErrorOptions = {}) {
    super("ERR_LOCK_DELETED", message, options);
    this.isCertain = options.isCertain ?? false;
  }
}

/**
 * The store does not honour conditional writes: it has accepted a write whose condition could not hold, accepted several
 * racing writes, or ignores conditions. With it there would be two leaders, so nothing is written and the election ends.
 */
export class UnsafeStoreError extends LockError {
  /** The literal name of this error. */
  override readonly name = "UnsafeStoreError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_UNSAFE_STORE";

  /** Creates the error from a sentence that says what the store did, and which stores to use. */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_LOCK_UNSAFE_STORE", message, options);
  }
}

/** The store cannot be reached, or its response says nothing about the record. Try again later. */
export class LockUnavailableError extends LockError {
  /** The literal name of this error. */
  override readonly name = "LockUnavailableError";
  /** The stable code of this error. */
  override readonly code = "ERR_LOCK_UNAVAILABLE";
  /** The end of the pause that the store asked for, as a reading of the lock's monotonic clock, in milliseconds. */
  readonly retryAt: number | undefined;
  /** The time until `retryAt` when the error was thrown, in milliseconds. */
  readonly retryAfter: number | undefined;

  /** Creates the error from a sentence that names the request and the response. */
  constructor(message: string, options: PauseErrorOptions = {}) {
    super("ERR_LOCK_UNAVAILABLE", message, options);
    this.retryAt = options.retryAt;
    this.retryAfter = options.retryAfter;
  }
}
