/** Options of {@linkcode StoreLock}. */
export interface StoreLockOptions {
  /** The name of this candidate: 1 to 128 characters without control characters, different from every other candidate's. */
  readonly identity: string;
  /**
   * Returns a unique name for the session of this lock object.
   *
   * @default {randomSession} 128 random bits
   */
  readonly session?: (() => string) | undefined;
  /** Called with the election's events, such as "became leader". */
  readonly onEvent?: ((message: string) => void) | undefined;
}
