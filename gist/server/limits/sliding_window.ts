/** A sum over the last so many milliseconds. */
export class SlidingWindow {
  readonly #lengthMs: number;
  #entries: { at: number; amount: number }[] = [];
  #sum = 0;

  /** Makes an empty window. */
  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  /** Adds an amount at this instant. */
  add(now: number, amount: number): void {
    this.#entries.push({ at: now, amount });
    this.#sum += amount;
  }

  /** How long until `amount` more fits under `limit`: 0 if it does. */
  waitFor(now: number, amount: number, limit: number): number {
    for (let first = this.#entries[0]; first; first = this.#entries[0]) {
      const left = first.at + this.#lengthMs - now;
      if (left > 0) return this.#sum + amount > limit ? left : 0;
      this.#entries.shift();
      this.#sum -= first.amount;
    }
    return 0;
  }
}
