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

/** What every failure of a {@linkcode Lock} is. Messages hold no secret and say what to do next. */
export class LockError extends Error {
  /** The literal name of this error. */
  override readonly name: string = "LockError";
  /** Stable, for programs to tell errors apart. */
  readonly code: LockErrorCode;

  /** Creates an error with a stable code; its `cause` is kept. */
  constructor(code: LockErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The record was written by somebody else first; this call changed nothing. */
export class LockConflictError extends LockError {
  /** The literal name of this error. */
  override readonly name = "LockConflictError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_CONFLICT";

  /** Creates the error from a sentence that says what was expected and what was found. */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_LOCK_CONFLICT", message, options);
  }
}

/** Options of an error after which the store may ask for a pause. */
export interface PauseErrorOptions extends ErrorOptions {
  /** When requests may go on, as a reading of the lock's monotonic clock, in milliseconds, if the store named a time. */
  readonly retryAt?: number | undefined;
  /** How long that is from now, in milliseconds. */
  readonly retryAfter?: number | undefined;
}

/** The outcome of a write is unknown: it may have been applied, or may still be. Read before writing again. */
export class UnknownOutcomeError extends LockError {
  /** The literal name of this error. */
  override readonly name = "UnknownOutcomeError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_UNKNOWN_OUTCOME";
  /** When requests may go on, as a reading of the lock's monotonic clock, in milliseconds, if the store named a time. */
  readonly retryAt: number | undefined;
  /** How long that was from when the error was thrown, in milliseconds. */
  readonly retryAfter: number | undefined;

  /** Creates the error from a sentence that says what was written and what came back. */
  constructor(message: string, options: PauseErrorOptions = {}) {
    super("ERR_LOCK_UNKNOWN_OUTCOME", message, options);
    this.retryAt = options.retryAt;
    this.retryAfter = options.retryAfter;
  }
}

/** Options of {@linkcode InvalidRecordError}. */
export interface InvalidRecordErrorOptions extends ErrorOptions {
  /** The version of what is stored, where the error comes from a lock. */
  readonly version?: string | undefined;
  /** A fencing token that could still be read from the text; new tokens must be higher. */
  readonly tokenFloor?: number | undefined;
}

/** What is stored is not a record. It may still be somebody's lease, so nobody may treat the lock as free at once. */
export class InvalidRecordError extends LockError {
  /** The literal name of this error. */
  override readonly name = "InvalidRecordError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_INVALID_RECORD";
  /** The version of what is stored, where the error comes from a lock. */
  readonly version: string | undefined;
  /** A fencing token that could still be read from the text; new tokens must be higher. */
  readonly tokenFloor: number | undefined;

  /** Creates the error from a sentence that names the key, the rule and the value. */
  constructor(message: string, options: InvalidRecordErrorOptions = {}) {
    super("ERR_LOCK_INVALID_RECORD", message, options);
    this.version = options.version;
    this.tokenFloor = options.tokenFloor;
  }
}

/** The record was written by a candidate that uses another protocol; the two exclude each other only within one. */
export class ProtocolMismatchError extends LockError {
  /** The literal name of this error. */
  override readonly name = "ProtocolMismatchError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_PROTOCOL_MISMATCH";

  /** Creates the error from a sentence that names both protocols. */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_LOCK_PROTOCOL_MISMATCH", message, options);
  }
}

/** The store refuses requests for a while. None may leave before {@linkcode RateLimitError.retryAt}. */
export class RateLimitError extends LockError {
  /** The literal name of this error. */
  override readonly name = "RateLimitError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_RATE_LIMIT";
  /** When requests may go on, as a reading of the lock's monotonic clock, in milliseconds. */
  readonly retryAt: number;
  /** How long that was from when the error was thrown, in milliseconds; `undefined` if it was not said. */
  readonly retryAfter: number | undefined;

  /** Creates the error from a sentence and the instant (monotonic, milliseconds) at which requests may go on. */
  constructor(message: string, retryAt: number, options: Omit<PauseErrorOptions, "retryAt"> = {}) {
    super("ERR_LOCK_RATE_LIMIT", message, options);
    this.retryAt = retryAt;
    this.retryAfter = options.retryAfter;
  }
}

/** The store refuses this token, or does not show it this lock. Waiting does not mend it. */
export class LockAccessError extends LockError {
  /** The literal name of this error. */
  override readonly name = "LockAccessError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_ACCESS";
  /** The HTTP status of the refusal, where there was one. */
  readonly status: number | undefined;

  /** Creates the error from a sentence that says which permission to look at, and the HTTP status. */
  constructor(message: string, status?: number, options?: ErrorOptions) {
    super("ERR_LOCK_ACCESS", message, options);
    this.status = status;
  }
}

/** Options of {@linkcode LockDeletedError}. */
export interface LockDeletedErrorOptions extends ErrorOptions {
  /**
   * Whether the deletion is a fact: the store never shows what is old, and remembers nothing. A leader's term ends at once, as a
   * record that is created in its place knows nothing of its lease.
   *
   * @default {false}
   */
  readonly isCertain?: boolean | undefined;
}

/** The record was deleted. Nobody writes a first record again: fencing tokens would restart. */
export class LockDeletedError extends LockError {
  /** The literal name of this error. */
  override readonly name = "LockDeletedError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_DELETED";
  /** Whether the deletion is a fact; see {@linkcode LockDeletedErrorOptions.isCertain}. */
  readonly isCertain: boolean;

  /** Creates the error from a sentence that says how a person brings the record back. */
  constructor(message: string, options: LockDeletedErrorOptions = {}) {
    super("ERR_LOCK_DELETED", message, options);
    this.isCertain = options.isCertain ?? false;
  }
}

/**
 * The store does not keep the promise that a lock rests on: it has accepted a write whose condition could not hold, let
 * several racing writes through, or knows no conditions. With it two leaders are certain, so nothing is written, and an
 * election ends.
 */
export class UnsafeStoreError extends LockError {
  /** The literal name of this error. */
  override readonly name = "UnsafeStoreError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_UNSAFE_STORE";

  /** Creates the error from a sentence that says what the store did, and which stores to use. */
  constructor(message: string, options?: ErrorOptions) {
    super("ERR_LOCK_UNSAFE_STORE", message, options);
  }
}

/** The store cannot be reached, or answered in a way that says nothing about the record. Try again later. */
export class LockUnavailableError extends LockError {
  /** The literal name of this error. */
  override readonly name = "LockUnavailableError";
  /** Stable, for programs to tell errors apart. */
  override readonly code = "ERR_LOCK_UNAVAILABLE";
  /** When requests may go on, as a reading of the lock's monotonic clock, in milliseconds, if the store named a time. */
  readonly retryAt: number | undefined;
  /** How long that was from when the error was thrown, in milliseconds. */
  readonly retryAfter: number | undefined;

  /** Creates the error from a sentence that says what was asked and what came back. */
  constructor(message: string, options: PauseErrorOptions = {}) {
    super("ERR_LOCK_UNAVAILABLE", message, options);
    this.retryAt = options.retryAt;
    this.retryAfter = options.retryAfter;
  }
}
