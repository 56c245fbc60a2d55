/** For how long a kind of error must have been absent before it is worth a line again, in milliseconds. */
const QUIET_MS = 60_000;

/** Which errors were reported already, so that a failure that lasts is not repeated at each poll. */
export class Repeats {
  readonly #lastSeen = new Map<string, number>();

  /**
   * Whether an error is of a kind that was not seen lately.
   *
   * @param now A reading of the monotonic clock, in milliseconds.
   */
  isNew(error: unknown, now: number): boolean {
    for (const [kind, at] of this.#lastSeen) {
      if (now - at >= QUIET_MS) this.#lastSeen.delete(kind);
    }
    const kind = kindOf(error);
    const isNew = !this.#lastSeen.has(kind);
    this.#lastSeen.set(kind, now);
    return isNew;
  }
}

/** What errors of one kind have in common: a message may name durations, times or revisions, which differ each time. */
function kindOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll(/[0-9a-f]{7,}|\d+/gi, "#");
}
