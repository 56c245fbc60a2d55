/**
 * The `authorization` header of requests, where it may change. Its calls may take time, which counts as part of the request's.
 */
export interface Authorization {
  /**
   * Returns the header for the next request.
   *
   * @throws {LockError} If there is none.
   */
  header(): Promise<string>;
  /**
   * Returns another header in the place of one that a server refused with status 401; `undefined` if there is no other.
   *
   * @throws {LockAccessError} If it cannot be found out whether there is another.
   */
  replace(refused: string): Promise<string | undefined>;
  /** Notes that a server did not refuse a header. */
  accept(header: string): void;
}
