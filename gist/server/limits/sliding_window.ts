/** A sum over a sliding window of time. */
export class SlidingWindow {
  readonly #lengthMs: number;
  #entries: { at: number; amount: number }[] = [];
  #sum = 0;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  add(now: number, amount: number): void {
    this.#entries.push({ at: now, amount });
    this.#sum += amount;
  }

  /** Returns the time until `amount` more fits under `limit`, in milliseconds. */
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
