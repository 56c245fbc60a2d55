interface Appointment {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

/** What is to happen later, the earliest first; of two at one instant, the one that was arranged first. A binary heap. */
export class Queue {
  readonly #heap: Appointment[] = [];
  #arranged = 0;

  /** When the first is due (true time); `Infinity` where there is none. */
  get nextAt(): number {
    return this.#heap[0]?.at ?? Infinity;
  }

  /** Arranges something. */
  add(at: number, act: () => void): void {
    if (at === Infinity) return;
    const heap = this.#heap;
    const added: Appointment = { at, order: this.#arranged++, act };
    let index = heap.length;
    while (index > 0) {
      const up = (index - 1) >> 1;
      const parent = heap[up];
      if (!parent || isBefore(parent, added)) break;
      heap[index] = parent;
      index = up;
    }
    heap[index] = added;
  }

  /** Takes the first out, and does it. */
  run(): void {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last) return;
    if (first !== last) this.#sink(last);
    first.act();
  }

  /** Calls everything off. */
  clear(): void {
    this.#heap.length = 0;
  }

  #sink(sinking: Appointment): void {
    const heap = this.#heap;
    let index = 0;
    while (true) {
      const left = 2 * index + 1;
      const [one, two] = [heap[left], heap[left + 1]];
      if (!one) break;
      const isRight = two !== undefined && isBefore(two, one);
      const child = isRight ? two : one;
      if (isBefore(sinking, child)) break;
      heap[index] = child;
      index = isRight ? left + 1 : left;
    }
    heap[index] = sinking;
  }
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
