/** A changing `authorization` header. The time of its calls counts as part of the request's. */
export interface Authorization {
  /**
   * Returns the header for the next request.
   *
   * @throws {LockError} If there is none.
   */
  header(): Promise<string>;
  /**
   * Returns a new header after a server refused one with status 401; `undefined` if there is no other.
   *
   * @throws {LockAccessError} If a new header cannot be obtained.
   */
  replace(refused: string): Promise<string | undefined>;
  /** Records that a server accepted a header. */
  accept(header: string): void;
}
